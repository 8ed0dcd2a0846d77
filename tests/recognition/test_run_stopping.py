"""A run that is stopped, brakes, or meets documents that fail; and many pages in it."""

from __future__ import annotations

import threading
import time

import psutil
import pytest

from doubles import engine_script as do
from textlift.content.page import PageState
from textlift.content.reading import PageReading, WarningKind
from textlift.documents.client import DocumentError
from textlift.documents.messages import DocumentFailure, TextLayer
from textlift.processes.supervised import ProcessCancelled
from textlift.recognition.events import PageFinished, PageProgressed, PageStarted, RunBraked

STOP_WITHIN = 1.5


class Background:
    """A run in a thread of its own."""

    def __init__(self, run):
        self.summary = None
        self.error = None
        self._thread = threading.Thread(target=self._execute, args=(run,))
        self._thread.start()

    def _execute(self, run):
        try:
            self.summary = run.execute()
        except Exception as error:  # noqa: BLE001 - looked at by the test
            self.error = error

    def join(self, seconds=30.0):
        self._thread.join(seconds)
        assert not self._thread.is_alive()
        return self.summary


@pytest.mark.parametrize("what", [do.WAIT, do.HANG], ids=["waits", "hangs"])
def test_stop_ends_within_a_second_whatever_the_engine_does(desk, what):
    desk.script.engine("alpha", pages={2: what})
    desk.script.engine("beta")
    run = Background(desk.prepare(4, "alpha", "beta"))
    desk.log.wait_for(PageProgressed, lambda event: event.task.page == 2)
    began = time.monotonic()
    desk.cancellation.cancel()
    summary = run.join()
    assert time.monotonic() - began < STOP_WITHIN
    assert summary.cancelled
    assert (summary.done, summary.failed) == (1, 0)
    assert list(desk.sink.records) == [(1, 1)]
    assert [task.page for task in desk.queue.clear()] == [2, 3, 4]
    assert desk.script.told("beta") == []


def test_stop_while_an_engine_loads(desk):
    desk.script.engine("alpha", load=do.HANG)
    run = Background(desk.prepare(2, "alpha"))
    desk.log.wait_for(PageStarted)
    _until(lambda: desk.script.loads("alpha") == 1)
    began = time.monotonic()
    desk.cancellation.cancel()
    assert run.join().cancelled
    assert time.monotonic() - began < STOP_WITHIN
    assert len(desk.queue) == 2
    assert desk.pool.pids() == {}


def test_stop_while_a_page_is_rendered(desk):
    desk.script.engine("alpha")
    desk.reader.held.add(1)
    run = Background(desk.prepare(2, "alpha"))
    _until(lambda: desk.reader.rendered)
    desk.cancellation.cancel()
    assert run.join().cancelled
    assert [task.page for task in desk.queue.clear()] == [1, 2]


def test_run_cancelled_before_it_begins_reads_nothing(desk):
    desk.script.engine("alpha")
    desk.cancellation.cancel()
    assert desk.run(2, "alpha").cancelled
    assert len(desk.queue) == 2
    assert desk.script.loads("alpha") == 0


def test_pool_closed_in_the_middle_ends_the_run(desk):
    desk.script.engine("alpha", default=do.HANG)
    run = Background(desk.prepare(1, "alpha"))
    desk.log.wait_for(PageProgressed)
    desk.cancellation.cancel()
    desk.pool.close()
    assert run.join().cancelled
    assert len(desk.queue) == 1


def test_three_lost_pages_in_a_row_brake(desk):
    desk.script.engine("alpha", default=do.CUT_OFF)
    desk.script.engine("beta", default=do.WRONG_SCRIPT)
    summary = desk.run(6, "alpha", "beta")
    assert summary.failed == 3
    assert not summary.cancelled
    (braked,) = desk.log.all(RunBraked)
    assert braked.sentence == summary.braked
    assert "3 pages in a row" in braked.sentence
    assert "cannot read" in braked.sentence
    assert [task.page for task in desk.queue.clear()] == [4, 5, 6]
    assert desk.record(3).state is PageState.FAILED


def test_a_page_read_in_between_lets_the_run_go_on(desk):
    desk.script.engine("alpha", pages={3: do.READ, 6: do.READ}, default=do.CUT_OFF)
    summary = desk.run(8, "alpha")
    assert (summary.done, summary.failed, summary.braked) == (2, 6, "")


def test_blank_pages_neither_brake_nor_release(desk):
    desk.reader.ink.update({2: 0, 4: 0})
    desk.script.engine("alpha", default=do.CUT_OFF)
    summary = desk.run(7, "alpha")
    assert (summary.done, summary.failed) == (2, 3)
    assert summary.braked


