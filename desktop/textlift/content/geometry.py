"""Boxes and quadrilaterals in pixels of the rendered page, origin top left, y growing downward."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

Point = tuple[float, float]
Quad = tuple[Point, Point, Point, Point]
"""Four corners, clockwise from the top left corner *of the text* (not of the page)."""


class Box(msgspec.Struct, frozen=True, array_like=True):
    """An axis-aligned rectangle: x0 <= x1 and y0 <= y1, in pixels of the rendered page."""

    x0: float
    y0: float
    x1: float
    y1: float

    @property
    def width(self) -> float:
        return self.x1 - self.x0

    @property
    def height(self) -> float:
        return self.y1 - self.y0

    @property
    def area(self) -> float:
        return self.width * self.height

    @property
    def center(self) -> Point:
        return ((self.x0 + self.x1) / 2, (self.y0 + self.y1) / 2)

    def contains(self, x: float, y: float) -> bool:
        """Whether the point lies inside or on the edge."""
        return self.x0 <= x <= self.x1 and self.y0 <= y <= self.y1

    def scaled(self, x_factor: float, y_factor: float) -> Box:
        """The box on a page whose width and height were multiplied by the factors."""
        return Box(self.x0 * x_factor, self.y0 * y_factor, self.x1 * x_factor, self.y1 * y_factor)

    def intersection_area(self, other: Box) -> float:
        """Area shared with ``other`` in square pixels, 0 when they do not meet."""
        width = min(self.x1, other.x1) - max(self.x0, other.x0)
        height = min(self.y1, other.y1) - max(self.y0, other.y0)
        return width * height if width > 0 and height > 0 else 0.0


def union_box(boxes: Iterable[Box]) -> Box:
    """The smallest box around all ``boxes``.

    Raises:
        ValueError: ``boxes`` is empty.
    """
    boxes = list(boxes)
    if not boxes:
        raise ValueError("The union of no boxes is not defined.")
    return Box(
        min(box.x0 for box in boxes),
        min(box.y0 for box in boxes),
        max(box.x1 for box in boxes),
        max(box.y1 for box in boxes),
    )


def quad_box(quad: Quad) -> Box:
    """The smallest box around a quadrilateral."""
    xs = [x for x, _ in quad]
    ys = [y for _, y in quad]
    return Box(min(xs), min(ys), max(xs), max(ys))


def turned_back(point: Point, *, rotation: int, width: int, height: int) -> Point:
    """Where a point of a turned image lies in the image before.

    Args:
        point: In the turned image.
        rotation: Degrees clockwise the image was turned by: 0, 90, 180 or 270.
        width: Of the image before it was turned, in pixels.
        height: Likewise.
    """
    x, y = point
    if rotation == 90:
        return (y, height - x)
    if rotation == 180:
        return (width - x, height - y)
    if rotation == 270:
        return (width - y, x)
    return point
