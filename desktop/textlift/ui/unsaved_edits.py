"""Edits that could not be stored, such as on a full disk: kept here until they are."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
from PySide6.QtCore import QObject, QTimer, Signal

from textlift.content.page import PageEdit, PageRecord
from textlift.ui.reader_thread import PageKey
from textlift.ui.session_thread import SessionThread

if TYPE_CHECKING:
    from textlift.sessions.store import SessionStore

_AGAIN_MS = 2_000
"""Between two tries: somebody has to make room meanwhile."""


class UnsavedEdits(QObject):
    """Stores edits, and goes on trying with those that cannot be stored.

    Signals:
        failed: The first of them cannot be stored: a sentence.
        stored: None is left of those.
        settled: What was on its way is stored now, or could not be.
    """

    failed = Signal(str)
    stored = Signal()
    settled = Signal()

    def __init__(self, session: SessionThread, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._edits: dict[PageKey, PageEdit | None] = {}
        self._told = False
        self._again = QTimer(self)
        self._again.setSingleShot(True)
        self._again.setInterval(_AGAIN_MS)
        self._again.timeout.connect(self.try_all)

    @property
    def pages(self) -> int:
        """Pages with an edit that could not be stored so far."""
        return len(self._edits) if self._told else 0

    @property
    def on_their_way(self) -> bool:
        """Whether nobody knows yet if all can be stored."""
        return bool(self._edits) and not self._told

    def keep(self, key: PageKey, edit: PageEdit | None) -> None:
        """Stores an edit, now or when that is possible."""
        self._edits[key] = edit
        self._try(key)

    def forget(self, key: PageKey) -> None:
        """The page was read again: an edit of what it was before does not belong to it."""
        if self._edits.pop(key, None) is not None:
            self._tell_when_done()

    def latest(self, key: PageKey, record: PageRecord) -> PageRecord:
        """A page as the user left it, be that stored or not."""
        if key not in self._edits:
            return record
        return msgspec.structs.replace(record, edit=self._edits[key])

    def try_all(self) -> None:
        """Tries to store all that is not stored."""
        for key in self._edits:
            self._try(key)

    def _try(self, key: PageKey) -> None:
        edit = self._edits[key]

        def put(store: SessionStore) -> None:
            store.set_edit(key.document_id, key.page, edit)

        def done(_: None) -> None:
            if key in self._edits and self._edits[key] is edit:
                del self._edits[key]
                self._tell_when_done()

        self._session.ask(put, done, otherwise=self._on_failed)

    def _on_failed(self, sentence: str) -> None:
        self._again.start()
        if not self._told:
            self._told = True
            self.failed.emit(
                f"{sentence} Your changes stay in the window, and are stored once they can be."
            )
            self.settled.emit()

    def _tell_when_done(self) -> None:
        if not self._edits:
            self._again.stop()
            if self._told:
                self._told = False
                self.stored.emit()
            self.settled.emit()
