"""Gathers and writes a report for a bug, in threads."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QSize, Qt, QThread, Signal
from PySide6.QtGui import QImage

if TYPE_CHECKING:
    from textlift.diagnostics.bug_report import ReportPart

Gather = Callable[[Callable[[], bool]], "Iterable[ReportPart]"]
"""Gives the parts one by one; its argument says whether nobody wants them any more."""

_LOOK = QSize(1600, 1600)
"""What an image of a page is made to fit in to be looked at, in pixels."""


class ReportThread(QThread):
    """Gathers parts of a report.

    Signals:
        gathered: All parts, a tuple of ``ReportPart``; and how those that are images look, a
            ``QImage`` by the name of the part.
        failed: A sentence.
    """

    gathered = Signal(object, object)
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
        # Here, since a photograph takes longer to decode than the window may stand still.
        looks = {part.name: _look(part.content) for part in parts if part.is_image}
        if not self._stopped.is_set():
            self.gathered.emit(parts, looks)


def _look(content: bytes) -> QImage:
    image = QImage.fromData(content)
    if image.width() > _LOOK.width() or image.height() > _LOOK.height():
        image = image.scaled(
            _LOOK, Qt.AspectRatioMode.KeepAspectRatio, Qt.TransformationMode.SmoothTransformation
        )
    return image.convertToFormat(QImage.Format.Format_RGB32)


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
