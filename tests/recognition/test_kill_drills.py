"""Kill drills: the engine, the reader and the whole program die, and no work is lost."""

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
from textlift.content.page import EditedLine, PageEdit, PageState
from textlift.content.text_lines import page_text
from textlift.documents.client import DocumentReader
from textlift.recognition.events import PageProgressed
from textlift.recognition.run import RecognitionRun
from textlift.recognition.tasks import PageTask
from textlift.sessions.store import SessionStore

PAGES = 40
KILLED_AT = 18


@pytest.fixture(scope="module")
def scan(tmp_path_factory) -> Path:
    return make_pdf(tmp_path_factory.mktemp("scan") / "scan.pdf", PAGES)


@pytest.fixture
def reader(tmp_path):
    with closing(DocumentReader(tmp_path / "cache")) as reader:
        yield reader


def run_over(desk, reader, info, pages):
    desk.queue.add(PageTask(1, info, page, desk.script.registry.names) for page in pages)
    return RecognitionRun(
        desk.queue,
        registry=desk.script.registry,
        pool=desk.pool,
        reader=reader,
        sink=desk.sink,
        on_event=desk.log.add,
        cancellation=desk.cancellation,
    )


def in_background(run) -> threading.Thread:
    thread = threading.Thread(target=run.execute)
    thread.start()
    return thread


def until(condition) -> None:
    """Waits for what no signal tells."""
    end = time.monotonic() + 30
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.005)


def test_engine_killed_from_outside_in_the_middle_of_a_page(desk, reader, scan):
    desk.script.engine("alpha", pages={2: [do.HANG, do.READ]})
    run = in_background(run_over(desk, reader, reader.open(str(scan)), [1, 2, 3]))
    desk.log.wait_for(PageProgressed, lambda event: event.task.page == 2)
    (pid,) = desk.pool.pids()
    os.kill(pid, signal.SIGKILL)
    run.join(30)
    assert not run.is_alive()
    assert desk.failures(2) == [("alpha", "crashed"), ("alpha", None)]
    assert "exit code: -9" in desk.record(2).attempts[0].details
    assert [page_text(desk.record(page)) for page in (1, 2, 3)] == [
        f"Page {page} read by alpha." for page in (1, 2, 3)
    ]


def test_engine_killed_while_it_is_idle_costs_nothing(desk, reader, scan):
    desk.script.engine("alpha")
    info = reader.open(str(scan))
    run_over(desk, reader, info, [1]).execute()
    (pid,) = desk.pool.pids()
    os.kill(pid, signal.SIGKILL)
    psutil.wait_procs([psutil.Process(pid)], timeout=5)
    run_over(desk, reader, info, [2]).execute()
    assert desk.failures(2) == [("alpha", None)]


def test_reader_killed_while_it_is_idle(desk, reader, scan):
    gate = desk.script.make_gate("gate")
    desk.script.engine("alpha", pages={2: do.gate(gate)})
    run = in_background(run_over(desk, reader, reader.open(str(scan)), range(1, 6)))
    desk.log.wait_for(PageProgressed, lambda event: event.task.page == 2)
    os.kill(reader.pid, signal.SIGKILL)
    desk.script.open_gate(gate)
    run.join(30)
    assert not run.is_alive()
    assert [page.state for page in desk.sink.records.values()] == [PageState.DONE] * 5


def test_reader_killed_in_the_middle_of_a_page(desk, reader, scan):
    desk.script.engine("alpha")
    info = reader.open(str(scan))
    victim = psutil.Process(reader.pid)
    victim.suspend()  # So that it takes the request and does nothing.
    until(lambda: victim.status() == psutil.STATUS_STOPPED)
    run = in_background(run_over(desk, reader, info, [1, 2, 3]))
    until(lambda: reader._process._calls)
    victim.kill()
    run.join(30)
    assert not run.is_alive()
    assert [page.state for page in desk.sink.records.values()] == [PageState.DONE] * 3
    assert reader.pid != victim.pid


def test_file_deleted_while_it_is_read(desk, reader, scan, tmp_path):
    copy = tmp_path / "copy.pdf"
    copy.write_bytes(scan.read_bytes())
    gate = desk.script.make_gate("gate")
    desk.script.engine("alpha", pages={1: do.gate(gate)})
    run = in_background(run_over(desk, reader, reader.open(str(copy)), range(1, 7)))
    # Page 2 is rendered ahead, or on its way.
    desk.log.wait_for(PageProgressed)
    copy.unlink()
    desk.script.open_gate(gate)
    run.join(30)
    assert not run.is_alive()
    states = [page.state for page in desk.sink.records.values()]
    assert states[0] is PageState.DONE
    assert states[2:] == [PageState.FAILED] * 4
    assert desk.failures(6) == [("", "document")]
    assert "deleted" in desk.record(6).attempts[0].sentence


class Driven:
    """The program under the drill."""

    def __init__(self, script, session: Path, cache: Path, scan: Path) -> None:
        self.process = subprocess.Popen(
            [sys.executable, driven_run.__file__, script.folder, session, cache, scan],
            stdout=subprocess.PIPE,
            env={**os.environ, **script.environment},
            text=True,
        )

    def read_until(self, line: str) -> None:
        for said in self.process.stdout:
            if said.strip() == line:
                return
        pytest.fail(f"it ended before it said {line!r}")

    def kill(self) -> None:
        children = psutil.Process(self.process.pid).children(recursive=True)
        assert len(children) == 2, "a reader and an engine"
        self.process.kill()
        self.process.wait()
        self.process.stdout.close()
        _, alive = psutil.wait_procs(children, timeout=5)
        assert not alive, "the children end with their parent"

    def finish(self) -> None:
        with self.process.stdout as stream:
            stream.read()
        assert self.process.wait(60) == 0


def test_program_killed_in_the_middle_of_forty_pages(script, tmp_path, scan):
    script.engine("alpha", pages={KILLED_AT: [do.HANG, do.READ]})
    session, cache = tmp_path / "session.sqlite3", tmp_path / "cache"
    edit = PageEdit((EditedLine("Corrected by hand."),))

    first = Driven(script, session, cache, scan)
    first.read_until("finished 5")
    with closing(SessionStore(session)) as window:
        window.set_edit(1, 3, edit)
    first.read_until(f"asked {KILLED_AT}")
    first.kill()

    with closing(SessionStore(session)) as store:
        states = store.page_states(1)
        finished = [page for page, summary in states.items() if summary.state is PageState.DONE]
        assert finished == list(range(1, KILLED_AT))
        assert [waiting.page for waiting in store.queued()] == list(range(KILLED_AT, PAGES + 1))
        assert store.page(1, 3).edit == edit

    Driven(script, session, cache, scan).finish()

    with closing(SessionStore(session)) as store:
        pages = list(store.pages(1))
        assert store.queued() == ()
    assert [page.state for page in pages] == [PageState.DONE] * PAGES
    assert [page_text(page) for page in pages] == [
        "Corrected by hand." if page == 3 else f"Page {page} read by alpha."
        for page in range(1, PAGES + 1)
    ]
    asked = [told.page for told in script.told()]
    assert sorted(asked) == sorted([*range(1, PAGES + 1), KILLED_AT])
