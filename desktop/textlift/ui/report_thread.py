"""Gathers and writes a report for a bug, in threads."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QThread, Signal

if TYPE_CHECKING:
    from textlift.diagnostics.bug_report import ReportPart

Gather = Callable[[Callable[[], bool]], "Iterable[ReportPart]"]
"""Gives the parts one by one; its argument says whether nobody wants them any more."""


class ReportThread(QThread):
    """Gathers parts of a report.

    Signals:
        gathered: All parts: a tuple of ``ReportPart``.
        failed: A sentence.
    """

    gathered = Signal(object)
    failed = Signal(str)

    def __init__(self, gather: Gather, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("report")
        self._gather = gather
        self._stopped = threading.Event()

    def stop(self) -> None:
        """Nobody wants it any more; it ends by itself, soon."""
        self._stopped.set()

    def run(self) -> None:
        """The thread."""
        from textlift.sessions.errors import SessionError

        try:
            parts = tuple(self._gather(self._stopped.is_set))
        except SessionError as error:
            self.failed.emit(error.sentence)
            return
        if not self._stopped.is_set():
            self.gathered.emit(parts)


class SavingThread(QThread):
    """Does one piece of work that writes a file.

    Signals:
        saved: It is there.
        failed: A sentence.
    """

    saved = Signal()
    failed = Signal(str)

    def __init__(self, work: Callable[[], object], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("report-saving")
        self._work = work

    def stop(self) -> None:
        """Half a file is worth nothing: it goes on."""

    def run(self) -> None:
        """The thread."""
        from textlift.diagnostics.bug_report import ReportError

        try:
            self._work()
        except ReportError as error:
            self.failed.emit(str(error))
            return
        self.saved.emit()
