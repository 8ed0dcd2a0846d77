"""Where a checkpoint lies and what it lacks."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import msgspec
import pytest

from doubles.zero_weights import zero_weights
from textlift.models.catalogue import ModelEntry
from textlift.models.hub_cache import cache_folders
from textlift.models.on_disk import (
    ModelNotOnDiskError,
    model_folder,
    shown_size,
    weight_bytes,
    what_is_missing,
)

CACHED = ModelEntry(
    name="dots.ocr", title="dots.ocr", family="dots_ocr", hub_id="org/dots.ocr", size=6_078_358_528
)
COMMIT = "0123456789abcdef0123456789abcdef01234567"


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty Hugging Face cache."""
    monkeypatch.setenv("HF_HUB_CACHE", str(tmp_path / "hub"))
    return tmp_path / "hub"


@pytest.fixture
def snapshot(cache: Path) -> Path:
    """The folder of a model's snapshot in the cache, which ``main`` points to; without files."""
    model = cache / "models--org--dots.ocr"
    (model / "refs").mkdir(parents=True)
    (model / "refs" / "main").write_text(COMMIT)
    folder = model / "snapshots" / COMMIT
    folder.mkdir(parents=True)
    return folder


def put(snapshot: Path, name: str, content: bytes = b"{}") -> None:
    """As the library does: the file lies among the blobs, the snapshot has a link to it."""
    blob = snapshot.parents[1] / "blobs" / name
    blob.parent.mkdir(exist_ok=True)
    blob.write_bytes(content)
    (snapshot / name).symlink_to(blob)


def test_a_whole_checkpoint_lacks_nothing(make_checkpoint):
    assert what_is_missing(make_checkpoint("one")) == ""
    shards = make_checkpoint("three", shards=3)
    assert what_is_missing(shards) == ""
    assert weight_bytes(shards) == 300


@pytest.mark.parametrize("name", ["config.json", "tokenizer.json", "model.safetensors"])
def test_a_missing_file_is_named(make_checkpoint, name):
    folder = make_checkpoint()
    (folder / name).unlink()
    assert what_is_missing(folder) == f"The model in {folder} is not complete: it lacks {name}."


def test_missing_shards_are_named_and_counted(make_checkpoint):
    folder = make_checkpoint(shards=3)
    (folder / "model-00003-of-00003.safetensors").unlink()
    assert "it lacks model-00003-of-00003.safetensors." in what_is_missing(folder)
    (folder / "model-00002-of-00003.safetensors").unlink()
    assert "it lacks model-00002-of-00003.safetensors and 1 more weight" in what_is_missing(folder)
    assert weight_bytes(folder) == 100


@pytest.mark.parametrize(
    "index",
    [
        "{",
        "[]",
        '{"weight_map": {"a": 1}}',
        '{"weight_map": {"a": "/etc/a.safetensors"}}',
        '{"weight_map": {"a": "../a.safetensors"}}',
        "{}",
        "[" * 99_999,
    ],
)
def test_a_damaged_list_of_shards_is_told(make_checkpoint, index):
    folder = make_checkpoint(shards=2)
    (folder / "model.safetensors.index.json").write_text(index)
    assert "model.safetensors.index.json" in what_is_missing(folder)
    assert weight_bytes(folder) == 0


def test_one_file_of_weights_counts_before_a_list_of_others(make_checkpoint):
    folder = make_checkpoint()
    listed = json.dumps({"weight_map": {"a": "model-00001-of-00001.safetensors"}})
    (folder / "model.safetensors.index.json").write_text(listed)
    assert not what_is_missing(folder)
    assert weight_bytes(folder) == (folder / "model.safetensors").stat().st_size


def test_weights_that_are_no_safetensors_are_refused(make_checkpoint):
    folder = make_checkpoint()
    (folder / "model.safetensors").rename(folder / "pytorch_model.bin")
    assert "pytorch_model.bin" in what_is_missing(folder)
    assert "safetensors" in what_is_missing(folder)


def test_an_entry_with_a_folder_is_there_or_not(make_checkpoint, cache):
    folder = make_checkpoint()
    entry = ModelEntry(name="mine", title="Mine", family="dots_ocr", folder=str(folder))
    assert model_folder(entry) == folder
    gone = ModelEntry(name="mine", title="Mine", family="dots_ocr", folder=f"{folder}-gone")
    with pytest.raises(ModelNotOnDiskError, match="is not there"):
        model_folder(gone)


