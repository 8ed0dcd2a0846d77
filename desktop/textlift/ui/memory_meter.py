"""One device's memory in the status bar: its name, a meter on its history, and numbers."""

from __future__ import annotations

import enum
from collections.abc import Sequence

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPaintEvent
from PySide6.QtWidgets import QWidget

from textlift.ui.memory_graph import paint_history
from textlift.ui.memory_history import Moment
from textlift.ui.memory_use import DeviceUse
from textlift.ui.memory_words import free_words, full_words, size_words, use_sentence
from textlift.ui.theme import SPACE, colours


class Detail(enum.IntEnum):
    """How much a meter says."""

    BAR = 0
    FREE = 1
    FULL = 2


_BAR_WIDTHS = {Detail.BAR: 64, Detail.FREE: 96, Detail.FULL: 120}
_LEVEL = 5.0
"""Height of the bar below the history."""
_LOST = "lost"


class MemoryMeter(QWidget):
    """Textlift's part and that of others as a bar; above it the last two minutes."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._use: DeviceUse | None = None
        self._moments: Sequence[Moment] = ()
        self._now = 0.0
        self.detail = Detail.BAR
        # The display around it is what is pressed and pointed at.
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setAccessibleName("Not measured yet")

    def show_use(self, use: DeviceUse, moments: Sequence[Moment], *, now: float) -> None:
        """Shows what was measured, and what came before it."""
        self._use, self._moments, self._now = use, moments, now
        sentence = use_sentence(use)
        if sentence != self.accessibleName():
            self.setAccessibleName(sentence)
        self.update()

    def width_for(self, detail: Detail) -> int:
        """How wide it is when it says so much; the same whatever the numbers are."""
        if self._use is None:
            return 0
        metrics = self.fontMetrics()
        width = metrics.horizontalAdvance(self._use.short) + SPACE + _BAR_WIDTHS[detail]
        widest = metrics.horizontalAdvance(self._widest(detail))
        return width + (SPACE + widest if widest else 0)

    def sizeHint(self) -> QSize:
        return QSize(self.width_for(self.detail), max(self.fontMetrics().height() + 4, 22))

    def _widest(self, detail: Detail) -> str:
        use = self._use
        if use is None or detail is Detail.BAR:
            return ""
        number = size_words(use.total).replace("1", "8")
        if detail is Detail.FREE:
            return f"{number} free of {size_words(use.total)}"
        return f"Textlift {number}, others {number}, {number} free of {size_words(use.total)}"

    def _words(self) -> str:
        if self._use is None or self.detail is Detail.BAR:
            return ""
        if self._use.lost:
            return _LOST
        return free_words(self._use) if self.detail is Detail.FREE else full_words(self._use)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002 - Qt's signature
        use = self._use
        if use is None:
            return
        of = colours()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        metrics = self.fontMetrics()
        middle = Qt.AlignmentFlag.AlignVCenter
        name_width = metrics.horizontalAdvance(use.short)
        painter.setPen(QColor(of.bad if use.lost else of.muted))
        painter.drawText(QRectF(0, 0, name_width + 1, self.height()), middle, use.short)
        top = (self.height() - 20) / 2
        place = QRectF(name_width + SPACE, top, _BAR_WIDTHS[self.detail], 20)
        self._paint_meter(painter, place, use)
        words = QRectF(place.right() + SPACE, 0, self.width() - place.right(), self.height())
        painter.setPen(QColor(of.bad if use.lost else of.muted))
        painter.drawText(words, middle, self._words())
        painter.end()

    def _paint_meter(self, painter: QPainter, place: QRectF, use: DeviceUse) -> None:
        of = colours()
        outline = QPainterPath()
        outline.addRoundedRect(place, 3, 3)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.fillPath(outline, QColor(of.base))
        painter.save()
        painter.setClipPath(outline)
        past = place.adjusted(0, 0, 0, -_LEVEL)
        paint_history(painter, past, self._moments, now=self._now, total=use.total)
        level = QRectF(place.left(), place.bottom() - _LEVEL, place.width(), _LEVEL)
        painter.fillRect(level, QColor(of.line))
        if use.total and not use.lost:
            ours = level.width() * use.ours / use.total
            others = level.width() * use.others / use.total
            painter.fillRect(QRectF(level.left(), level.top(), ours, _LEVEL), QColor(of.accent))
            painter.fillRect(
                QRectF(level.left() + ours, level.top(), others, _LEVEL), QColor(of.faint)
            )
        painter.restore()
        painter.setPen(QColor(of.bad if use.lost else of.line))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawPath(outline)
        if use.lost and self.detail is Detail.BAR:
            painter.drawText(place, Qt.AlignmentFlag.AlignCenter, _LOST)
