"""Finds the lines at a point or in a rectangle of the page without looking at all of them."""

from __future__ import annotations

from collections.abc import Sequence

from textlift.content.block import Line
from textlift.content.geometry import Box, Point, Quad, quad_box

_BANDS = 128


class LineIndex:
    """Lines sorted into bands across the page.

    Attributes:
        boxes: Of each line, in pixels of the page; None for a line whose place is not known.
    """

    def __init__(self, lines: Sequence[Line]) -> None:
        self.boxes: list[Box | None] = [line_box(line) for line in lines]
        self._quads: list[Quad | None] = [line.quad for line in lines]
        known = [box for box in self.boxes if box is not None]
        # Bands follow the lines, so that a line of a page lying on its side stays in few of them.
        wide = sum(1 for box in known if box.x1 - box.x0 >= box.y1 - box.y0)
        self._across = wide * 2 >= len(known)
        # Without a call for each: a page may have thousands.
        lows = [box.y0 if self._across else box.x0 for box in known]
        highs = [box.y1 if self._across else box.x1 for box in known]
        self._start = start = min(lows, default=0.0)
        self._step = step = max((max(highs, default=1.0) - start) / _BANDS, 1.0)
        self._bands: list[list[int]] = [[] for _ in range(_BANDS + 1)]
        bands = self._bands
        places = (index for index, box in enumerate(self.boxes) if box is not None)
        for index, low, high in zip(places, lows, highs, strict=True):
            first, last = int((low - start) // step), int((high - start) // step)
            for band in range(first, min(last, _BANDS) + 1):
                bands[band].append(index)

    def at(self, x: float, y: float) -> int | None:
        """The line under a point, the smallest where several overlap; None when there is none."""
        band, _ = self._range(Box(x, y, x, y))
        found = [index for index in self._bands[band] if self._holds(index, x, y)]
        return min(found, key=self._area, default=None)

    def within(self, area: Box) -> list[int]:
        """Lines whose boxes meet ``area``, in ascending order."""
        low, high = self._range(area)
        candidates = {index for band in self._bands[low : high + 1] for index in band}
        return sorted(index for index in candidates if _meet(self.boxes[index], area))

    def _holds(self, index: int, x: float, y: float) -> bool:
        box, quad = self.boxes[index], self._quads[index]
        if box is None or not box.contains(x, y):
            return False
        return quad is None or _inside(quad, x, y)

    def _area(self, index: int) -> float:
        box = self.boxes[index]
        return box.area if box is not None else 0.0

    def _span(self, box: Box) -> tuple[float, float]:
        return (box.y0, box.y1) if self._across else (box.x0, box.x1)

    def _range(self, box: Box) -> tuple[int, int]:
        low, high = self._span(box)
        first = int((low - self._start) // self._step)
        last = int((high - self._start) // self._step)
        return min(max(first, 0), _BANDS), min(max(last, 0), _BANDS)


def line_box(line: Line) -> Box | None:
    """Where a line is: its box, or the one around its corners."""
    if line.quad is not None:
        return quad_box(line.quad)
    return line.box


def _meet(box: Box | None, area: Box) -> bool:
    return box is not None and (
        box.x0 <= area.x1 and area.x0 <= box.x1 and box.y0 <= area.y1 and area.y0 <= box.y1
    )


def _inside(quad: Quad, x: float, y: float) -> bool:
    """Whether a point is in a convex quadrilateral, whichever way round its corners go."""
    sides = [_side(quad[corner], quad[(corner + 1) % 4], x, y) for corner in range(4)]
    return all(side >= 0 for side in sides) or all(side <= 0 for side in sides)


def _side(start: Point, end: Point, x: float, y: float) -> float:
    return (end[0] - start[0]) * (y - start[1]) - (end[1] - start[1]) * (x - start[0])
