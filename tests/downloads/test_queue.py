"""The queue of downloads on the real process and the loopback hub; it outlives everything."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from doubles.downloading import MODEL, files_below, kill
from doubles.hub_faults import ALWAYS, Fault
from doubles.hub_repository import made_up_model
from doubles.loopback_hub import LoopbackHub
from textlift.downloads.client import Downloads
from textlift.downloads.download import Download, DownloadState
from textlift.downloads.messages import DownloadFailure, HubModel, Source
from textlift.downloads.queue import DownloadQueue

SIZE = 3_000_000
HELD = 1_000_000
WEIGHTS = "model.safetensors"


class WatchedQueue(DownloadQueue):
    """A queue that remembers what it told.

    Attributes:
        told: Every change.
        problems: Every sentence about records.
    """

    def __init__(self, folder: Path, source: Source, downloads: Downloads) -> None:
        self.told: list[Download] = []
        self.problems: list[str] = []
        self._news = threading.Condition()
        super().__init__(
            folder,
            source=source,
            on_change=self._note,
            on_problem=self._note_problem,
            downloads=downloads,
        )

    def states(self, name: str = "reader") -> list[DownloadState]:
        """The states a download went through, each once."""
        states = [one.state for one in self.told if one.name == name]
        return [
            state
            for before, state in zip([None, *states], states, strict=False)
            if state is not before
        ]

    def wait(self, condition: Callable[[Download], bool], *, name: str = "reader") -> Download:
        """Waits for a change that fulfils a condition, and gives it."""
        found: list[Download] = []

        def is_there() -> bool:
            found.extend(one for one in self.told if one.name == name and condition(one))
            return bool(found)

        with self._news:
            assert self._news.wait_for(is_there, 30.0), f"told: {self.told[-3:]}"
        return found[0]

    def wait_for(self, state: DownloadState, *, name: str = "reader") -> Download:
        return self.wait(lambda one: one.state is state, name=name)

    def forget(self) -> None:
        with self._news:
            self.told.clear()

    def wait_for_problem(self) -> str:
        with self._news:
            assert self._news.wait_for(lambda: bool(self.problems), 10.0)
        return self.problems[0]

    def _note(self, download: Download) -> None:
        with self._news:
            self.told.append(download)
            self._news.notify_all()

    def _note_problem(self, sentence: str) -> None:
        with self._news:
            self.problems.append(sentence)
            self._news.notify_all()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "downloads"


class Queues:
    """Opens queues on one folder, one after the other, as starts of the program do."""

    def __init__(self, folder: Path, source: Source) -> None:
        self.folder = folder
        self.source = source
        self._open = contextlib.ExitStack()

    def start(self, source: Source | None = None) -> WatchedQueue:
        queue = WatchedQueue(self.folder, source or self.source, Downloads())
        self._open.callback(queue.close)
        queue.start()
        return queue

    def close(self) -> None:
        self._open.close()


@pytest.fixture
def queues(downloads: Downloads, folder: Path, source: Source) -> Iterator[Queues]:
    # ``downloads`` is there for the patience of its processes.
    with contextlib.closing(Queues(folder, source)) as own:
        yield own


def get(queue: DownloadQueue, name: str = "reader", wanted: HubModel = MODEL) -> None:
    queue.get(name, title=name.capitalize(), wanted=wanted)


def test_a_download_goes_through_its_states_and_leaves_no_record(
    queues: Queues, hub: LoopbackHub, folder: Path
) -> None:
    repository = hub.add("tiny/reader", made_up_model(size=SIZE))
    queue = queues.start()
    get(queue)
    done = queue.wait_for(DownloadState.DONE)
    assert done.have == done.size == repository.size()
    states = queue.states()
    assert states[:3] == [
        DownloadState.WAITING,
        DownloadState.LOOKING_UP,
        DownloadState.DOWNLOADING,
    ]
    assert states[-1] is DownloadState.DONE
    queue.close()
    assert files_below(folder) == set()


def test_several_wait_and_one_is_fetched_at_a_time(queues: Queues, hub: LoopbackHub) -> None:
    held = hub.script(Fault(hold_after=HELD), repo="tiny/one", file=WEIGHTS)
    for name in ("one", "two", "three"):
        hub.add(f"tiny/{name}", made_up_model(size=SIZE))
    queue = queues.start()
    for name in ("one", "two", "three"):
        get(queue, name, HubModel((f"tiny/{name}",)))
    queue.wait(lambda one: one.have >= HELD, name="one")
    assert [one.state for one in queue.downloads()[1:]] == [DownloadState.WAITING] * 2
    queue.move_first("three")
    assert {asked.repo for asked in hub.asked()} == {"tiny/one"}
    held.release.set()
    queue.wait_for(DownloadState.DONE, name="two")
    order = [one.name for one in queue.told if one.state is DownloadState.DONE]
    assert order == ["one", "three", "two"]


def test_paused_and_resumed_fetches_only_the_rest(queues: Queues, hub: LoopbackHub) -> None:
    repository = hub.add("tiny/reader", made_up_model(size=SIZE))
    hub.script(Fault(hold_after=HELD), file=WEIGHTS)
    queue = queues.start()
    get(queue)
    queue.wait(lambda one: one.have >= HELD)
    queue.pause("reader")
    paused = queue.download("reader")
    assert paused is not None
    assert paused.state is DownloadState.PAUSED
    assert paused.have >= HELD
    # At once, while the process may still be letting go of it.
    queue.resume("reader")
    queue.wait_for(DownloadState.DONE)
    assert hub.asked(file=WEIGHTS, kind="bytes")[-1].range.startswith("bytes=")
    assert hub.sent() < repository.size() + HELD


def test_the_next_start_shows_it_paused_and_asks_nobody(
    queues: Queues, hub: LoopbackHub, folder: Path
) -> None:
    repository = hub.add("tiny/reader", made_up_model(size=SIZE))
    hub.add("tiny/other", made_up_model(size=SIZE))
    hub.script(Fault(hold_after=HELD), file=WEIGHTS)
    first = queues.start()
    get(first)
    get(first, "other", HubModel(("tiny/other",)))
    first.wait(lambda one: one.have >= HELD)
    first.close()
    hub.mend()
    hub.forget()

    second = queues.start()
    paused = second.wait_for(DownloadState.PAUSED)
    assert paused.title == "Reader"
    assert paused.have >= HELD
    assert paused.size == repository.size()
    second.wait_for(DownloadState.PAUSED, name="other")
    assert [one.name for one in second.downloads()] == ["reader", "other"]
    assert hub.asked() == []
    second.resume("reader")
    second.wait_for(DownloadState.DONE)
    assert hub.sent() < repository.size() - HELD / 2
    assert [one.name for one in second.downloads() if one.unfinished] == ["other"]


def test_the_death_of_the_process_costs_nothing(queues: Queues, hub: LoopbackHub) -> None:
    repository = hub.add("tiny/reader", made_up_model(size=SIZE))
    hub.script(Fault(hold_after=HELD), file=WEIGHTS)
    queue = queues.start()
    get(queue)
    queue.wait(lambda one: one.have >= HELD)
    kill(queue._downloads)
    queue.wait(lambda one: "started again" in one.waiting)
    queue.wait_for(DownloadState.DONE)
    assert hub.sent() < repository.size() + HELD
    assert DownloadState.FAILED not in queue.states()


def test_a_process_that_dies_again_and_again_is_given_up(
    queues: Queues, hub: LoopbackHub, monkeypatch: pytest.MonkeyPatch
) -> None:
    hub.add("tiny/reader", made_up_model(size=SIZE))
    hub.script(Fault(hang=True), kind="info", times=ALWAYS)
    monkeypatch.setattr("textlift.downloads.queue._PAUSE_AFTER_DEATH", 0.01)
    queue = queues.start()
    get(queue)
    for deaths in range(1, 4):
        hub.wait_until(lambda deaths=deaths: len(hub.asked(kind="info")) >= deaths)
        kill(queue._downloads)
    failed = queue.wait_for(DownloadState.FAILED)
    assert failed.failure is None
    assert failed.sentence == "The download process stopped unexpectedly. Try again."
    assert len(hub.asked(kind="info")) == 3


def test_a_failure_is_told_kept_and_tried_again(queues: Queues, hub: LoopbackHub) -> None:
    queue = queues.start()
    get(queue)
    failed = queue.wait_for(DownloadState.FAILED)
    assert failed.failure is DownloadFailure.NOT_FOUND
    assert failed.sentence
    queue.close()
    hub.add("tiny/reader", made_up_model(size=SIZE))
    hub.forget()
    again = queues.start()
    assert again.wait_for(DownloadState.FAILED).sentence == failed.sentence
    assert hub.asked() == []
    get(again)
    again.wait_for(DownloadState.DONE)


@pytest.mark.parametrize("running", [True, False])
def test_cancelled_leaves_nothing(
    queues: Queues, hub: LoopbackHub, folder: Path, cache: Path, running: bool
) -> None:
    hub.add("tiny/reader", made_up_model(size=SIZE))
    hub.script(Fault(hold_after=HELD), file=WEIGHTS)
    queue = queues.start()
    get(queue)
    queue.wait(lambda one: one.have >= HELD)
    if not running:
        queue.pause("reader")
    queue.cancel("reader")
    queue.wait_for(DownloadState.GONE)
    assert queue.downloads() == ()
    queue.close()
    assert files_below(folder) == set()
    assert not {name for name in files_below(cache) if "blobs" in name or "snapshots" in name}


def test_what_waits_is_cancelled_without_a_process(
    queues: Queues, hub: LoopbackHub, folder: Path
) -> None:
    queue = queues.start(Source(offline=True))
    get(queue)
    failed = queue.wait_for(DownloadState.FAILED)
    assert failed.failure is DownloadFailure.OFFLINE
    assert "settings" in failed.sentence
    queue.cancel("reader")
    queue.wait_for(DownloadState.GONE)
    assert queue._downloads.pid is None
    queue.close()
    assert files_below(folder) == set()


def test_a_damaged_record_is_put_aside(queues: Queues, hub: LoopbackHub, folder: Path) -> None:
    hub.add("tiny/reader", made_up_model(size=SIZE))
    hub.script(Fault(hold_after=HELD), file=WEIGHTS)
    first = queues.start()
    get(first)
    first.wait(lambda one: one.have >= HELD)
    first.close()
    (record,) = folder.glob("*.json")
    (folder / "broken.json").write_bytes(record.read_bytes()[:40])
    second = queues.start()
    second.wait_for(DownloadState.PAUSED)
    assert "put aside" in second.wait_for_problem()
    assert (folder / "broken.json.damaged").is_file()
    assert [one.name for one in second.downloads()] == ["reader"]


def test_records_that_cannot_be_written_are_told_of_once(
    queues: Queues, hub: LoopbackHub, folder: Path
) -> None:
    folder.write_text("a file where the folder should be")
    hub.add("tiny/reader", made_up_model(size=SIZE))
    queue = queues.start()
    get(queue)
    queue.wait_for(DownloadState.DONE)
    queue.close()
    assert len(queue.problems) == 1
    assert "cannot be remembered" in queue.problems[0]


def test_a_damaged_file_is_found_and_got_again_alone(
    queues: Queues, hub: LoopbackHub, cache: Path
) -> None:
    hub.add("tiny/reader", made_up_model(size=SIZE, parts=3))
    queue = queues.start()
    get(queue)
    queue.wait_for(DownloadState.DONE)
    queue.forget()
    queue.verify("reader", title="Reader", wanted=MODEL)
    assert queue.wait_for(DownloadState.DONE).sentence == "All 6 files are as published."

    part = next(cache.rglob("snapshots/*/model-00002-of-00003.safetensors")).resolve()
    content = bytearray(part.read_bytes())
    content[-1] ^= 1
    part.chmod(0o644)
    part.write_bytes(content)
    queue.forget()
    hub.forget()
    queue.verify("reader", title="Reader", wanted=MODEL)
    failed = queue.wait_for(DownloadState.FAILED)
    assert failed.failure is DownloadFailure.DAMAGED
    assert "model-00002-of-00003.safetensors" in failed.sentence
    assert hub.asked() == []
    get(queue)
    queue.wait_for(DownloadState.DONE)
    assert {one.file for one in hub.asked(kind="bytes")} == {"model-00002-of-00003.safetensors"}


def test_verifying_and_removing_do_not_wait_for_a_download(
    queues: Queues, hub: LoopbackHub, cache: Path
) -> None:
    hub.add("tiny/reader", made_up_model(size=SIZE))
    hub.add("tiny/other", made_up_model(size=SIZE, seed=1))
    queue = queues.start()
    get(queue)
    queue.wait_for(DownloadState.DONE)
    queue.forget()
    hub.script(Fault(bytes_per_second=100_000), repo="tiny/other", file=WEIGHTS, times=ALWAYS)
    get(queue, "other", HubModel(("tiny/other",)))
    queue.wait(lambda one: one.have > 0, name="other")
    queue.verify("reader", title="Reader", wanted=MODEL)
    queue.wait_for(DownloadState.DONE)
    unloaded = []
    queue.remove("reader", title="Reader", wanted=MODEL, first=lambda: unloaded.append("reader"))
    queue.wait_for(DownloadState.GONE)
    assert unloaded == ["reader"]
    assert not list(cache.glob("models--tiny--reader/snapshots/*"))
    other = queue.download("other")
    assert other is not None
    assert other.state is DownloadState.DOWNLOADING


def test_nothing_waits_until_another_model_is_verified(queues: Queues, hub: LoopbackHub) -> None:
    hub.add("tiny/reader", made_up_model(size=SIZE))
    hub.add("tiny/other", made_up_model(size=SIZE, seed=1))
    queue = queues.start()
    other = HubModel(("tiny/other",))
    get(queue)
    get(queue, "other", other)
    queue.wait_for(DownloadState.DONE)
    queue.wait_for(DownloadState.DONE, name="other")
    answered, held = threading.Event(), threading.Event()
    verify = queue._downloads.verify

    def slow(*arguments: object, **options: object) -> object:
        assert held.wait(30)
        return verify(*arguments, **options)

    queue._downloads.verify = slow
    queue.forget()
    queue.verify("reader", title="Reader", wanted=MODEL)
    queue.ask_token(lambda _: answered.set())
    queue.remove("other", title="Other", wanted=other, first=lambda: None)
    assert answered.wait(30)
    queue.wait_for(DownloadState.GONE, name="other")
    assert DownloadState.DONE not in queue.states()
    held.set()
    queue.wait_for(DownloadState.DONE)


def test_the_offline_switch_stops_what_is_fetched(
    queues: Queues, hub: LoopbackHub, source: Source
) -> None:
    hub.add("tiny/reader", made_up_model(size=SIZE))
    hub.script(Fault(hold_after=HELD), file=WEIGHTS)
    queue = queues.start()
    get(queue)
    get(queue, "other", HubModel(("tiny/other",)))
    queue.wait(lambda one: one.have >= HELD)
    queue.use_source(Source(cache=source.cache, endpoint=source.endpoint, offline=True))
    assert [one.state for one in queue.downloads()] == [DownloadState.PAUSED] * 2
    queue.close()
    assert {asked.repo for asked in hub.asked()} == {"tiny/reader"}
    assert hub.sent(WEIGHTS) < SIZE


def test_it_goes_on_in_the_folder_where_it_was_begun(
    queues: Queues, hub: LoopbackHub, source: Source, cache: Path, tmp_path: Path
) -> None:
    hub.add("tiny/reader", made_up_model(size=SIZE))
    hub.script(Fault(hold_after=HELD), file=WEIGHTS)
    queue = queues.start()
    get(queue)
    queue.wait(lambda one: one.have >= HELD)
    queue.pause("reader")
    queue.use_source(Source(cache=str(tmp_path / "elsewhere"), endpoint=source.endpoint))
    queue.resume("reader")
    queue.wait_for(DownloadState.DONE)
    assert list(cache.rglob(WEIGHTS))
    assert not (tmp_path / "elsewhere").exists()
