"""Downloads that are stopped or killed go on where they ended, and never look whole before."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from pathlib import Path

import pytest
from huggingface_hub import try_to_load_from_cache

from doubles.downloading import MODEL, files_below, get, kill, running_get
from doubles.hub_faults import Fault
from doubles.hub_repository import made_up_model
from doubles.loopback_hub import LoopbackHub
from textlift.downloads.client import DownloadError, Downloads
from textlift.downloads.messages import DownloadFailure, Fetching, Got, HubModel, Plan, Source
from textlift.models.catalogue import ModelEntry
from textlift.models.on_disk import ModelNotOnDiskError, model_folder, what_is_missing
from textlift.processes.supervised import ProcessFailure

SIZE = 3_000_000
HELD_AT = 1_300_000
ENTRY = ModelEntry("reader", "Reader", "qwen_vl", hub_id="tiny/reader")


@pytest.fixture
def held(hub: LoopbackHub) -> Fault:
    """A repository, and the fault that holds its weights in the middle, once."""
    hub.add("tiny/reader", made_up_model(size=SIZE))
    return hub.script(Fault(hold_after=HELD_AT), file="model.safetensors")


def is_held(hub: LoopbackHub) -> Callable[[Fetching], bool]:
    """Whether all is here but what is held back of the weights."""
    files = hub.repositories["tiny/reader"].files()
    here = sum(file.size for file in files.values()) - files["model.safetensors"].size + HELD_AT
    return lambda told: told.have == here


def looks_whole(cache: Path) -> bool:
    """Whether Textlift would load the model, or the library finds weights of it."""
    names = ("model.safetensors", "model-00001-of-00002.safetensors")
    found = next(
        (
            path
            for name in names
            if (path := try_to_load_from_cache("tiny/reader", name, cache_dir=cache))
        ),
        None,
    )
    try:
        folder = model_folder(ENTRY, caches=[cache])
    except ModelNotOnDiskError:
        return isinstance(found, str)
    return isinstance(found, str) or not what_is_missing(folder)


def check_whole(hub: LoopbackHub, folder: str) -> None:
    """Every file is there, and as the hub has it."""
    files = hub.repositories["tiny/reader"].files()
    assert {name: (Path(folder) / name).read_bytes() for name in files} == {
        name: file.content for name, file in files.items()
    }


def blobs(cache: Path) -> Path:
    return cache / "models--tiny--reader" / "blobs"


def partial_size(cache: Path) -> int:
    """Bytes of the weights that are on disk and not whole."""
    return max(
        (path.stat().st_size for path in blobs(cache).glob("*.incomplete")),
        default=0,
    )


def test_a_pause_keeps_what_came_and_only_the_rest_is_fetched(
    downloads: Downloads, hub: LoopbackHub, source: Source, cache: Path, held: Fault
) -> None:
    total = hub.repositories["tiny/reader"].size()
    with running_get(downloads, source) as running:
        running.wait_until_told(is_held(hub))
        running.cancel()
        outcome = running.outcome()
    assert isinstance(outcome, DownloadError)
    assert outcome.failure is DownloadFailure.CANCELLED
    assert not looks_whole(cache)

    plan = downloads.look_up(MODEL, source)
    got = downloads.get(MODEL, plan, source, on_fetching=lambda _: None)

    assert plan.have >= HELD_AT
    assert got.fetched == total - plan.have
    last = hub.asked(kind="bytes", file="model.safetensors")[-1]
    assert last.range == f"bytes={partial_before(plan)}-"
    assert last.status == 206
    assert hub.sent() == total
    check_whole(hub, got.folder)


def partial_before(plan: Plan) -> int:
    return next(file.have for file in plan.files if file.name == "model.safetensors")


def test_the_process_outlives_a_pause(
    downloads: Downloads, hub: LoopbackHub, source: Source, held: Fault
) -> None:
    with running_get(downloads, source) as running:
        running.wait_until_told(is_held(hub))
        before = downloads.pid
        running.cancel()
        running.outcome()
    get(downloads, source)
    assert downloads.pid == before


def test_a_killed_process_costs_no_byte_that_was_written(
    downloads: Downloads, hub: LoopbackHub, source: Source, cache: Path, held: Fault
) -> None:
    with running_get(downloads, source) as running:
        running.wait_until_told(is_held(hub))
        kill(downloads)
        outcome = running.outcome()
    assert isinstance(outcome, ProcessFailure)
    assert not looks_whole(cache)
    kept = partial_size(cache)
    assert kept == HELD_AT

    got = get(downloads, source)

    assert hub.asked(kind="bytes", file="model.safetensors")[-1].range == f"bytes={kept}-"
    assert hub.sent("model.safetensors") == hub_size(hub, "model.safetensors")
    check_whole(hub, got.folder)


def hub_size(hub: LoopbackHub, name: str) -> int:
    return hub.repositories["tiny/reader"].files()[name].size


def test_a_kill_after_the_last_byte_but_one(
    downloads: Downloads, hub: LoopbackHub, source: Source, cache: Path
) -> None:
    hub.add("tiny/reader", made_up_model(size=SIZE))
    size = hub_size(hub, "model.safetensors")
    hub.script(Fault(hold_after=size - 1), file="model.safetensors")
    with running_get(downloads, source) as running:
        running.wait_until_told(lambda told: told.have >= told.size - 1)
        kill(downloads)
        running.outcome()
    assert not looks_whole(cache)

    got = get(downloads, source)

    assert got.fetched == 1
    check_whole(hub, got.folder)


@pytest.mark.parametrize("moment", ["not settled", "not published"])
def test_a_kill_between_the_last_byte_and_the_end(
    downloads: Downloads, hub: LoopbackHub, source: Source, cache: Path, moment: str
) -> None:
    """What a kill leaves there is made from a whole download: a few renames end it."""
    hub.add("tiny/reader", made_up_model(size=SIZE))
    folder = Path(get(downloads, source).folder)
    kill(downloads)
    checksum = hub.repositories["tiny/reader"].files()["model.safetensors"].sha256
    for path in folder.iterdir():
        path.unlink()
    if moment != "not published":
        blob = blobs(cache) / checksum
        blob.rename(blob.with_name(f"{checksum}.textlift.incomplete"))
        (cache / "models--tiny--reader" / "refs" / "main").unlink()
    assert not looks_whole(cache)
    hub.forget()

    got = get(downloads, source)

    assert got.fetched == 0
    assert not hub.asked(kind="bytes", file="model.safetensors")
    check_whole(hub, got.folder)


def test_a_damaged_part_is_noticed_and_fetched_again(
    downloads: Downloads, hub: LoopbackHub, source: Source, cache: Path, held: Fault
) -> None:
    """A power cut can leave a file of the right length that is full of zeros."""
    with running_get(downloads, source) as running:
        running.wait_until_told(is_held(hub))
        kill(downloads)
        running.outcome()
    part = next(blobs(cache).glob("*.incomplete"))
    part.write_bytes(part.read_bytes()[:-5000] + bytes(5000))

    got = get(downloads, source)

    check_whole(hub, got.folder)


def test_what_was_given_up_leaves_nothing(
    downloads: Downloads, hub: LoopbackHub, source: Source, cache: Path, held: Fault
) -> None:
    with running_get(downloads, source) as running:
        running.wait_until_told(is_held(hub))
        running.cancel()
        running.outcome()

    removed = downloads.discard(MODEL, source)

    assert removed.freed >= HELD_AT
    assert not looks_whole(cache)
    left = {path for path in files_below(cache) if not path.startswith(".locks/")}
    assert left <= {"CACHEDIR.TAG"}
    plan = downloads.look_up(MODEL, source)
    assert plan.have == 0


def test_giving_up_an_update_keeps_what_was_there(
    downloads: Downloads, hub: LoopbackHub, source: Source, cache: Path
) -> None:
    files = made_up_model(size=SIZE)
    repository = hub.add("tiny/reader", files)
    folder = get(downloads, source).folder
    before = files_below(Path(folder))
    repository.commit(made_up_model(size=SIZE, seed=2))
    hub.script(Fault(hold_after=HELD_AT), file="model.safetensors")
    with running_get(downloads, source) as running:
        running.wait_until_told(is_held(hub))
        running.cancel()
        running.outcome()

    downloads.discard(MODEL, source)

    assert files_below(Path(folder)) == before
    assert what_is_missing(model_folder(ENTRY, caches=[cache])) == ""
    assert partial_size(cache) == 0


def test_nothing_looks_whole_at_any_moment(
    downloads: Downloads, hub: LoopbackHub, source: Source, cache: Path
) -> None:
    files = hub.add("tiny/reader", made_up_model(size=800_000, parts=2)).files()
    weights = [name for name in files if name.endswith(".safetensors")]
    hub.script(Fault(bytes_per_second=600_000), file="*.safetensors", times=2)
    looks = 0
    with running_get(downloads, source) as running:
        while running.running:
            if looks_whole(cache):
                assert all(hub.sent(name) == files[name].size for name in weights)
            looks += 1
        assert isinstance(running.outcome(), Got)
    assert looks > 20
    assert looks_whole(cache)


def test_two_processes_do_not_spoil_each_others_work(
    downloads: Downloads, hub: LoopbackHub, source: Source, held: Fault
) -> None:
    with (
        contextlib.closing(Downloads()) as second,
        running_get(downloads, source) as running,
    ):
        running.wait_until_told(is_held(hub))
        plan = second.look_up(MODEL, source)
        with pytest.raises(DownloadError) as error:
            second.get(MODEL, plan, source, on_fetching=lambda _: None)
        held.release.set()
        outcome = running.outcome()
        assert isinstance(outcome, Got)
        again = get(second, source)
    assert error.value.failure is DownloadFailure.DISK
    assert "tiny/reader" in error.value.sentence
    assert again.fetched == 0
    check_whole(hub, outcome.folder)


def test_two_models_at_once_in_one_process(
    downloads: Downloads, hub: LoopbackHub, source: Source, held: Fault
) -> None:
    """The queue gets one after the other; while it does, others are looked up and verified."""
    hub.add("tiny/other", made_up_model(size=1000, seed=5))
    other = HubModel(("tiny/other",))
    with running_get(downloads, source) as running:
        running.wait_until_told(is_held(hub))
        get(downloads, source, other)
        verified = downloads.verify(other, source, on_fetching=lambda _: None)
        assert running.running
        held.release.set()
        assert isinstance(running.outcome(), Got)
    assert (verified.checked, verified.damaged) == (3, ())
