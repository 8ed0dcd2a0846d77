"""The graphics item that marks on the page where two readings differ."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen
from PySide6.QtWidgets import QGraphicsItem, QStyleOptionGraphicsItem, QWidget

from textlift.content.geometry import Box
from textlift.ui.theme import LIGHT

_MARGIN = 40.0


class DifferenceOverlay(QGraphicsItem):
    """Tints and underlines words; the page is white paper in a dark window too."""

    def __init__(self) -> None:
        super().__init__()
        self.setZValue(1)
        self._places: tuple[tuple[QRectF, ...], ...] = ()
        self._current: int | None = None
        self._part: QRectF | None = None
        self._bounds = QRectF()

    def show_places(self, places: Sequence[Sequence[Box]], *, part: Box | None = None) -> None:
        """Marks other places; none is current.

        Args:
            places: Of each difference, its boxes in pixels of the page.
            part: The part of the page that was compared; None: all of it.
        """
        self.prepareGeometryChange()
        self._places = tuple(tuple(_rect(box) for box in boxes) for boxes in places)
        self._part = _rect(part) if part is not None else None
        self._current = None
        bounds = QRectF(self._part) if self._part is not None else QRectF()
        for boxes in self._places:
            for rect in boxes:
                bounds = bounds.united(rect)
        margins = (-_MARGIN, -_MARGIN, _MARGIN, _MARGIN)
        self._bounds = bounds.adjusted(*margins) if not bounds.isEmpty() else QRectF()
        self.update()

    def show_current(self, difference: int | None) -> None:
        """Makes the places of one difference stand out."""
        self._current = difference
        self.update()

    def boundingRect(self) -> QRectF:
        return self._bounds

    def paint(
        self,
        painter: QPainter,
        option: QStyleOptionGraphicsItem,  # noqa: ARG002 - Qt's signature
        widget: QWidget | None = None,  # noqa: ARG002 - likewise
    ) -> None:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if self._part is not None:
            painter.setPen(_pen(2, Qt.PenStyle.DashLine))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRect(self._part)
        for number, boxes in enumerate(self._places):
            current = number == self._current
            for rect in boxes:
                painter.fillRect(rect, _tint(55 if current else 40))
                painter.setPen(_pen(2))
                painter.drawLine(rect.bottomLeft(), rect.bottomRight())
                if current:
                    painter.setBrush(Qt.BrushStyle.NoBrush)
                    painter.drawRect(rect)


def _rect(box: Box) -> QRectF:
    return QRectF(box.x0, box.y0, box.width, box.height)


def _tint(alpha: int) -> QColor:
    colour = QColor(LIGHT.differs)
    colour.setAlpha(alpha)
    return colour


def _pen(width: float, style: Qt.PenStyle = Qt.PenStyle.SolidLine) -> QPen:
    pen = QPen(QColor(LIGHT.differs), width, style)
    pen.setCosmetic(True)
    return pen
