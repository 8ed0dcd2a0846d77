"""Thousands of pages: no time is lost beside rendering and reading, and memory stays flat."""

from __future__ import annotations

import gc
import time
from contextlib import closing

import psutil
import pytest

from doubles.drawn_reader import drawn_document
from textlift.processes.cancellation import Cancellation
from textlift.recognition.events import PageFinished
from textlift.recognition.run import RecognitionRun
from textlift.recognition.tasks import PageTask, TaskQueue
from textlift.sessions.store import SessionStore
from textlift.sessions.stored import QueuedPlan

SECONDS_A_PAGE = 0.025
MEGABYTE = 1_000_000


@pytest.fixture
def store(tmp_path):
    with closing(SessionStore(tmp_path / "session.sqlite3")) as store:
        yield store


def run_all(desk, store, pages, on_event):
    document = store.add_document(drawn_document(pages), title="scan.pdf")
    numbers = range(1, pages + 1)
    store.queue_pages(document.id, numbers, plan=QueuedPlan(order=("alpha",)))
    tasks = [PageTask(document.id, document.info, number, ("alpha",)) for number in numbers]
    run = RecognitionRun(
        TaskQueue(tasks),
        registry=desk.script.registry,
        pool=desk.pool,
        reader=desk.reader,
        sink=store,
        on_event=on_event,
        cancellation=Cancellation(),
    )
    return document, run.execute()


def test_ten_thousand_blank_pages(desk, store):
    pages = 10_000
    desk.reader.ink = dict.fromkeys(range(1, pages + 1), 0.0)
    desk.script.engine("alpha")
    began = time.monotonic()
    document, summary = run_all(desk, store, pages, lambda event: None)
    seconds = time.monotonic() - began
    assert summary.done == pages
    assert len(store.page_states(document.id)) == pages
    assert store.queued() == ()
    assert seconds < pages * SECONDS_A_PAGE


def test_memory_stays_flat(desk, store):
    desk.script.engine("alpha")
    ours = psutil.Process()
    resident = {}

    def watch(event):
        if isinstance(event, PageFinished) and event.record.number in (100, 600):
            gc.collect()
            resident[event.record.number] = ours.memory_info().rss

    _, summary = run_all(desk, store, 600, watch)
    assert summary.done == 600
    assert resident[600] - resident[100] < 10 * MEGABYTE
