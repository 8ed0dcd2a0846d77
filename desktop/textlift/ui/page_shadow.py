"""The shadow that a page throws on the desk."""

from __future__ import annotations

from itertools import pairwise

from PySide6.QtCore import QRect, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPixmap

REACH = 13
"""How far the shadow goes, in pixels of the screen."""
_FALLS = 2
"""Pixels by which it lies lower than the page."""
_CORNER = REACH + _FALLS
_PAGE = 2 * _FALLS + 1
"""Side of the page in the picture; what is beside its middle is drawn out along an edge."""


class PageShadow:
    """Drawn once, then laid around pages of any size.

    Rounded, half transparent rectangles as large as a page take the processor tens of
    milliseconds, at each step of zooming.
    """

    def __init__(self, colour: QColor) -> None:
        self._colour = colour
        self._picture = QPixmap()

    def paint(self, painter: QPainter, page: QRectF, *, seen: QRect) -> None:
        """Paints it around a page, which is to be painted afterwards.

        Args:
            painter: In pixels of the view.
            page: Where the page is, likewise.
            seen: The view.
        """
        ratio = painter.device().devicePixelRatioF()
        if self._picture.isNull() or self._picture.devicePixelRatioF() != ratio:
            self._picture = _picture(self._colour, ratio)
        inner = page.toRect()
        outer = inner.adjusted(-_CORNER, -_CORNER, _CORNER, _CORNER)
        columns = _thirds(outer.left(), inner.left(), inner.right() + 1, outer.right() + 1)
        # What falls lower is round beside the page still.
        upper = inner.top() + _FALLS
        rows = _thirds(outer.top(), upper, inner.bottom() + 1, outer.bottom() + 1)
        for column, (left, width) in enumerate(columns):
            for row, (top, height) in enumerate(rows):
                target = QRect(left, top, width, height)
                if (row, column) != (1, 1) and seen.intersects(target):
                    painter.drawPixmap(target, self._picture, _source(row, column, ratio))


def _thirds(*edges: int) -> list[tuple[int, int]]:
    """Begin and length of each part between edges."""
    return [(begin, end - begin) for begin, end in pairwise(edges)]


def _source(row: int, column: int, ratio: float) -> QRect:
    begins = (0, _CORNER + _FALLS, _CORNER + _PAGE)
    width, height = (_CORNER, 1, _CORNER)[column], (_CORNER + _FALLS, 1, _CORNER)[row]
    return QRect(
        round(begins[column] * ratio),
        round(begins[row] * ratio),
        max(round(width * ratio), 1),
        max(round(height * ratio), 1),
    )


def _picture(colour: QColor, ratio: float) -> QPixmap:
    """The shadow of a very small page."""
    side = round((2 * _CORNER + _PAGE) * ratio)
    picture = QPixmap(side, side)
    picture.setDevicePixelRatio(ratio)
    picture.fill(Qt.GlobalColor.transparent)
    page = QRectF(_CORNER, _CORNER, _PAGE, _PAGE)
    painter = QPainter(picture)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(colour)
    for spread in range(1, REACH, 2):
        painter.drawRoundedRect(
            page.adjusted(-spread, _FALLS - spread, spread, _FALLS + spread), spread, spread
        )
    painter.end()
    return picture
