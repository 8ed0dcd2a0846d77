"""Draws what a memory held in the last two minutes, small and large."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPolygonF
from PySide6.QtWidgets import QSizePolicy, QWidget

from textlift.ui.memory_history import SPAN, Moment
from textlift.ui.memory_words import size_words
from textlift.ui.theme import SPACE, Colours, colours, is_dark

_HEIGHT = 56


def paint_history(
    painter: QPainter, place: QRectF, moments: Sequence[Moment], *, now: float, total: int
) -> None:
    """Fills the areas of what Textlift and what everyone used.

    Args:
        painter: Draws nothing else meanwhile.
        place: Its right edge is now.
        moments: Oldest first.
        now: By their clock.
        total: Bytes at the upper edge.
    """
    if not total:
        return
    of = colours()
    painter.save()
    painter.setClipRect(place)
    for piece in _unbroken(moments):
        for ours, colour in ((False, _soft(of.faint)), (True, _soft(of.accent))):
            _paint_area(painter, place, piece, now=now, total=total, ours=ours, colour=colour)
    painter.restore()


def _soft(name: str) -> QColor:
    colour = QColor(name)
    colour.setAlphaF(0.45 if is_dark() else 0.38)
    return colour


def _unbroken(moments: Sequence[Moment]) -> list[list[Moment]]:
    pieces: list[list[Moment]] = []
    for moment in moments:
        if moment.after_gap or not pieces:
            pieces.append([])
        pieces[-1].append(moment)
    return pieces


def _paint_area(
    painter: QPainter,
    place: QRectF,
    moments: Sequence[Moment],
    *,
    now: float,
    total: int,
    ours: bool,
    colour: QColor,
) -> None:
    across, up = place.width() / SPAN, place.height() / total
    right, bottom = place.right(), place.bottom()
    line = [
        QPointF(
            right - (now - moment.at) * across,
            bottom - (moment.ours if ours else moment.used) * up,
        )
        for moment in moments
    ]
    shape = QPolygonF([QPointF(line[0].x(), bottom), *line, QPointF(line[-1].x(), bottom)])
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(colour)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, on=False)
    painter.drawPolygon(shape)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    if ours:
        edge = QColor(colour)
        edge.setAlphaF(0.9)
        painter.setPen(edge)
        painter.drawPolyline(line)


class HistoryGraph(QWidget):
    """The last two minutes with an axis of time and the height of the whole memory."""

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._name = name
        self._moments: Sequence[Moment] = ()
        self._now = 0.0
        self._total = 0
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(f"{name} in the last two minutes")

    def show_moments(self, moments: Sequence[Moment], *, now: float, total: int) -> None:
        """Shows other measurements; bytes, and seconds of their clock."""
        self._moments, self._now, self._total = moments, now, total
        self.setAccessibleDescription(self._sentence())
        self.update()

    def _sentence(self) -> str:
        seen = [moment for moment in self._moments if moment.at >= self._now - SPAN]
        if not seen:
            return "Nothing was measured."
        ours = [moment.ours for moment in seen]
        free = self._total - max(moment.used for moment in seen)
        return (
            f"Textlift between {size_words(min(ours))} and {size_words(max(ours))}; "
            f"at least {size_words(max(free, 0))} were free."
        )

    def sizeHint(self) -> QSize:
        return QSize(240, _HEIGHT + self.fontMetrics().height() + SPACE // 2)

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002 - Qt's signature
        of = colours()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        place = QRectF(0.5, 0.5, self.width() - 1.0, _HEIGHT - 1.0)
        painter.setPen(QColor(of.line))
        painter.setBrush(QColor(of.base))
        painter.drawRect(place)
        painter.drawLine(QPointF(place.left(), place.center().y()), _right_of(place))
        for quarter in (1, 2, 3):
            x = place.left() + place.width() * quarter / 4
            painter.drawLine(QPointF(x, place.top()), QPointF(x, place.bottom()))
        paint_history(painter, place, self._moments, now=self._now, total=self._total)
        self._paint_words(painter, place, of)
        painter.end()

    def _paint_words(self, painter: QPainter, place: QRectF, of: Colours) -> None:
        painter.setPen(QColor(of.muted))
        if self._total:
            inside = place.adjusted(4, 2, -4, -2)
            flags = Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeft
            painter.drawText(inside, flags, size_words(self._total))
        below = QRectF(0, _HEIGHT + 2, self.width(), self.fontMetrics().height() + 2)
        for flag, words in (
            (Qt.AlignmentFlag.AlignLeft, "2 min ago"),
            (Qt.AlignmentFlag.AlignHCenter, "1 min"),
            (Qt.AlignmentFlag.AlignRight, "now"),
        ):
            painter.drawText(below, flag, words)


def _right_of(place: QRectF) -> QPointF:
    return QPointF(place.right(), place.center().y())
