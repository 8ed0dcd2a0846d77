"""Drills: an engine dies at every stage of its life, sleeps and wakes, and no page is lost."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from contextlib import closing
from pathlib import Path

import psutil
import pytest

from doubles import driven_run
from doubles import engine_script as do
from doubles.pages import make_pdf
from textlift.content.page import PageState
from textlift.content.text_lines import page_text
from textlift.documents.client import DocumentReader
from textlift.recognition.events import PageFinished, PageProgressed, RunBraked
from textlift.recognition.tasks import PageTask
from textlift.sessions.store import SessionStore

DEADLINE = 2.5
ASLEEP = 4.0


class Background:
    """A run in a thread of its own."""

    def __init__(self, run) -> None:
        self._thread = threading.Thread(target=run.execute)
        self._thread.start()

    def join(self) -> None:
        self._thread.join(30)
        assert not self._thread.is_alive()


def until(condition) -> None:
    """Waits for what no signal tells."""
    end = time.monotonic() + 30
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.005)


def only_engine(desk) -> int:
    (pid,) = desk.pool.pids()
    return pid


def kill(pid: int) -> None:
    os.kill(pid, signal.SIGKILL)


def gone(pid: int) -> bool:
    """Whether nothing of a process is left, its memory included."""
    return not psutil.pid_exists(pid)


def texts(desk) -> list[str]:
    return [page_text(desk.sink.records[key]) for key in sorted(desk.sink.records)]


# Killed


def test_killed_while_it_is_loaded(desk):
    desk.script.engine("alpha", load=[do.HANG, do.READ])
    run = Background(desk.prepare(2, "alpha"))
    until(lambda: desk.script.loads("alpha") == 1)
    victim = only_engine(desk)
    kill(victim)
    run.join()
    assert desk.failures(1) == [("alpha", "crashed"), ("alpha", None)]
    assert desk.failures(2) == [("alpha", None)]
    assert gone(victim)


def test_killed_before_it_wrote_a_word(desk):
    desk.script.engine("alpha", pages={2: [do.HANG, do.READ]})
    run = Background(desk.prepare(3, "alpha"))
    desk.log.wait_for(PageProgressed, lambda event: event.task.page == 2)
    victim = only_engine(desk)
    kill(victim)
    run.join()
    assert desk.failures(2) == [("alpha", "crashed"), ("alpha", None)]
    assert texts(desk) == [f"Page {page} read by alpha." for page in (1, 2, 3)]
    assert gone(victim)


def test_killed_while_it_writes(desk):
    desk.script.engine("alpha", pages={2: [do.saying("Half of ", do.HANG), do.READ]})
    run = Background(desk.prepare(3, "alpha"))
    desk.log.wait_for(PageProgressed, lambda event: event.progress.text == "Half of ")
    victim = only_engine(desk)
    kill(victim)
    run.join()
    assert desk.failures(2) == [("alpha", "crashed"), ("alpha", None)]
    assert desk.record(2).attempts[0].partial == "Half of"
    assert texts(desk) == [f"Page {page} read by alpha." for page in (1, 2, 3)]
    assert gone(victim)


def test_killed_between_two_pages(desk):
    desk.reader.held = {2}
    desk.script.engine("alpha")
    run = Background(desk.prepare(3, "alpha"))
    desk.log.wait_for(PageFinished)
    victim = only_engine(desk)
    kill(victim)
    until(lambda: not psutil.pid_exists(victim) or victim not in desk.pool.pids())
    desk.reader.held.clear()
    desk.reader.released.set()
    run.join()
    assert desk.failures(2) == [("alpha", None)]
    assert texts(desk) == [f"Page {page} read by alpha." for page in (1, 2, 3)]
    assert gone(victim)


# Lost


def test_a_page_lost_by_all_is_told_with_every_try_and_the_next_is_read(desk):
    desk.script.engine("alpha", pages={2: do.saying("So far", do.KILL)})
    desk.script.engine("beta", pages={2: do.RUN_AWAY | {"do": "repeat"}})
    desk.run(3, "alpha", "beta")
    assert desk.failures(2) == [
        *[("alpha", "crashed")] * 2,
        *[("beta", "ran-away")] * 2,
    ]
    record = desk.record(2)
    assert record.state is PageState.FAILED
    assert all(attempt.sentence for attempt in record.attempts)
    assert record.attempts[0].partial == "So far"
    assert [desk.record(page).state for page in (1, 3)] == [PageState.DONE] * 2


def test_three_lost_pages_stop_the_run_and_every_killed_process_is_gone(desk):
    desk.script.engine("alpha", default=do.KILL)
    desk.script.engine("beta", default=do.KILL)
    summary = desk.run(5, "alpha", "beta")
    assert summary.failed == 3
    assert "3 pages in a row" in summary.braked
    assert len(desk.log.all(RunBraked)) == 1
    assert [task.page for task in desk.queue.clear()] == [4, 5]
    until(lambda: all(gone(call.pid) for call in desk.script.told()))
    assert desk.pool.loaded() == ()


# Asleep


def test_an_engine_that_sleeps_within_its_deadline_reads_on(desk):
    gate = desk.script.make_gate("gate")
    desk.script.engine("alpha", pages={1: do.gate(gate)})
    run = Background(desk.prepare(2, "alpha"))
    desk.log.wait_for(PageProgressed)
    sleeper = psutil.Process(only_engine(desk))
    sleeper.suspend()
    until(lambda: sleeper.status() == psutil.STATUS_STOPPED)
    desk.script.open_gate(gate)
    sleeper.resume()
    run.join()
    assert desk.failures(1) == [("alpha", None)]
    assert desk.script.loads("alpha") == 1


def test_an_engine_alone_that_never_wakes_is_ended_at_its_deadline(desk):
    desk.script.engine("alpha", pages={1: do.HANG}, page_deadline=1.0)
    desk.script.engine("beta")
    run = Background(desk.prepare(1, "alpha", "beta"))
    desk.log.wait_for(PageProgressed)
    sleeper = only_engine(desk)
    os.kill(sleeper, signal.SIGSTOP)
    run.join()
    assert desk.failures(1) == [("alpha", "timed-out"), ("beta", None)]
    assert gone(sleeper)


def test_stop_ends_an_engine_that_sleeps(desk):
    desk.script.engine("alpha", default=do.HANG)
    run = Background(desk.prepare(1, "alpha"))
    desk.log.wait_for(PageProgressed)
    sleeper = only_engine(desk)
    os.kill(sleeper, signal.SIGSTOP)
    began = time.monotonic()
    desk.cancellation.cancel()
    run.join()
    assert time.monotonic() - began < 1.5
    assert gone(sleeper)


@pytest.fixture(scope="module")
def scan(tmp_path_factory) -> Path:
    return make_pdf(tmp_path_factory.mktemp("scan") / "scan.pdf", 3)


def test_a_reader_that_sleeps_renders_when_it_wakes(desk, scan, tmp_path):
    desk.script.engine("alpha")
    with closing(DocumentReader(tmp_path / "cache")) as reader:
        info = reader.open(str(scan))
        sleeper = psutil.Process(reader.pid)
        sleeper.suspend()
        until(lambda: sleeper.status() == psutil.STATUS_STOPPED)
        desk.reader = reader
        desk.queue.add(PageTask(1, info, page, ("alpha",)) for page in (1, 2, 3))
        run = Background(desk.prepare(0, "alpha"))
        until(lambda: reader._process._calls)
        sleeper.resume()
        run.join()
        assert reader.pid == sleeper.pid
    assert [page.state for page in desk.sink.records.values()] == [PageState.DONE] * 3


def test_all_processes_asleep_for_longer_than_the_deadline_lose_nothing(script, tmp_path, scan):
    gate = script.make_gate("gate")
    script.engine("alpha", pages={2: do.gate(gate)}, page_deadline=DEADLINE)
    session = tmp_path / "session.sqlite3"
    program = subprocess.Popen(
        [sys.executable, driven_run.__file__, script.folder, session, tmp_path / "cache", scan],
        stdout=subprocess.PIPE,
        env={**os.environ, **script.environment},
        text=True,
        start_new_session=True,
    )
    with program.stdout as said:
        for line in said:
            if line.strip() == "asked 2":
                break
        os.killpg(program.pid, signal.SIGSTOP)
        time.sleep(ASLEEP)  # The drill itself: nothing happens in the meantime.
        script.open_gate(gate)
        os.killpg(program.pid, signal.SIGCONT)
        said.read()
    assert program.wait(30) == 0
    with closing(SessionStore(session)) as store:
        pages = list(store.pages(1))
    assert [page.state for page in pages] == [PageState.DONE] * 3
    assert [len(page.attempts) for page in pages] == [1] * 3
    assert script.loads("alpha") == 1
