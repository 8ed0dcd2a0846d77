"""The window is killed at moments nobody chose, again and again, and no work is lost."""

from __future__ import annotations

import random
import sqlite3
import sys
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from doubles import engine_script as do
from doubles.engine_script import EngineScript
from doubles.pages import make_pdf
from doubles.window_process import WindowProcess
from textlift.content.page import PageState
from textlift.content.text_lines import page_text
from textlift.sessions.store import SessionStore

PAGES = 40
STARTING = 2.0
"""Seconds, within which every fifth window dies: while it starts, on most machines."""
LOADING = 1.5
"""Seconds, within which another fifth dies after it was told to read: while the engine loads."""
SHORTLY = 0.06
"""Seconds, within which the others die after a page may be read: while it is read and stored."""

_READ = {PageState.DONE, PageState.WARNED}

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="SIGKILL")


class Book:
    """A document that windows read one after the other, and what is known of it."""

    def __init__(
        self,
        script: EngineScript,
        session: Path,
        scan: Path,
        open_window: Callable[..., WindowProcess],
    ) -> None:
        self.open_window = open_window
        self.script = script
        self.session = session
        self.scan = scan
        self.sure: dict[int, str] = {}
        """Edits that a window said were stored."""
        self.made: dict[int, list[str]] = {}
        """Edits of each page in the order they were made, stored or not."""

    def may_be(self, page: int) -> list[str]:
        """The last edit that was surely stored, and those on their way when it was killed."""
        made = self.made[page]
        return made[made.index(self.sure[page]) :] if page in self.sure else made

    def stored(self) -> set[int] | None:
        """The pages whose reading is in the session; None before the document is."""
        if not self.session.exists():
            return None
        with closing(sqlite3.connect(self.session)) as connection:
            assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        with closing(SessionStore(self.session)) as store:
            if not store.documents():
                return None
            (document,) = store.documents()
            pages = store.page_states(document.id).items()
            return {number for number, page in pages if page.state in _READ}

    def start(self, *, stored: set[int] | None) -> WindowProcess:
        files = (self.scan,) if stored is None else ()
        return self.open_window(*files)


def read_some(
    book: Book, window: WindowProcess, gate: str, dice: random.Random, pages: int
) -> None:
    """Has pages read, each of which may be edited then, and one more in hand."""
    for read in range(1, pages + 1):
        book.script.open_gate(gate)
        finished = window.wait_for_number(read, "finished 1 ")
        if dice.random() < 0.7:
            page = int(finished.split()[-1])
            text = f"Edit {dice.random()}"
            book.made.setdefault(page, []).append(text)
            window.tell(f"edit 1 {page} {text}")
    book.script.open_gate(gate)
    window.hear_until(time.monotonic() + SHORTLY * dice.random())


def live(book: Book, gate: str, dice: random.Random, pages: int, number: int) -> None:
    """One round: a window opens, reads some pages, takes an edit or two, and is killed."""
    stored = book.stored()
    told_before = len(book.script.told())
    window = book.start(stored=stored)
    if number % 5 == 4:
        window.hear_until(time.monotonic() + STARTING * dice.random())
    else:
        window.wait_for("ready")
        window.tell("read")
        if number % 5 == 3:
            window.hear_until(time.monotonic() + LOADING * dice.random())
        else:
            read_some(book, window, gate, dice, min(pages, PAGES - len(stored or ())))
    assert window.process.poll() is None, window.errors()
    window.kill()
    for line in window.said:
        if line.startswith("edited "):
            text = line.removeprefix("edited ")
            (page,) = (page for page, texts in book.made.items() if text in texts)
            book.sure[page] = text
    # What was stored when the window opened was not read again.
    again = {told.page for told in book.script.told()[told_before:]} & (stored or set())
    assert not again
    # And what was stored is stored: a page, and the last edit that was known to be.
    assert (stored or set()) <= (book.stored() or set())
    if book.sure:
        with closing(SessionStore(book.session)) as store:
            for page in book.sure:
                edit = store.page(1, page).edit
                assert edit is not None
                assert edit.lines[0].text in book.may_be(page)


@pytest.fixture
def drill(request, monkeypatch):
    """How many rounds, and whether each window has the inspector look at its pages."""
    rounds, looks = request.param
    if looks:
        monkeypatch.setenv("TEXTLIFT_TEST_CHECKS", "1")
    return rounds, looks


@pytest.mark.parametrize(
    "drill",
    [
        (5, False),
        pytest.param((50, False), marks=pytest.mark.slow),
        pytest.param((10, True), marks=pytest.mark.slow),
    ],
    ids=["5", "50", "10-looked-at"],
    indirect=True,
)
def test_every_page_is_there_once_and_every_edit_is_kept(start, script, folders, tmp_path, drill):
    rounds, looks = drill
    dice = random.Random(rounds)
    gate = script.make_gate("gate")
    # A page is read when the test says so: each round has its share on every machine.
    script.engine("alpha", default=do.gate(gate), detects=not looks)
    scan = make_pdf(tmp_path / "scan.pdf", PAGES)
    book = Book(script, folders.session_file, scan, start)
    for number in range(rounds):
        live(book, gate, dice, max(PAGES // rounds, 1), number)
    killed_at = len(book.stored() or ())

    window = book.start(stored=book.stored())
    window.wait_for("ready")
    window.tell("read")
    script.open_gate(gate, times=PAGES)
    missing = set(range(1, PAGES + 1)) - (book.stored() or set())
    for page in sorted(missing):
        window.wait_for(f"finished 1 {page}")
    assert window.close() == 0

    assert book.stored() == set(range(1, PAGES + 1))
    with closing(sqlite3.connect(folders.session_file)) as connection:
        for table, rows in (("pages", PAGES), ("documents", 1), ("history", 0), ("queue", 0)):
            assert connection.execute(f"SELECT count(*) FROM {table}").fetchone() == (rows,)
    with closing(SessionStore(folders.session_file)) as store:
        pages = {page.number: page for page in store.pages(1)}
    assert book.sure
    for number, page in pages.items():
        assert page.reading.text == f"Page {number} read by alpha."
        if number in book.sure:
            assert page_text(page) in book.may_be(number)
        elif number not in book.made:
            assert page.edit is None
    times = len(script.told())
    print(f"{rounds} rounds, {killed_at} pages stored by then, {times} readings of {PAGES} pages")
    assert times <= PAGES + rounds
