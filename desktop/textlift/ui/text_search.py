"""Searching: in the page shown first, then on through the pages of all documents."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

import msgspec
from PySide6.QtCore import QObject, Signal

from textlift.sessions.stored import PageSpan
from textlift.ui.reader_thread import PageKey

if TYPE_CHECKING:
    from textlift.ui.search_bar import SearchBar
    from textlift.ui.text_panel import TextPanel
    from textlift.ui.workspace import Workspace

_CHUNK = 200
"""Pages looked through at once, so that edits and the next page need not wait for the search."""


class TextSearch(QObject):
    """Connects the search bar, the text panel and the session.

    Signals:
        page_wanted: The next place is on this ``PageKey``.
    """

    page_wanted = Signal(object)

    def __init__(
        self,
        *,
        bar: SearchBar,
        text: TextPanel,
        workspace: Workspace,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._bar = bar
        self._text = text
        self._workspace = workspace
        self._here: PageKey | None = None
        self._arriving: tuple[PageKey, bool] | None = None
        self._round = 0
        bar.search_changed.connect(self._on_changed)
        bar.next_requested.connect(self.find_next)
        bar.previous_requested.connect(self.find_previous)
        bar.closed.connect(self._on_closed)

    def on_page_shown(self, key: PageKey | None) -> None:
        """The text panel shows another page now."""
        self._here = key
        if self._bar.isVisible():
            self._text.highlight_all(self._bar.text())
        if self._arriving is not None and self._arriving[0] == key:
            backward = self._arriving[1]
            self._arriving = None
            self._text.find(self._bar.text(), backward=backward)
            self._bar.set_result("")

    def find_next(self) -> None:
        """Goes to the next place, on a later page when there is none on this one."""
        self._step(backward=False)

    def find_previous(self) -> None:
        """Goes to the place before."""
        self._step(backward=True)

    def _on_changed(self, text: str) -> None:
        self._round += 1
        self._text.highlight_all(text)
        if not text:
            self._bar.set_result("")
            return
        cursor = self._text.editor.textCursor()
        cursor.setPosition(cursor.selectionStart())
        self._text.editor.setTextCursor(cursor)
        if self._text.find(text):
            self._bar.set_result("")
        else:
            self._search_elsewhere(text, backward=False)

    def _on_closed(self) -> None:
        self._round += 1
        self._text.highlight_all("")

    def _step(self, *, backward: bool) -> None:
        text = self._bar.text()
        if not text:
            return
        before = self._text.editor.textCursor().position()
        found = self._text.find(text, backward=backward)
        after = self._text.editor.textCursor().position()
        wrapped = after >= before if backward else after <= before
        if found and not wrapped:
            self._bar.set_result("")
            return
        self._search_elsewhere(text, backward=backward, found_here=found)

    def _search_elsewhere(self, text: str, *, backward: bool, found_here: bool = False) -> None:
        self._round += 1
        self._bar.set_result("Searching…")
        jobs = _jobs(self._other_pages(backward=backward))
        self._search(self._round, jobs, text, backward, found_here)

    def _search(
        self,
        turn: int,
        jobs: Iterator[list[PageSpan]],
        text: str,
        backward: bool,
        found_here: bool,
    ) -> None:
        if turn != self._round:
            return
        spans = next(jobs, None)
        if spans is None:
            self._bar.set_result("No other page has it." if found_here else "Not found.")
            return

        def then(found: tuple[int, int] | None) -> None:
            if turn != self._round:
                return
            if found is None:
                self._search(turn, jobs, text, backward, found_here)
            else:
                key = PageKey(*found)
                self._arriving = (key, backward)
                self.page_wanted.emit(key)

        self._workspace.session.ask(lambda store: store.first_with(spans, text), then)

    def _other_pages(self, *, backward: bool) -> Iterator[PageSpan]:
        """Every other page, from the one shown on and around."""
        here = self._here
        documents = list(self._workspace)
        if backward:
            documents.reverse()
        place = next(
            (row for row, one in enumerate(documents) if here and one.id == here.document_id), None
        )
        if here is None or place is None:
            yield from (PageSpan(one.id, 1, one.page_count, backward) for one in documents)
            return
        number, count = here.document_id, documents[place].page_count
        before = PageSpan(number, 1, here.page - 1, backward)
        after = PageSpan(number, here.page + 1, count, backward)
        yield before if backward else after
        for one in (*documents[place + 1 :], *documents[:place]):
            yield PageSpan(one.id, 1, one.page_count, backward)
        yield after if backward else before


def _jobs(spans: Iterable[PageSpan]) -> Iterator[list[PageSpan]]:
    """The same pages, so many at once that nothing else waits long for them."""
    job: list[PageSpan] = []
    room = _CHUNK
    for span in spans:
        first, last = span.first, span.last
        while first <= last:
            count = min(last - first + 1, room)
            if span.backward:
                job.append(msgspec.structs.replace(span, first=last - count + 1, last=last))
                last -= count
            else:
                job.append(msgspec.structs.replace(span, first=first, last=first + count - 1))
                first += count
            room -= count
            if not room:
                yield job
                job, room = [], _CHUNK
    if job:
        yield job
