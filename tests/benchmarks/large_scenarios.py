"""What is done with large documents to measure the window: each script works it like a person."""

from __future__ import annotations

from pathlib import Path

import msgspec
from PySide6.QtCore import QItemSelectionModel, Qt
from PySide6.QtGui import QTextCursor
from PySide6.QtTest import QTest

from benchmarks.made_documents import (
    HEIGHT,
    LAST_WORD,
    WIDTH,
    failed_attempt,
    made_attempts,
    made_reading,
    page_words,
)
from benchmarks.window_turns import Bench, Steps
from textlift.content.block import Line
from textlift.content.geometry import Box
from textlift.content.page import PageRecord, PageState, finished_state
from textlift.engines.contract import ReadProgress
from textlift.recognition.events import AttemptFailed, PageFinished, PageStarted
from textlift.recognition.tasks import PageTask
from textlift.ui.application import Desktop
from textlift.ui.exporting import ExportOrder, ExportScope
from textlift.ui.incoming import Incoming
from textlift.ui.journal import Matter
from textlift.ui.listed_document import ListedDocument
from textlift.ui.reader_thread import PageKey

_SOME = 30
"""How often what a person does again and again is done."""


class _Seen:
    """What the window has told since."""

    def __init__(self, desktop: Desktop) -> None:
        self.drawn: PageKey | None = None
        self.shown: PageKey | None = None
        self.restored = False
        desktop.workspace.page_drawn.connect(self._on_drawn)
        desktop.window.current.shown.connect(self._on_shown)
        desktop.workspace.restored.connect(self._on_restored)

    def _on_drawn(self, key: PageKey, _image: object) -> None:
        self.drawn = key

    def _on_shown(self, key: PageKey | None) -> None:
        self.shown = key

    def _on_restored(self, _queued: object) -> None:
        self.restored = True


def opening(desktop: Desktop, bench: Bench, path: Path) -> Steps:
    """A PDF is dropped on an empty window."""
    seen = _Seen(desktop)
    desktop.start()
    yield lambda: seen.restored
    # The reader process is there, as when anything was opened before.
    bench.begin("drop a PDF: first page drawn, tree filled")
    desktop.workspace.take(Incoming(paths=(str(path),)))
    yield lambda: seen.drawn is not None and len(desktop.workspace)
    bench.end()
    bench.begin("… until all its pages wait to be read")
    (document,) = desktop.workspace
    yield lambda: document.count(PageState.QUEUED) == document.page_count
    yield lambda: desktop.window.reading.streams
    bench.end()
    bench.begin("stop reading")
    desktop.window.actions_["stop"].trigger()
    yield lambda: document.count(PageState.UNREAD) == document.page_count
    yield lambda: not desktop.window.reading.active
    bench.end()
    bench.begin("remove the document")
    desktop.window.tree.setCurrentIndex(desktop.window.model.document_index(document.id))
    desktop.window.actions_["remove"].trigger()
    yield lambda: not len(desktop.workspace)
    yield from _settled(desktop)
    bench.end()


def files(desktop: Desktop, bench: Bench, paths: list[Path]) -> Steps:
    """Images are dropped on an empty window."""
    seen = _Seen(desktop)
    desktop.start()
    yield lambda: seen.restored
    bench.begin("drop files: all in the tree")
    desktop.workspace.take(Incoming(paths=tuple(map(str, paths))))
    yield lambda: len(desktop.workspace) == len(paths) and not desktop.workspace.opening_count
    bench.end()
    bench.begin("… until all wait to be read")
    yield lambda: sum(one.count(PageState.QUEUED) for one in desktop.workspace) == len(paths)
    bench.end()
    bench.begin("stop reading")
    desktop.window.actions_["stop"].trigger()
    yield lambda: sum(one.count(PageState.UNREAD) for one in desktop.workspace) == len(paths)
    yield lambda: not desktop.window.reading.active
    bench.end()
    bench.begin("remove them all")
    desktop.window.tree.selectAll()
    desktop.window.actions_["remove"].trigger()
    yield lambda: not len(desktop.workspace)
    yield from _settled(desktop)
    bench.end()


