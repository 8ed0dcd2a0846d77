"""How the pages came out that have something to tell, by its cause; told a few times a second."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable

from PySide6.QtCore import QObject, QTimer, Signal

from textlift.content.page import PageRecord
from textlift.ui.listed_document import ListedDocument
from textlift.ui.notices import Cause, Outcome, cause_notice, outcome_of
from textlift.ui.reader_thread import PageKey

_REST_MS = 100
"""Between two notices, while pages come by the dozen."""


class Outcomes(QObject):
    """Makes one notice for all pages that had the same trouble.

    Signals:
        noticed: A ``Notice``.
        settled: The pages of a notice are read now: its subject.
    """

    noticed = Signal(object)
    settled = Signal(str)

    def __init__(self, engine_title: Callable[[str], str], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._engine_title = engine_title
        self._causes: dict[PageKey, Cause] = {}
        self._outcomes: defaultdict[Cause, dict[PageKey, Outcome]] = defaultdict(dict)
        self._untold: dict[Cause, None] = {}
        self._rest = QTimer(self)
        self._rest.setSingleShot(True)
        self._rest.setInterval(_REST_MS)
        self._rest.timeout.connect(self._on_rested)

    def take(self, key: PageKey, record: PageRecord, document: ListedDocument | None) -> None:
        """Takes note of how a page came out.

        Args:
            key: The page.
            record: As it is now.
            document: Whose it is; None where that went meanwhile.
        """
        before = self._forget_page(key)
        outcome = outcome_of(key, document, record) if document is not None else None
        if outcome is not None:
            self._causes[key] = outcome.cause
            self._outcomes[outcome.cause][key] = outcome
        causes = (before, outcome.cause if outcome is not None else None)
        self._untold.update((cause, None) for cause in causes if cause is not None)
        if not self._rest.isActive():
            self.tell()

    def tell(self) -> None:
        """Tells at once what was not told yet."""
        untold, self._untold = self._untold, {}
        if untold:
            self._rest.start()
        for cause in untold:
            outcomes = self._outcomes.get(cause)
            if outcomes:
                self.noticed.emit(
                    cause_notice(cause, outcomes.values(), engine_title=self._engine_title)
                )
            else:
                self.settled.emit(cause.subject)

    def forget(self, subject: str) -> None:
        """What was told of pages has been seen; the next notice is about later pages only."""
        for cause in [cause for cause in self._outcomes if cause.subject == subject]:
            for key in self._outcomes.pop(cause):
                del self._causes[key]

    def forget_document(self, document_id: int) -> None:
        """Its pages are not told of any more."""
        for key in [key for key in self._causes if key.document_id == document_id]:
            self._forget_page(key)

    def _forget_page(self, key: PageKey) -> Cause | None:
        cause = self._causes.pop(key, None)
        if cause is not None:
            del self._outcomes[cause][key]
        return cause

    def _on_rested(self) -> None:
        self.tell()
