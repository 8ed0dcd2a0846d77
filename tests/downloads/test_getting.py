"""Getting a model: what is asked for, what comes, where it lies, and that it is found."""

from __future__ import annotations

import json
from pathlib import Path

import msgspec
import pytest
import tqdm
from huggingface_hub import snapshot_download, try_to_load_from_cache
from huggingface_hub.utils import disable_progress_bars

from doubles.downloading import MODEL, files_below, get, running_get
from doubles.hub_faults import ALWAYS, Fault
from doubles.hub_repository import checkpoint_files, made_up_model
from doubles.loopback_hub import LoopbackHub
from textlift.downloads.client import DownloadError, Downloads
from textlift.downloads.messages import DownloadFailure, HubModel, Source
from textlift.models.catalogue import ModelEntry
from textlift.models.on_disk import model_folder, what_is_missing

UNWANTED = {
    ".gitattributes": b"*.bin filter=lfs",
    "modeling_reader.py": b"import os",
    "sub/deeper/code.py": b"import os",
    "pytorch_model.bin": b"\x80\x02pickle",
    "model.pkl": b"\x80\x02pickle",
    "optimizer.pt": b"\x80\x02pickle",
    "model.onnx": b"another format",
    "model.gguf": b"another format",
    "flax_model.msgpack": b"another format",
    "picture.png": b"\x89PNG",
    "fp16/model.safetensors": b"another variant",
}
PAPERS = {"README.md": b"# About", "LICENSE": b"Do as you like."}


def test_a_checkpoint_comes_and_is_found(
    downloads: Downloads, hub: LoopbackHub, source: Source, cache: Path
) -> None:
    files = checkpoint_files("qwen3_vl")
    repository = hub.add("tiny/reader", files)

    got = get(downloads, source)

    folder = Path(got.folder)
    assert {name: (folder / name).read_bytes() for name in files} == files
    assert got.fetched == repository.size()
    entry = ModelEntry("reader", "Reader", "qwen_vl", hub_id="tiny/reader")
    assert model_folder(entry, caches=[cache]) == folder
    assert what_is_missing(folder) == ""
    # The library and whatever else builds upon it find it too.
    for name in files:
        assert try_to_load_from_cache("tiny/reader", name, cache_dir=cache) == str(folder / name)
    library = snapshot_download("tiny/reader", cache_dir=cache, local_files_only=True)
    assert Path(library) == folder


def test_only_what_is_needed_is_fetched(
    downloads: Downloads, hub: LoopbackHub, source: Source, cache: Path
) -> None:
    hub.page_size = 3
    files = checkpoint_files("got_ocr2") | PAPERS
    hub.add("tiny/reader", files | UNWANTED)

    folder = Path(get(downloads, source).folder)

    assert files_below(folder) == set(files)
    asked = {asked.file for asked in hub.asked(kind="bytes")}
    assert asked == set(files)
    assert len(hub.asked(kind="tree")) > 1
    suffixes = {path.suffix for path in cache.rglob("*")}
    assert not suffixes & {".py", ".bin", ".pkl", ".pt", ".onnx"}


def test_sizes_are_known_before_a_byte_is_fetched(
    downloads: Downloads, hub: LoopbackHub, source: Source, cache: Path
) -> None:
    repository = hub.add("tiny/reader", made_up_model(size=300_000, parts=3) | UNWANTED)

    plan = downloads.look_up(MODEL, source)

    wanted = {n: file for n, file in repository.files().items() if n not in UNWANTED}
    assert {file.name: file.size for file in plan.files} == {
        name: file.size for name, file in wanted.items()
    }
    assert {file.name: file.checksum for file in plan.files} == {
        name: file.etag for name, file in wanted.items()
    }
    assert plan.size == sum(file.size for file in wanted.values())
    assert (plan.have, plan.commit) == (0, repository.resolve("main"))
    assert plan.disk_free > 0
    assert not any(asked.file.endswith(".safetensors") for asked in hub.asked())
    assert not files_below(cache)


def test_several_files_come_at_the_same_time(
    downloads: Downloads, hub: LoopbackHub, source: Source
) -> None:
    hub.add("tiny/reader", made_up_model(size=900_000, parts=4))
    held = hub.script(Fault(hold_after=1000), file="*.safetensors", times=ALWAYS)

    with running_get(downloads, source) as running:
        hub.wait_until(lambda: hub.most_at_once >= 3)
        held.release.set()
        running.outcome()

    assert 3 <= hub.most_at_once <= 8


def test_what_is_told_of_a_slow_download(
    downloads: Downloads, hub: LoopbackHub, source: Source
) -> None:
    hub.add("tiny/reader", made_up_model(size=400_000))
    hub.script(Fault(bytes_per_second=250_000), file="model.safetensors")

    with running_get(downloads, source) as running:
        got = running.outcome()

    told = running.fetchings
    moments = [fetching for fetching in told if fetching.rate > 0]
    assert {fetching.size for fetching in told} == {got.fetched}
    have = [fetching.have for fetching in told]
    assert have == sorted(have)
    assert any(100_000 < fetching.rate < 500_000 for fetching in moments)
    assert any(fetching.seconds_left for fetching in moments)
    # The body takes 1.6 seconds, and no more than ten are told a second.
    assert len(told) < 30