def test_pages_of_a_bad_document_fail_and_do_not_brake(desk):
    for page in range(2, 7):
        error = DocumentError(DocumentFailure.DAMAGED, f"Page {page} is damaged.", details="x")
        desk.reader.errors[page] = [error]
    desk.script.engine("alpha")
    summary = desk.run(8, "alpha")
    assert (summary.done, summary.failed, summary.braked) == (3, 5, "")
    assert desk.failures(4) == [("", "document")]
    assert desk.record(4).attempts[0].sentence == "Page 4 is damaged."
    assert desk.record(4).width == 0


def test_full_disk_brakes_and_the_page_waits(desk):
    desk.reader.errors[2] = [DocumentError(DocumentFailure.CACHE_FULL, "The disk is full.")]
    desk.script.engine("alpha")
    summary = desk.run(4, "alpha")
    assert summary.braked == "The disk is full."
    assert (summary.done, summary.failed) == (1, 0)
    assert not summary.cancelled
    assert [task.page for task in desk.queue.clear()] == [2, 3, 4]


def test_blank_page_is_done_without_an_engine(desk):
    desk.reader.ink[1] = 0
    desk.script.engine("alpha")
    summary = desk.run(1, "alpha")
    assert summary.done == 1
    assert desk.script.loads("alpha") == 0
    assert desk.record(1).reading.blocks == ()
    assert "blank" in desk.record(1).reading.why


def test_missing_part_of_a_page_is_warned_of(desk):
    desk.reader.defects.update({1: "The lower part is missing.", 2: "The file is cut."})
    desk.reader.ink[2] = 0
    desk.script.engine("alpha")
    summary = desk.run(3, "alpha")
    assert (summary.warned, summary.done) == (2, 1)
    for page in (1, 2):
        (warning,) = desk.record(page).reading.warnings
        assert warning.kind is WarningKind.PARTIAL_IMAGE


def test_text_layer_is_taken_when_asked_for_and_good(desk):
    layer = PageReading(blocks=(), read_by="text-layer")
    desk.reader.layers[1] = TextLayer(reading=layer, sentence="Good.")
    desk.reader.layers[2] = TextLayer(reading=None, sentence="The text is garbled.")
    desk.script.engine("alpha")
    desk.run(2, "alpha", use_text_layer=True)
    assert desk.record(1).reading.read_by == "text-layer"
    assert desk.failures(1) == [("text-layer", None)]
    assert desk.record(2).reading.read_by == "alpha"
    assert "garbled" in desk.record(2).reading.why
    desk.run(1, "alpha")
    assert desk.record(1).reading.read_by == "alpha"


def test_next_page_is_rendered_while_one_is_read(desk):
    gate = desk.script.make_gate("gate")
    desk.script.engine("alpha", pages={1: do.gate(gate)})
    run = Background(desk.prepare(4, "alpha"))
    desk.log.wait_for(PageProgressed)
    _until(lambda: desk.reader.rendered == [1, 2])
    desk.script.open_gate(gate)
    assert run.join().done == 4
    assert desk.reader.rendered == [1, 2, 3, 4]


def test_page_image_that_is_gone_is_rendered_again(desk):
    gate = desk.script.make_gate("gate")
    desk.script.engine("alpha", pages={1: do.gate(gate)})
    run = Background(desk.prepare(2, "alpha"))
    desk.log.wait_for(PageProgressed)
    _until(lambda: desk.reader.rendered == [1, 2])
    desk.reader.delete(2)
    desk.script.open_gate(gate)
    assert run.join().done == 2
    assert desk.reader.rendered == [1, 2, 2]


def test_pages_added_while_it_runs_are_read(desk):
    gate = desk.script.make_gate("gate")
    desk.script.engine("alpha", pages={2: do.gate(gate)})
    run = Background(desk.prepare(2, "alpha"))
    desk.log.wait_for(PageProgressed, lambda event: event.task.page == 2)
    desk.queue.add(desk.tasks(4, "alpha")[2:])
    desk.script.open_gate(gate)
    assert run.join().done == 4


def test_error_of_the_store_ends_the_run_and_the_page_waits(desk, monkeypatch):
    desk.script.engine("alpha")
    keep = desk.sink.finish_page

    def full(document_id, page, **fields):
        if page == 2:
            raise OSError("disk full")
        return keep(document_id, page, **fields)

    monkeypatch.setattr(desk.sink, "finish_page", full)
    with pytest.raises(OSError, match="disk full"):
        desk.run(3, "alpha")
    assert [task.page for task in desk.queue.clear()] == [2, 3]


def test_page_of_a_removed_document_is_not_told(desk, monkeypatch):
    desk.script.engine("alpha")
    monkeypatch.setattr(desk.sink, "finish_page", lambda *args, **fields: None)
    assert desk.run(1, "alpha").done == 0
    assert desk.log.all(PageFinished) == []