def session(desktop: Desktop, bench: Bench, folder: Path) -> Steps:
    """A document that was read is brought back, looked through, searched, exported, removed."""
    seen = _Seen(desktop)
    bench.begin("start with the session: first page drawn")
    desktop.start()
    yield lambda: seen.restored and seen.drawn is not None and seen.shown is not None
    yield from _settled(desktop)
    bench.end()
    (document,) = desktop.workspace
    yield from _tree(desktop, bench, document)
    yield from _pages(desktop, bench, seen, document)
    yield from _searching(desktop, bench, seen, document)
    yield from _warnings(desktop, bench, seen)
    yield from _events(desktop, bench, document)
    yield from _problems(desktop, bench)
    yield from _exports(desktop, bench, folder)
    yield from _queueing(desktop, bench, document)
    bench.begin("remove the document")
    desktop.workspace.remove(document.id)
    yield lambda: not len(desktop.workspace)
    yield from _settled(desktop)
    bench.end()


def many(desktop: Desktop, bench: Bench, paths: list[Path]) -> Steps:
    """Documents of one page each are brought back, looked through, searched, exported, removed."""
    seen = _Seen(desktop)
    bench.begin("start with the session")
    desktop.start()
    yield lambda: seen.restored and len(desktop.workspace) == len(paths)
    yield lambda: seen.shown is not None
    yield from _settled(desktop)
    bench.end()
    documents = list(desktop.workspace)
    tree = desktop.window.tree
    bench.begin(f"{_SOME} × next document")
    for _ in range(_SOME):
        seen.shown = None
        before = desktop.window.current.key
        desktop.window.actions_["next-page"].trigger()
        if desktop.window.current.key == before:
            break
        yield lambda: seen.shown is not None
    bench.end()
    bench.begin(f"{_SOME} × next problem")
    for _ in range(_SOME):
        desktop.window.actions_["next-problem"].trigger()
        yield _at_once
    bench.end()
    tree.show_page(PageKey(documents[0].id, 1))
    yield lambda: seen.shown == PageKey(documents[0].id, 1)
    yield from _searching(desktop, bench, seen, documents[-1])
    yield from _warnings(desktop, bench, seen)
    yield from _exports(desktop, bench, paths[0].parent.parent, each=True)
    bench.begin("select all, and then one")
    tree.selectAll()
    yield _at_once
    tree.setCurrentIndex(desktop.window.model.document_index(documents[0].id))
    yield _at_once
    bench.end()
    bench.begin("remove all but one")
    desktop.workspace.remove(*(document.id for document in documents[1:]))
    yield lambda: len(desktop.workspace) == 1
    yield from _settled(desktop)
    bench.end()