def test_a_pinned_commit_comes_though_the_branch_went_on(
    downloads: Downloads, hub: LoopbackHub, source: Source, cache: Path
) -> None:
    repository = hub.add("tiny/reader", made_up_model(size=1000, seed=1))
    pinned = repository.resolve("main")
    assert pinned is not None
    repository.commit(made_up_model(size=1000, seed=2), reference="v2")
    repository.commit(made_up_model(size=1000, seed=3))

    by_commit = get(downloads, source, HubModel(("tiny/reader",), pinned))
    by_tag = get(downloads, source, HubModel(("tiny/reader",), "v2"))

    config = json.loads((Path(by_commit.folder) / "config.json").read_bytes())
    assert config["seed"] == 1
    config = json.loads((Path(by_tag.folder) / "config.json").read_bytes())
    assert config["seed"] == 2
    entry = ModelEntry("reader", "Reader", "qwen_vl", hub_id="tiny/reader", revision=pinned)
    assert model_folder(entry, caches=[cache]) == Path(by_commit.folder)


def test_a_branch_that_goes_on_while_a_plan_is_read_changes_nothing(
    downloads: Downloads, hub: LoopbackHub, source: Source
) -> None:
    repository = hub.add("tiny/reader", made_up_model(size=1000, seed=1))
    plan = downloads.look_up(MODEL, source)
    repository.commit(made_up_model(size=1000, seed=2))

    got = downloads.get(MODEL, plan, source, on_fetching=lambda _: None)

    assert json.loads((Path(got.folder) / "config.json").read_bytes())["seed"] == 1


def test_a_repository_is_found_under_an_earlier_name(
    downloads: Downloads, hub: LoopbackHub, source: Source, cache: Path
) -> None:
    hub.add("tiny/reader", made_up_model(size=1000))
    hub.renamed["old/reader"] = "tiny/reader"

    get(downloads, source, HubModel(("old/reader",)))
    by_alias = downloads.look_up(HubModel(("gone/reader", "tiny/reader")), source)

    assert by_alias.hub_id == "tiny/reader"
    entry = ModelEntry("r", "R", "qwen_vl", hub_id="old/reader", hub_aliases=("tiny/reader",))
    assert what_is_missing(model_folder(entry, caches=[cache])) == ""


def test_what_another_program_downloaded_is_found_and_not_fetched_again(
    downloads: Downloads,
    hub: LoopbackHub,
    source: Source,
    cache: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    hub.add("tiny/reader", checkpoint_files("qwen2_5_vl"))
    disable_progress_bars()
    monkeypatch.setattr(tqdm.tqdm, "monitor_interval", 0)
    theirs = snapshot_download("tiny/reader", endpoint=hub.url, cache_dir=cache)
    before = files_below(cache / "models--tiny--reader" / "blobs")
    hub.forget()

    plan = downloads.look_up(MODEL, source)
    got = downloads.get(MODEL, plan, source, on_fetching=lambda _: None)

    assert plan.have == plan.size
    assert (got.folder, got.fetched) == (theirs, 0)
    assert not [asked for asked in hub.asked() if asked.file.endswith(".safetensors")]
    assert files_below(cache / "models--tiny--reader" / "blobs") == before


def test_a_new_commit_brings_only_what_changed(
    downloads: Downloads, hub: LoopbackHub, source: Source
) -> None:
    files = made_up_model(size=500_000, parts=2)
    repository = hub.add("tiny/reader", files)
    first = get(downloads, source)
    repository.commit(files | {"tokenizer.json": b'{"version": "1.1"}'})
    hub.forget()

    second = get(downloads, source)

    assert [asked.file for asked in hub.asked(kind="bytes")] in (
        [["tokenizer.json"], ["model.safetensors.index.json", "tokenizer.json"]]
    )
    assert second.fetched == len(b'{"version": "1.1"}')
    assert second.folder != first.folder
    assert what_is_missing(Path(second.folder)) == ""


def test_the_users_own_cache_is_where_it_goes_unless_another_is_chosen(
    downloads: Downloads, hub: LoopbackHub, hub_cache: Path
) -> None:
    hub.add("tiny/reader", made_up_model(size=1000))

    got = get(downloads, Source(endpoint=hub.url))

    assert Path(got.folder).is_relative_to(hub_cache)


def test_nothing_is_asked_before_and_nothing_after(
    downloads: Downloads, hub: LoopbackHub, source: Source
) -> None:
    hub.add("tiny/reader", made_up_model(size=1000))
    downloads.token_state()
    assert not hub.asked()
    get(downloads, source)
    hub.forget()

    verified = downloads.verify(MODEL, source, on_fetching=lambda _: None)
    downloads.remove(MODEL, source)

    assert verified.checked == 3
    assert not hub.asked()


def test_offline_no_request_is_made(downloads: Downloads, hub: LoopbackHub, source: Source) -> None:
    hub.add("tiny/reader", made_up_model(size=1000))
    plan = downloads.look_up(MODEL, source)
    hub.forget()
    offline = msgspec.structs.replace(source, offline=True)

    with pytest.raises(DownloadError) as looked_up:
        downloads.look_up(MODEL, offline)
    with pytest.raises(DownloadError) as got:
        downloads.get(MODEL, plan, offline, on_fetching=lambda _: None)

    assert looked_up.value.failure is got.value.failure is DownloadFailure.OFFLINE
    assert "settings" in looked_up.value.sentence
    assert not hub.asked()


def test_an_environment_that_keeps_the_hub_off_the_network_is_heeded(
    downloads: Downloads, hub: LoopbackHub, source: Source, monkeypatch: pytest.MonkeyPatch
) -> None:
    hub.add("tiny/reader", made_up_model(size=1000))
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    with pytest.raises(DownloadError) as error:
        downloads.look_up(MODEL, source)
    assert error.value.failure is DownloadFailure.OFFLINE
    assert "HF_HUB_OFFLINE" in error.value.sentence
    assert not hub.asked()