def test_lanes_read_in_parallel_each_with_its_process(desk):
    gate = desk.script.make_gate("gate")
    desk.script.engine("alpha", default=do.gate(gate))
    run = Background(desk.prepare(6, "alpha", lanes=2))
    _until(lambda: len(desk.log.all(PageProgressed)) == 2)
    desk.script.open_gate(gate, times=6)
    assert run.join().done == 6
    assert sorted(page for _, page in desk.sink.finished) == [1, 2, 3, 4, 5, 6]
    assert len({call.pid for call in desk.script.told("alpha")}) == 2


def test_engine_with_capacity_has_that_many_pages_in_flight(desk):
    gate = desk.script.make_gate("gate")
    desk.script.engine("alpha", default=do.gate(gate), capacity=3)
    run = Background(desk.prepare(7, "alpha"))
    _until(lambda: len(desk.log.all(PageProgressed)) == 3)
    desk.script.open_gate(gate, times=7)
    assert run.join().done == 7
    assert len({call.pid for call in desk.script.told("alpha")}) == 1


@pytest.mark.parametrize("first", ["alpha", "beta"])
def test_pages_that_come_while_one_is_read_are_in_flight_with_it(desk, first):
    gate = desk.script.make_gate("gate")
    desk.script.engine("alpha", default=do.gate(gate), capacity=3)
    desk.script.engine("beta", default=do.gate(gate))
    run = Background(desk.prepare(1, first))
    _until(lambda: len(desk.log.all(PageProgressed)) == 1)
    for task in desk.tasks(4, "alpha")[1:]:
        desk.queue.add([task])
    _until(lambda: len(desk.log.all(PageProgressed)) == 3)
    desk.script.open_gate(gate, times=4)
    assert run.join().done == 4
    assert len(desk.queue) == 0


def test_a_run_ends_when_the_last_page_is_read_though_others_waited_for_more(desk):
    desk.script.engine("alpha", capacity=3)
    run = Background(desk.prepare(1, "alpha"))
    assert run.join().done == 1
    desk.queue.add(desk.tasks(2, "alpha")[1:])
    assert len(desk.queue) == 1


def test_a_stop_ends_those_that_wait_for_more(desk):
    desk.script.engine("alpha", default=do.HANG, capacity=3)
    run = Background(desk.prepare(1, "alpha"))
    _until(lambda: len(desk.log.all(PageProgressed)) == 1)
    began = time.monotonic()
    desk.cancellation.cancel()
    assert run.join().cancelled
    assert time.monotonic() - began < STOP_WITHIN
    assert [task.page for task in desk.queue.clear()] == [1]


def test_crash_of_a_shared_process_costs_each_page_one_attempt(desk):
    gate = desk.script.make_gate("gate")
    pages = {1: [do.after(gate, do.KILL), do.READ], 2: [do.WAIT, do.READ]}
    desk.script.engine("alpha", pages=pages, capacity=2)
    run = Background(desk.prepare(4, "alpha"))
    _until(lambda: len(desk.log.all(PageProgressed)) == 2)
    desk.script.open_gate(gate)
    summary = run.join()
    assert (summary.done, summary.warned, summary.failed) == (2, 2, 0)
    for page in (1, 2):
        assert desk.failures(page) == [("alpha", "crashed"), ("alpha", None)]
    assert len(desk.pool.pids()) == 1


def test_stop_with_lanes_puts_all_pages_back_in_order(desk):
    desk.script.engine("alpha", default=do.HANG)
    run = Background(desk.prepare(6, "alpha", lanes=3))
    _until(lambda: len(desk.log.all(PageProgressed)) == 3)
    began = time.monotonic()
    desk.cancellation.cancel()
    assert run.join().cancelled
    assert time.monotonic() - began < STOP_WITHIN
    assert [task.page for task in desk.queue.clear()] == [1, 2, 3, 4, 5, 6]


def test_pool_ends_everything_when_closed(desk):
    desk.script.engine("alpha")
    desk.script.engine("beta")
    desk.run(1, "alpha")
    desk.run(1, "beta")
    pids = desk.pool.pids()
    assert sorted(pids.values()) == ["alpha", "beta"]
    desk.pool.unload("alpha")
    assert list(desk.pool.pids().values()) == ["beta"]
    desk.pool.close()
    assert not any(psutil.pid_exists(pid) for pid in pids)
    with pytest.raises(ProcessCancelled):
        desk.pool.lease("beta", watcher=None, cancellation=desk.cancellation).__enter__()


def _until(condition, seconds=30.0):
    """Waits for what no event tells."""
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.005)
