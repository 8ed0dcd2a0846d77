"""Hundreds of files dropped at once: they come in, in order, and the window goes on answering."""

from __future__ import annotations

import time
from contextlib import closing

import pytest
from PySide6.QtCore import QTimer

from doubles import engine_script as do
from doubles.pages import draw_page
from textlift.content.page import PageState
from textlift.sessions.store import SessionStore

FILES = 400
BROKEN = (3, 200, 398)
LONGEST = 0.1
"""Seconds for which the window may not answer."""


class Answering:
    """How long the window's thread was at work between two looks at its events."""

    def __init__(self) -> None:
        self.longest = 0.0
        """Of its own work, in seconds of the processor: others may need it meanwhile."""
        self.longest_wait = 0.0
        """By the clock."""
        self._last = time.thread_time(), time.monotonic()
        self._timer = QTimer()
        self._timer.timeout.connect(self._look)
        self._timer.start(0)

    def _look(self) -> None:
        now = time.thread_time(), time.monotonic()
        self.longest = max(self.longest, now[0] - self._last[0])
        self.longest_wait = max(self.longest_wait, now[1] - self._last[1])
        self._last = now

    def end(self) -> None:
        self._timer.stop()


@pytest.fixture
def heap(tmp_path):
    """Pictures of a page each, a few of them broken."""
    folder = tmp_path / "heap"
    folder.mkdir()
    page = tmp_path / "page.png"
    draw_page(1).save(page)
    content = page.read_bytes()
    paths = [folder / f"{number:04}.png" for number in range(FILES)]
    for number, path in enumerate(paths):
        path.write_bytes(b"no picture" if number in BROKEN else content)
    return paths


@pytest.mark.parametrize("at_once", ["each by its name", "in their folder"])
def test_hundreds_of_files(driver, heap, folders, at_once):
    driver.script.engine("alpha", default=do.WAIT)
    driver.start(check_pages=False)
    refused = []
    driver.desktop.workspace.not_opened.connect(lambda title, _: refused.append(title))
    answering = Answering()
    began = time.monotonic()
    driver.open(*(heap if at_once == "each by its name" else [heap[0].parent]))
    driver.wait_for_documents(FILES - len(BROKEN), patience_ms=120_000)
    driver.wait(lambda: len(refused) == len(BROKEN))
    driver.wait(lambda: driver.desktop.workspace.opening_count == 0)
    seconds = time.monotonic() - began
    answering.end()
    print(
        f"{FILES} files in {seconds:.1f} s; the window worked {answering.longest * 1000:.0f} ms "
        f"at a time at most, and was away for {answering.longest_wait * 1000:.0f} ms"
    )
    whole = [path.name for number, path in enumerate(heap) if number not in BROKEN]
    assert [document.title for document in driver.desktop.workspace] == whole
    assert refused == [heap[number].name for number in BROKEN]
    assert "3 files could not be opened." in driver.window.banner.message.text()
    driver.wait(
        lambda: sum(one.count(PageState.QUEUED) for one in driver.desktop.workspace) > FILES - 10
    )
    assert answering.longest < LONGEST
    assert answering.longest_wait < 50 * LONGEST
    driver.close()
    with closing(SessionStore(folders.session_file)) as store:
        assert [document.title for document in store.documents()] == whole
        waiting = [page.document_id for page in store.queued()]
    assert waiting == sorted(waiting)
    assert len(waiting) == len(whole)
