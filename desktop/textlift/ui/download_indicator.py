"""Says in the status bar that something is being downloaded; a click opens the models."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QToolButton, QWidget

from textlift.ui.literal_text import literal
from textlift.ui.theme import SPACE, colours, icon

if TYPE_CHECKING:
    from collections.abc import Sequence

    from textlift.downloads.download import Download

_BAR = 2
"""Height of the bar below the words, in device-independent pixels."""


class DownloadIndicator(QToolButton):
    """Hidden unless a download is under way, paused or has failed.

    Attributes:
        shown: Name of the one that it tells of; of several that rest, the one that failed.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._fraction: float | None = None
        self.shown = ""
        self.setAutoRaise(True)
        self.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.setIconSize(QSize(14, 14))
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setAccessibleName("Downloads")
        self.setAccessibleDescription("Opens the window with the models.")
        self.hide()

    def show_downloads(self, downloads: Sequence[Download]) -> None:
        """Shows the download that runs, or how many rest."""
        from textlift.downloads.download import DownloadState, Task
        from textlift.ui.download_words import fraction

        busy = [one for one in downloads if one.busy and one.task is Task.GET]
        resting = [one for one in downloads if one.unfinished and not one.busy]
        running = [one for one in busy if one.state is not DownloadState.WAITING]
        self._fraction = None
        if busy:
            first = (running or busy)[0]
            self.shown = first.name
            self._fraction = fraction(first)
            share = f" {self._fraction:.0%}" if self._fraction is not None else ""
            more = f" (+{len(busy) - 1})" if len(busy) > 1 else ""
            self.setText(f"{first.title}{share}{more}")
            self.setToolTip(literal("\n".join(map(_tip, busy)) + "\nClick to see the models."))
        elif resting:
            failed = [one for one in resting if one.state is DownloadState.FAILED]
            self.shown = (failed or resting)[0].name
            self.setText(_resting_words(len(failed), len(resting) - len(failed)))
            self.setToolTip(literal("\n".join(map(_tip, resting)) + "\nClick to see the models."))
        self.setAccessibleName(f"Downloads: {self.text()}")
        if self.icon().isNull():
            self._dress()
        self.setVisible(bool(busy or resting))
        self.update()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange and not self.icon().isNull():
            self._dress()

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if self._fraction is None:
            return
        now = colours()
        room = QRectF(self.rect()).adjusted(SPACE / 2, 0, -SPACE / 2, 0)
        room.setTop(room.bottom() - _BAR)
        painter = QPainter(self)
        painter.fillRect(room, QColor(now.line))
        room.setWidth(room.width() * self._fraction)
        painter.fillRect(room, QColor(now.accent))
        painter.end()

    def _dress(self) -> None:
        self.setIcon(icon("download", size=14))


def _resting_words(failed: int, paused: int) -> str:
    counts = [(failed, "failed"), (paused, "paused")]
    (first, how), *others = [(count, word) for count, word in counts if count]
    downloads = "1 download" if first == 1 else f"{first} downloads"
    return ", ".join([f"{downloads} {how}", *(f"{count} {word}" for count, word in others)])


def _tip(download: Download) -> str:
    from textlift.ui.download_words import bytes_words, short_words

    far = f", {bytes_words(download.have, download.size)}" if download.size else ""
    return f"{download.title}: {short_words(download)}{far}"
