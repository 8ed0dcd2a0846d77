"""Searching: in the page shown first, then on through the pages of all documents."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from textlift.content.page import PageState
from textlift.content.text_lines import page_text
from textlift.ui.reader_thread import PageKey

if TYPE_CHECKING:
    from textlift.sessions.store import SessionStore
    from textlift.ui.search_bar import SearchBar
    from textlift.ui.text_panel import TextPanel
    from textlift.ui.workspace import Workspace

_CHUNK = 32
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
        keys = self._other_pages(backward=backward)
        self._round += 1
        if keys:
            self._bar.set_result("Searching…")
        self._search(self._round, keys, text, backward, found_here)

    def _search(
        self, turn: int, keys: list[PageKey], text: str, backward: bool, found_here: bool
    ) -> None:
        if turn != self._round:
            return
        if not keys:
            self._bar.set_result("No other page has it." if found_here else "Not found.")
            return
        chunk, rest = keys[:_CHUNK], keys[_CHUNK:]

        def then(found: PageKey | None) -> None:
            if turn != self._round:
                return
            if found is None:
                self._search(turn, rest, text, backward, found_here)
            else:
                self._arriving = (found, backward)
                self.page_wanted.emit(found)

        self._workspace.session.ask(partial(_first_with, chunk, text), then)

    def _other_pages(self, *, backward: bool) -> list[PageKey]:
        """Every other page that has text, from the one shown on and around."""
        pages = [
            PageKey(document.id, page)
            for document in self._workspace
            for page in range(1, document.page_count + 1)
            if document.summary(page).state is not PageState.UNREAD
            or PageKey(document.id, page) == self._here
        ]
        if backward:
            pages.reverse()
        if self._here not in pages:
            return pages
        place = pages.index(self._here)
        return pages[place + 1 :] + pages[:place]


def _first_with(keys: list[PageKey], text: str, store: SessionStore) -> PageKey | None:
    wanted = text.casefold()
    for key in keys:
        if wanted in page_text(store.page(key.document_id, key.page)).casefold():
            return key
    return None