def page(desktop: Desktop, bench: Bench, _folder: Path) -> Steps:
    """One page with very many lines is shown, jumped about in, searched, edited, streamed."""
    seen = _Seen(desktop)
    desktop.start()
    bench.begin("show the page")
    yield lambda: seen.drawn is not None and seen.shown is not None
    yield from _settled(desktop)
    bench.end()
    window, editor = desktop.window, desktop.window.text.editor
    record = window.current.record
    assert record is not None
    assert record.reading is not None
    lines = len(record.reading.lines)
    places = [(number * 37) % lines for number in range(_SOME)]
    bench.begin(f"{_SOME} × from the page to the text")
    for line in places:
        window.page_view.line_clicked.emit(line)
        yield _at_once
    bench.end()
    bench.begin(f"{_SOME} × from the text to the page")
    for line in places:
        window.page_view.select_line(line)
        yield _at_once
    bench.end()
    bench.begin("search, letter by letter, and 30 × next")
    window.search_bar.focus_field()
    for end in range(1, 5):
        window.search_bar.field.setText("lamp"[:end])
        yield _at_once
    for _ in range(_SOME):
        window.search.find_next()
        yield _at_once
    window.search_bar.close_search()
    bench.end()
    bench.begin(f"type {_SOME} letters at the end, and let it be stored")
    editor.moveCursor(QTextCursor.MoveOperation.End)
    for _ in range(_SOME):
        QTest.keyClicks(editor, "a")
        yield _at_once
    yield lambda: window.current.record.edit is not None
    yield from _settled(desktop)
    bench.end()
    bench.begin("undo it all, and let it be stored")
    while editor.document().isUndoAvailable():
        editor.undo()
        yield _at_once
    yield lambda: window.current.record.edit is None
    yield from _settled(desktop)
    bench.end()
    bar = editor.verticalScrollBar()
    bar.setValue(0)
    yield _at_once
    bench.begin("scroll to the end by pages")
    while bar.value() < bar.maximum():
        bar.setValue(bar.value() + max(bar.pageStep(), bar.maximum() // _SOME))
        yield _at_once
    bench.end()
    for name in ("markdown", "record"):
        bench.begin(f"show the {name}")
        window.text.tabs.setCurrentWidget(getattr(window.text, name))
        yield _at_once
        bench.end()
    window.text.tabs.setCurrentWidget(window.text.text_tab)
    (document,) = desktop.workspace
    task = _task(document, 1)
    bench.begin("stream its text, ten lines at a time")
    desktop.window.reading._on_event(PageStarted(task, None))
    words = page_words(1, lines=lines)
    for start in range(0, lines, 10):
        told = tuple(
            Line(text=words[row], box=Box(120, 50.0 * row, 900, 50.0 * row + 40))
            for row in range(start, min(start + 10, lines))
        )
        desktop.window.reading._on_event(_progress(task, told))
        yield _at_once
    desktop.window.reading._on_event(PageFinished(task, record))
    yield _at_once
    bench.end()


# Parts


def _tree(desktop: Desktop, bench: Bench, document: ListedDocument) -> Steps:
    tree, model = desktop.window.tree, desktop.window.model
    top = model.document_index(document.id)
    bench.begin("expand it in the tree")
    tree.expand(top)
    yield _at_once
    bench.end()
    bench.begin(f"scroll through the tree in {_SOME} steps")
    bar = tree.verticalScrollBar()
    for step in range(1, _SOME + 1):
        bar.setValue(bar.maximum() * step // _SOME)
        yield _at_once
    bench.end()
    bench.begin("select all pages")
    tree.selectAll()
    yield _at_once
    bench.end()
    bench.begin("… and ask which they are")
    pages = tree.chosen_pages()
    yield _at_once
    bench.end()
    assert len(pages) == document.page_count
    bench.begin("… and 30 of them one by one")
    for page in range(1, min(_SOME, document.page_count) + 1):
        index = model.index_of(PageKey(document.id, page))
        tree.selectionModel().select(index, QItemSelectionModel.SelectionFlag.Toggle)
        yield _at_once
    tree.clearSelection()
    bench.end()


def _pages(desktop: Desktop, bench: Bench, seen: _Seen, document: ListedDocument) -> Steps:
    bench.begin(f"{_SOME} × go to a page: text shown")
    for step in range(1, _SOME + 1):
        key = PageKey(document.id, (step * 97) % document.page_count + 1)
        desktop.window.tree.show_page(key)
        yield lambda key=key: seen.shown == key
    bench.end()
    first = PageKey(document.id, 1)
    desktop.window.tree.show_page(first)
    yield lambda: seen.shown == first


def _searching(desktop: Desktop, bench: Bench, seen: _Seen, document: ListedDocument) -> Steps:
    window = desktop.window
    bar, last = window.search_bar, PageKey(document.id, document.page_count)
    bar.focus_field()
    bench.begin(f"type “{LAST_WORD}” letter by letter: found on the last page")
    for end in range(1, len(LAST_WORD) + 1):
        bar.field.setText(LAST_WORD[:end])
        yield _at_once
    yield lambda: seen.shown == last and not bar.result.text()
    bench.end()
    bench.begin("search what stands nowhere")
    bar.field.setText("xylophone")
    yield lambda: bar.result.text() == "Not found."
    bench.end()
    bar.field.setText("harbour")
    yield lambda: bar.result.text() == ""
    bench.begin(f"{_SOME} × next place")
    for _ in range(_SOME):
        window.search.find_next()
        yield lambda: bar.result.text() != "Searching…"
    bench.end()
    bench.begin(f"{_SOME} × place before")
    for _ in range(_SOME):
        window.search.find_previous()
        yield lambda: bar.result.text() != "Searching…"
    bench.end()
    bar.close_search()
    yield _at_once


def _warnings(desktop: Desktop, bench: Bench, seen: _Seen) -> Steps:
    window = desktop.window
    if not any(one.to_check for one in desktop.workspace):
        return
    bench.begin(f"{_SOME} × next thing to check (F8)")
    for _ in range(_SOME):
        window.actions_["next-warning"].trigger()
        yield lambda: window.checking.index is not None
    bench.end()
    bench.begin("10 × everything on the page looks right, and on")
    for _ in range(10):
        if not window.checking.open_here:
            break
        window.actions_["tick-page"].trigger()
        yield from _settled(desktop)
        window.actions_["next-warning"].trigger()
        yield lambda: window.checking.index is not None
    bench.end()


def _events(desktop: Desktop, bench: Bench, document: ListedDocument) -> Steps:
    post = desktop.window.reading.thread_.relay.post
    drained = desktop.window.reading.thread_.relay
    made = [_record(number) for number in range(1, document.page_count + 1)]
    for name, fails in (("all pages are read again", False), ("… each after a failed try", True)):
        bench.begin(name)
        for record in made:
            task, finished = _task(document, record.number), record
            if fails:
                attempts = (failed_attempt(record.number), *record.attempts)
                post(AttemptFailed(task, attempts[0]))
                finished = msgspec.structs.replace(
                    record, attempts=attempts, state=PageState.WARNED
                )
            post(PageFinished(task, finished))
            if record.number % 3 == 0:
                yield _at_once
        yield lambda: not drained._waiting
        bench.end()


def _record(number: int) -> PageRecord:
    reading, attempts = made_reading(number), made_attempts(1)
    return PageRecord(
        number=number,
        state=finished_state(reading, attempts),
        width=WIDTH,
        height=HEIGHT,
        reading=reading,
        attempts=attempts,
    )


def _problems(desktop: Desktop, bench: Bench) -> Steps:
    commands = desktop.commands.problems
    bench.begin("open the list of problems")
    window = commands.open()
    yield _at_once
    bench.end(count=len(commands.problems))
    bench.begin("… and search it letter by letter")
    for end in range(1, 5):
        window.search.setText("room"[:end])
        yield _at_once
    window.search.clear()
    yield _at_once
    bench.end()
    bench.begin("… sort it by each column")
    for column in range(6):
        window.view.sortByColumn(column, Qt.SortOrder.AscendingOrder)
        yield _at_once
    bench.end()
    bench.begin("… select all, and copy them")
    window.view.selectAll()
    yield _at_once
    window.copy_text()
    yield _at_once
    bench.end()
    window.view.clearSelection()
    yield _at_once
    bench.begin("as many things more go wrong, no pages")
    before = len(commands.problems)
    count = sum(one.page_count for one in desktop.workspace)
    for number in range(count):
        commands.journal.take(Matter.OPENING, "It is damaged.", title=f"{number}.pdf")
        if number % 3 == 0:
            yield _at_once
    yield lambda: len(commands.problems) == before + count
    bench.end()
    window.close()
    yield _at_once


def _exports(desktop: Desktop, bench: Bench, folder: Path, *, each: bool = False) -> Steps:
    text = desktop.commands.text
    for name in ("txt", "md", "json"):
        order = ExportOrder(
            exporter=name,
            parts=text.parts(ExportScope.EVERYTHING),
            target=folder / f"out-{name}" if each else folder / f"out.{name}",
            one_file=not each,
        )
        bench.begin(f"export as {name}")
        text.run_export(order)
        yield lambda: text._exports
        yield lambda: not text._exports
        bench.end()
    bench.begin("copy everything")
    text.copy(ExportScope.EVERYTHING)
    yield lambda: text._exports
    yield lambda: not text._exports
    bench.end()


def _queueing(desktop: Desktop, bench: Bench, document: ListedDocument) -> Steps:
    reading = desktop.window.reading
    pages = document.page_count
    everything = True
    reading.edits_in_way.disconnect()
    reading.edits_in_way.connect(lambda _some, _all, go_on: go_on(everything))
    bench.begin("read the document again: all pages wait")
    desktop.window.tree.setCurrentIndex(desktop.window.model.document_index(document.id))
    desktop.window.actions_["read-document"].trigger()
    yield lambda: document.count(PageState.QUEUED) == pages
    yield lambda: reading.streams
    bench.end()
    bench.begin("stop reading")
    desktop.window.actions_["stop"].trigger()
    yield lambda: document.count(PageState.QUEUED) == 0
    yield lambda: not reading.active
    yield from _settled(desktop)
    bench.end()


def _task(document: ListedDocument, number: int) -> PageTask:
    return PageTask(document_id=document.id, document=document.info, page=number, order=("alpha",))


def _progress(task: PageTask, lines: tuple[Line, ...]) -> object:
    from textlift.recognition.events import PageProgressed

    return PageProgressed(task, "alpha", ReadProgress(stage="Reading", lines=lines))


def _at_once() -> bool:
    """Goes on after the window has done what waits in its event loop."""
    return True


def _settled(desktop: Desktop) -> Steps:
    """Waits until the session has done what was asked of it."""
    done: list[bool] = []
    desktop.workspace.session.ask(lambda _: True, done.append)
    yield lambda: done
