"""Exports in their thread: stopped between two pages, whole or not at all; text to be copied."""

from __future__ import annotations

from contextlib import closing

import pytest

from textlift.content.block import Block, BlockKind
from textlift.content.reading import PageReading
from textlift.documents.messages import DocumentInfo, Fingerprint
from textlift.sessions.store import SessionStore
from textlift.ui.exporting import ExportOrder, ExportPart, ExportThread

PAGES = 8


@pytest.fixture
def part(folders):
    """A document that was read."""
    with closing(SessionStore(folders.session_file)) as store:
        info = DocumentInfo("/scan.pdf", "PDF", PAGES, Fingerprint(1, 1))
        document = store.add_document(info, title="scan.pdf")
        for page in range(1, PAGES + 1):
            block = Block(kind=BlockKind.TEXT, text=f"Page {page}")
            reading = PageReading(blocks=(block,), read_by="alpha")
            store.finish_page(document.id, page, reading=reading, attempts=(), width=8, height=9)
    return ExportPart(document.id, "scan.pdf", "/scan.pdf", PAGES)


@pytest.fixture
def make_thread(folders, part, tmp_path):
    threads = []

    def make(exporter="txt", **order):
        made = ExportOrder(exporter=exporter, parts=(part,), **order)
        threads.append(ExportThread(made, session_path=folders.session_file))
        return threads[-1]

    yield make
    for thread in threads:
        thread.wait()


def test_one_that_is_stopped_leaves_nothing(qtbot, make_thread, tmp_path, monkeypatch):
    folder = tmp_path / "out"
    folder.mkdir()
    thread = make_thread(target=folder / "scan.txt")
    seen = []
    pages = SessionStore.pages

    def stopping_at_the_third(store, document_id):
        for page in pages(store, document_id):
            seen.append(page.number)
            if page.number == 3:
                thread.stop()
            yield page

    monkeypatch.setattr(SessionStore, "pages", stopping_at_the_third)
    with qtbot.waitSignal(thread.stopped):
        thread.start()
    thread.wait()
    assert seen == [1, 2, 3]
    assert list(folder.iterdir()) == []


def test_copied_text_comes_whole(qtbot, make_thread):
    thread = make_thread()
    with qtbot.waitSignal(thread.copied) as copied:
        thread.start()
    (text,) = copied.args
    pages = "\n\n".join(f"Page {page}" for page in range(1, PAGES + 1))
    assert text == f"{pages}\n"


def test_one_that_is_not_stopped_is_written(qtbot, make_thread, tmp_path):
    thread = make_thread(target=tmp_path / "scan.txt")
    with qtbot.waitSignal(thread.written):
        thread.start()
    assert (tmp_path / "scan.txt").read_text().count("Page") == PAGES
