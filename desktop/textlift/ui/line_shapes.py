"""The outlines of many lines as few paths, for a painter."""

from __future__ import annotations

import math
from collections.abc import Iterable

from PySide6.QtCore import Qt
from PySide6.QtGui import QPainterPath

from textlift.content.geometry import Box, Quad

Outline = Box | Quad


def area_and_frame(
    outlines: Iterable[Outline], *, air: float, thickness: float
) -> tuple[QPainterPath, QPainterPath]:
    """What outlines cover, and the frames along their inner sides; both are to be filled.

    A pen that draws thousands of frames takes ten times as long as filling them all as one path.

    Args:
        outlines: In pixels of the page.
        air: By which boxes are made larger on each side, likewise.
        thickness: Of the frames, likewise.
    """
    area, inside = QPainterPath(), QPainterPath()
    area.setFillRule(Qt.FillRule.WindingFill)
    least = 2 * thickness
    for outline in outlines:
        if isinstance(outline, Box):
            left, top = outline.x0 - air, outline.y0 - air
            width, height = outline.x1 + air - left, outline.y1 + air - top
            area.addRect(left, top, width, height)
            if width > least and height > least:
                inside.addRect(left + thickness, top + thickness, width - least, height - least)
        else:
            _add_corners(area, outline)
            _add_corners(inside, _shrunk(outline, thickness))
    frame = QPainterPath(area)
    # What goes round the other way is cut out of the outline it belongs to, and of no other.
    frame.addPath(inside.toReversed())
    frame.setFillRule(Qt.FillRule.WindingFill)
    return area, frame


def _add_corners(path: QPainterPath, corners: tuple[tuple[float, float], ...]) -> None:
    if corners:
        path.moveTo(*corners[0])
        for x, y in corners[1:]:
            path.lineTo(x, y)
        path.closeSubpath()


def _shrunk(quad: Quad, by: float) -> tuple[tuple[float, float], ...]:
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
