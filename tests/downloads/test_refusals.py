"""Repositories that cannot be had or may not be trusted, and the sentence for each."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from doubles.downloading import files_below, get
from doubles.hub_faults import ALWAYS, Fault
from doubles.hub_repository import made_up_model
from doubles.loopback_hub import LoopbackHub
from textlift.downloads.client import DownloadError, Downloads
from textlift.downloads.messages import DownloadFailure, HubModel, Source

MEMBER = "hf_memberOfTheList"
STRANGER = "hf_strangerToTheList"


def failure_of(
    downloads: Downloads, source: Source, wanted: HubModel | None = None
) -> DownloadError:
    with pytest.raises(DownloadError) as error:
        get(downloads, source, wanted or HubModel(("tiny/reader",)))
    assert STRANGER not in f"{error.value.sentence} {error.value.details}"
    return error.value


def test_a_repository_that_is_not_there(
    downloads: Downloads, hub: LoopbackHub, source: Source, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HF_TOKEN", STRANGER)
    error = failure_of(downloads, source)
    assert error.failure is DownloadFailure.NOT_FOUND
    assert "tiny/reader" in error.sentence


def test_the_hub_does_not_say_to_strangers_what_is_there(
    process: Downloads, hub: LoopbackHub, source: Source
) -> None:
    error = failure_of(process, source)
    assert error.failure in {DownloadFailure.NOT_FOUND, DownloadFailure.NOT_ALLOWED}
    assert "token" in error.sentence


def test_a_revision_that_is_not_there(process: Downloads, hub: LoopbackHub, source: Source) -> None:
    hub.add("tiny/reader", made_up_model(size=1000))
    error = failure_of(process, source, HubModel(("tiny/reader",), "v9"))
    assert error.failure is DownloadFailure.NOT_FOUND


def test_a_file_that_went_away(
    process: Downloads, hub: LoopbackHub, source: Source, cache: Path
) -> None:
    hub.add("tiny/reader", made_up_model(size=1000))
    gone = Fault(status=404, error_code="EntryNotFound")
    hub.script(gone, kind="resolve", file="model.safetensors", times=ALWAYS)
    assert failure_of(process, source).failure is DownloadFailure.NOT_FOUND
    assert not list(cache.glob("*/snapshots/*/*"))


def test_a_licence_that_was_not_accepted_on_the_hub(
    downloads: Downloads, hub: LoopbackHub, source: Source, monkeypatch: pytest.MonkeyPatch
) -> None:
    hub.add("tiny/reader", made_up_model(size=1000), members=frozenset({MEMBER}))
    without = failure_of(downloads, source)
    downloads.close()
    monkeypatch.setenv("HF_TOKEN", STRANGER)
    stranger = failure_of(downloads, source)
    downloads.close()
    monkeypatch.setenv("HF_TOKEN", MEMBER)
    got = get(downloads, source)

    assert without.failure is stranger.failure is DownloadFailure.NOT_ALLOWED
    for error in (without, stranger):
        assert f"{hub.url}/tiny/reader" in error.sentence
        assert "licence" in error.sentence
    assert got.fetched > 1000


def test_a_private_repository_wants_the_right_token(
    downloads: Downloads, hub: LoopbackHub, source: Source, monkeypatch: pytest.MonkeyPatch
) -> None:
    hub.add("tiny/reader", made_up_model(size=1000), token=MEMBER)
    failure_of(downloads, source)
    downloads.close()
    monkeypatch.setenv("HF_TOKEN", MEMBER)
    assert get(downloads, source).fetched > 1000


def test_a_token_that_is_not_valid_any_more(
    downloads: Downloads, hub: LoopbackHub, source: Source, monkeypatch: pytest.MonkeyPatch
) -> None:
    hub.add("tiny/reader", made_up_model(size=1000))
    refused = Fault(status=401, message="Invalid credentials in Authorization header")
    for kind in ("info", "tree", "resolve"):
        hub.script(refused, kind=kind, times=ALWAYS)
    monkeypatch.setenv("HF_TOKEN", STRANGER)
    error = failure_of(downloads, source)
    assert error.failure is DownloadFailure.NOT_ALLOWED
    assert "token" in error.sentence
    assert len(hub.asked()) == 1


@pytest.mark.parametrize(
    "name", ["..\\evil.json", "C:\\evil.json", "con.json", "evil\x00.json", "x" * 300 + ".json"]
)
def test_a_name_that_is_none_on_every_system_is_refused(
    process: Downloads, hub: LoopbackHub, source: Source, tmp_path: Path, name: str
) -> None:
    hub.add("tiny/reader", {**made_up_model(size=1000), name: b"{}"})
    before = files_below(tmp_path)

    error = failure_of(process, source)

    assert error.failure is DownloadFailure.NOT_SAFE
    assert "\x00" not in error.sentence
    assert files_below(tmp_path) == before
    assert not hub.asked(kind="bytes")


@pytest.mark.parametrize(
    "name",
    ["../../evil.json", "/etc/evil.json", "a/../../evil.json", "evil.json\x00.txt", "evil.py "],
)
def test_a_name_that_leads_out_of_the_folder_is_left_out(
    process: Downloads, hub: LoopbackHub, source: Source, tmp_path: Path, name: str
) -> None:
    files = made_up_model(size=1000)
    hub.add("tiny/reader", files | {name: b"{}"})

    folder = Path(get(process, source).folder)

    assert files_below(folder) == set(files)
    assert not [path for path in files_below(tmp_path) if "evil" in path]
    assert {asked.file for asked in hub.asked(kind="bytes")} == set(files)


def test_no_weights_that_are_safe_to_load(
    process: Downloads, hub: LoopbackHub, source: Source, cache: Path
) -> None:
    files = made_up_model(size=1000)
    files["pytorch_model.bin"] = files.pop("model.safetensors")
    hub.add("tiny/reader", files)
    error = failure_of(process, source)
    assert error.failure is DownloadFailure.NOT_SAFE
    assert "safetensors" in error.sentence
    assert not hub.asked(kind="bytes")
    assert not list(cache.rglob("*.bin"))


@pytest.mark.parametrize("named", ["../../other.safetensors", "model.bin", "absent.safetensors", 7])
def test_a_list_of_weights_that_names_odd_files(
    process: Downloads, hub: LoopbackHub, source: Source, cache: Path, named: object
) -> None:
    files = made_up_model(size=1000, parts=2)
    files["model.bin"] = b"\x80\x02pickle"
    files["model.safetensors.index.json"] = json.dumps({"weight_map": {"x": named}}).encode()
    hub.add("tiny/reader", files)
    assert failure_of(process, source).failure is DownloadFailure.NOT_SAFE
    assert not list(cache.glob("*/snapshots/*/*"))


@pytest.mark.parametrize("checksum", ["../../../evil", "A" * 64, "0" * 63, ""])
def test_a_checksum_that_is_none_names_no_file(
    process: Downloads, hub: LoopbackHub, source: Source, tmp_path: Path, checksum: str
) -> None:
    hub.add("tiny/reader", made_up_model(size=1000))
    listed = [
        {
            "type": "file",
            "path": name,
            "size": 10,
            "oid": "1" * 40,
            "lfs": {"oid": checksum, "size": 10, "pointerSize": 100},
        }
        for name in ("config.json", "tokenizer.json", "model.safetensors")
    ]
    hub.script(Fault(content=json.dumps(listed).encode()), kind="tree", times=ALWAYS)
    before = files_below(tmp_path)
    failure_of(process, source)
    assert files_below(tmp_path) == before


@pytest.mark.parametrize("commit", ["../../evil", "main", "", "A" * 40])
def test_a_commit_that_is_none_names_no_folder(
    process: Downloads, hub: LoopbackHub, source: Source, tmp_path: Path, commit: str
) -> None:
    hub.add("tiny/reader", made_up_model(size=1000))
    told = {"id": "tiny/reader", "sha": commit, "siblings": []}
    hub.script(Fault(content=json.dumps(told).encode()), kind="info", times=ALWAYS)
    before = files_below(tmp_path)
    failure_of(process, source)
    assert files_below(tmp_path) == before


def test_another_commit_than_the_pinned_one_is_refused(
    process: Downloads, hub: LoopbackHub, source: Source
) -> None:
    repository = hub.add("tiny/reader", made_up_model(size=1000))
    pinned = repository.resolve("main")
    assert pinned is not None
    other = repository.commit(made_up_model(size=1000, seed=1))
    told = {"id": "tiny/reader", "sha": other, "siblings": []}
    hub.script(Fault(content=json.dumps(told).encode()), kind="info")
    with pytest.raises(DownloadError) as error:
        process.look_up(HubModel(("tiny/reader",), pinned), source)
    assert "does not answer as the Hugging Face hub does" in error.value.sentence
    assert process.look_up(HubModel(("tiny/reader",), pinned), source).commit == pinned


@pytest.mark.parametrize("size", [-1, 1 << 60, 10**30])
def test_a_size_that_no_file_has_is_refused(
    process: Downloads, hub: LoopbackHub, source: Source, size: int
) -> None:
    hub.add("tiny/reader", made_up_model(size=1000))
    listed = [{"type": "file", "path": "model.safetensors", "size": size, "oid": "1" * 40}]
    hub.script(Fault(content=json.dumps(listed).encode()), kind="tree")
    failed = failure_of(process, source)
    assert "does not answer as the Hugging Face hub does" in failed.sentence


def test_a_tree_without_end_is_given_up(
    process: Downloads, hub: LoopbackHub, source: Source
) -> None:
    """Each page of the list names itself as the next one."""
    hub.add("tiny/reader", made_up_model(size=1000))
    hub.page_size = 0
    failure_of(process, source)
    assert len(hub.asked(kind="tree")) < 1000
