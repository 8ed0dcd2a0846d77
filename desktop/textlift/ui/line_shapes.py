"""Paints the outlines of many lines with few calls."""

from __future__ import annotations

import heapq
import math
from collections.abc import Iterable

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QBrush, QColor, QPainter, QPainterPath, QTransform

from textlift.content.geometry import Box, Point, Quad

Outline = Box | Quad
_Rect = tuple[float, float, float, float]
"""Left, top, width and height."""
_Wide = tuple[float, float, _Rect | None, tuple[Point, ...]]
"""Top and bottom, and a rectangle, or else the corners of something slanted."""
_FRAMED = 4.0
"""Pixels of the view: a frame around less would hide what it is around."""


class LineShapes:
    """What outlines cover, and the frames along their inner sides, in pixels of the view.

    Lines too low for a frame have none.

    A pen that draws thousands of frames takes ten times as long as filling them. To fill a path
    Qt goes along its rows of pixels and looks in each at all sides that cross it, every one
    against the others: so those that lie beside each other go into paths of their own, and what
    is higher than wide is filled side by side.
    """

    def __init__(
        self, outlines: Iterable[Outline], transform: QTransform, *, air: float, thickness: float
    ) -> None:
        """Makes them.

        Args:
            outlines: In pixels of the page.
            transform: From the page to the view.
            air: By which boxes are made larger on each side.
            thickness: Of the frames.
        """
        self.low: list[QPainterPath] = []
        self.areas: list[QPainterPath] = []
        self.frames: list[QPainterPath] = []
        self.high: list[QRectF] = []
        self.high_sides: list[QRectF] = []
        wide: list[_Wide] = []
        low: list[_Wide] = []
        a, b, c, d = transform.m11(), transform.m12(), transform.m21(), transform.m22()
        x, y = transform.dx(), transform.dy()
        straight = (b == 0 and c == 0) or (a == 0 and d == 0)
        for outline in outlines:
            if isinstance(outline, Box) and straight:
                left, right = a * outline.x0 + c * outline.y0, a * outline.x1 + c * outline.y1
                top, bottom = b * outline.x0 + d * outline.y0, b * outline.x1 + d * outline.y1
                if left > right:
                    left, right = right, left
                if top > bottom:
                    top, bottom = bottom, top
                left, right, top, bottom = left + x, right + x, top + y, bottom + y
                if bottom - top < _FRAMED:
                    low.append((top, bottom, (left, top, right - left, bottom - top), ()))
                    continue
                left, right, top, bottom = left - air, right + air, top - air, bottom + air
                if bottom - top > right - left:
                    self._add_high(left, top, right - left, bottom - top, thickness)
                else:
                    wide.append((top, bottom, (left, top, right - left, bottom - top), ()))
            else:
                corners = tuple(
                    (a * across + c * down + x, b * across + d * down + y)
                    for across, down in _corners(outline)
                )
                heights = [down for _, down in corners]
                wide.append((min(heights), max(heights), None, corners))
        self.low, _ = _paths(low, thickness)
        self.areas, insides = _paths(wide, thickness)
        for area, inside in zip(self.areas, insides, strict=True):
            frame = QPainterPath(area)
            # What goes round the other way is cut out of the outline it belongs to.
            frame.addPath(inside.toReversed())
            frame.setFillRule(Qt.FillRule.WindingFill)
            self.frames.append(frame)

    def fill(self, painter: QPainter, *, area: QColor | None, frame: QBrush) -> None:
        """Paints them with a painter in pixels of the view; ``area`` None: the frames alone."""
        painter.setPen(Qt.PenStyle.NoPen)
        for path in self.low:
            painter.fillPath(path, area if area is not None else frame)
        if area is not None:
            for path in self.areas:
                painter.fillPath(path, area)
        for path in self.frames:
            painter.fillPath(path, frame)
        if self.high:
            if area is not None:
                painter.setBrush(area)
                painter.drawRects(self.high)
            painter.setBrush(frame)
            painter.drawRects(self.high_sides)

    def _add_high(
        self, left: float, top: float, width: float, height: float, thickness: float
    ) -> None:
        self.high.append(QRectF(left, top, width, height))
        between = height - 2 * thickness
        self.high_sides += (
            QRectF(left, top, width, thickness),
            QRectF(left, top + height - thickness, width, thickness),
            QRectF(left, top + thickness, thickness, between),
            QRectF(left + width - thickness, top + thickness, thickness, between),
        )


def _paths(wide: list[_Wide], thickness: float) -> tuple[list[QPainterPath], list[QPainterPath]]:
    """Puts each under the others of a path, the one whose last ends highest.

    Returns:
        The paths, and for each what lies inside of its frames.
    """
    wide.sort(key=lambda one: one[0])
    areas: list[QPainterPath] = []
    insides: list[QPainterPath] = []
    ends: list[tuple[float, int]] = []
    for top, bottom, rect, corners in wide:
        if ends and ends[0][0] <= top:
            number = ends[0][1]
            heapq.heapreplace(ends, (bottom, number))
        else:
            number = len(areas)
            heapq.heappush(ends, (bottom, number))
            areas.append(QPainterPath())
            insides.append(QPainterPath())
        if rect is not None:
            _add_rect(areas[number], insides[number], rect, thickness)
        else:
            _add_corners(areas[number], corners)
            _add_corners(insides[number], _shrunk(corners, thickness))
    return areas, insides


def _add_rect(area: QPainterPath, inside: QPainterPath, rect: _Rect, thickness: float) -> None:
    """Adds a rectangle to a path, and what lies inside of its frame to another."""
    left, top, width, height = rect
    area.addRect(left, top, width, height)
    less = 2 * thickness
    if width > less and height > less:
        inside.addRect(left + thickness, top + thickness, width - less, height - less)


def _corners(outline: Outline) -> tuple[Point, ...]:
    if isinstance(outline, Box):
        x0, y0, x1, y1 = outline.x0, outline.y0, outline.x1, outline.y1
        return ((x0, y0), (x1, y0), (x1, y1), (x0, y1))
    return outline


def _add_corners(path: QPainterPath, corners: tuple[Point, ...]) -> None:
    if corners:
        path.moveTo(*corners[0])
        for x, y in corners[1:]:
            path.lineTo(x, y)
        path.closeSubpath()


def _shrunk(quad: tuple[Point, ...], by: float) -> tuple[Point, ...]:
    """The quadrilateral moved inward on each side; empty where nothing would be left."""
    (x0, y0), (x1, y1), (x2, y2), (x3, y3) = quad
    length, height = math.hypot(x1 - x0, y1 - y0), math.hypot(x3 - x0, y3 - y0)
    if min(length, height) <= 2 * by:
        return ()
    along_x, along_y = by * (x1 - x0) / length, by * (y1 - y0) / length
    down_x, down_y = by * (x3 - x0) / height, by * (y3 - y0) / height
    return (
        (x0 + along_x + down_x, y0 + along_y + down_y),
        (x1 - along_x + down_x, y1 - along_y + down_y),
        (x2 - along_x - down_x, y2 - along_y - down_y),
        (x3 + along_x - down_x, y3 + along_y - down_y),
    )