def test_the_cache_is_looked_into(snapshot):
    with pytest.raises(ModelNotOnDiskError, match=r"Its weights \(6.1 GB\) are not on this"):
        model_folder(CACHED)
    put(snapshot, "config.json")
    assert model_folder(CACHED) == snapshot
    assert "it lacks tokenizer.json, model.safetensors." in what_is_missing(snapshot)
    put(snapshot, "tokenizer.json")
    put(snapshot, "model.safetensors", zero_weights(90))
    assert what_is_missing(snapshot) == ""
    assert weight_bytes(snapshot) == 90


def test_a_repository_that_was_renamed_is_found_under_its_other_name(snapshot):
    put(snapshot, "config.json")
    renamed = msgspec.structs.replace(CACHED, hub_id="new/dots.ocr", hub_aliases=("org/dots.ocr",))
    assert model_folder(renamed) == snapshot


def test_a_download_that_broke_off_before_the_config_is_found(snapshot):
    put(snapshot, "tokenizer.json")
    assert "it lacks config.json" in what_is_missing(model_folder(CACHED))


def test_a_link_to_a_file_that_was_deleted_counts_as_missing(snapshot):
    for name in ("config.json", "tokenizer.json", "model.safetensors"):
        put(snapshot, name)
    (snapshot.parents[1] / "blobs" / "model.safetensors").unlink()
    assert "it lacks model.safetensors" in what_is_missing(model_folder(CACHED))


def test_another_revision_is_another_model(snapshot):
    put(snapshot, "config.json")
    by_commit = ModelEntry(name="m", title="M", family="f", hub_id="org/dots.ocr", revision=COMMIT)
    assert model_folder(by_commit) == snapshot
    other = ModelEntry(name="m", title="M", family="f", hub_id="org/dots.ocr", revision="v2")
    with pytest.raises(ModelNotOnDiskError):
        model_folder(other)


def test_the_library_is_not_loaded_to_look(snapshot, monkeypatch):
    put(snapshot, "config.json")
    monkeypatch.setitem(sys.modules, "huggingface_hub", None)
    assert model_folder(CACHED) == snapshot


def test_of_two_caches_the_one_with_the_whole_model_is_taken(snapshot, tmp_path, make_checkpoint):
    put(snapshot, "config.json")
    chosen = tmp_path / "chosen"
    caches = cache_folders(str(chosen))
    assert caches == (chosen, tmp_path / "hub")
    assert model_folder(CACHED, caches=caches) == snapshot
    half = chosen / "models--org--dots.ocr" / "snapshots" / COMMIT
    make_checkpoint(half)
    (half.parents[1] / "refs").mkdir()
    (half.parents[1] / "refs" / "main").write_text(COMMIT)
    assert model_folder(CACHED, caches=caches) == half
    (half / "model.safetensors").unlink()
    assert model_folder(CACHED, caches=caches) == half
    put(snapshot, "tokenizer.json")
    put(snapshot, "model.safetensors", zero_weights(90))
    assert model_folder(CACHED, caches=caches) == snapshot


@pytest.mark.parametrize(
    "damage",
    [
        lambda content: content[:-1],
        lambda content: content + b"x",
        lambda content: content[:20],
        lambda content: content[:5],
        lambda content: b"",
        lambda content: bytes(len(content)),
        lambda content: b"\xff" * len(content),
        lambda content: content[:8] + b"x" + content[9:],
        lambda _: (300_007).to_bytes(8, "little") + b'{"a": ' + b"[" * 300_000 + b"}",
    ],
)
def test_weights_that_were_cut_are_noticed_by_their_head(make_checkpoint, damage):
    folder = make_checkpoint(shards=3)
    file = folder / "model-00002-of-00003.safetensors"
    file.write_bytes(damage(file.read_bytes()))
    assert "model-00002-of-00003.safetensors" in what_is_missing(folder)
    assert "is damaged or cut" in what_is_missing(folder)


@pytest.mark.parametrize(
    ("count", "words"),
    [
        (6_078_358_528, "6.1 GB"),
        (258_000_000, "0.3 GB"),
        (2_300_000, "2 MB"),
        (3_400, "3 kB"),
        (7, "1 kB"),
        (0, "0 MB"),
    ],
)
def test_sizes(count, words):
    assert shown_size(count) == words
