"""Cutting large, tall and wide pages into tiles for the detector, and joining what was found."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterable, Sequence

import msgspec

from textlift.content.geometry import Box, Quad, quad_box

LONG_SIDE = 1280
"""Of a page as the detector sees it: measured to be enough, at half the time of 2000."""
_MAX_ASPECT = 2.2
_MAX_ENLARGEMENT = 2.0
_MIN_SHORT_SIDE = 736
_OVERLAP = 0.12
_SMALLEST_LINE = 12.0
"""Height of a found line, in pixels of the detector's picture, below which others are missed."""
_GOOD_LINE = 20.0
_MOST_PIXELS = 16_000_000
"""Of one page in the detector, all tiles together, when it looks closer."""


class Tile(msgspec.Struct, frozen=True):
    """A part of a page and how much it is scaled for the detector; page pixels."""

    x0: int
    y0: int
    x1: int
    y1: int
    scale: float


def first_scale(width: int, height: int) -> float:
    """How much a page is scaled to find its lines.

    Shrinks to ``LONG_SIDE``, a very tall or wide page to several times that; enlarges a small
    one, whose letters are small too.
    """
    short, long = min(width, height), max(width, height)
    long = min(long, max(round(short * _MAX_ASPECT), LONG_SIDE))
    if long > LONG_SIDE:
        return LONG_SIDE / long
    return min(LONG_SIDE / long, max(1.0, _MIN_SHORT_SIDE / short), _MAX_ENLARGEMENT)


def closer_scale(scale: float, line_height: float, *, pixels: int) -> float:
    """A larger scale for a page whose lines are too small to be found at ``scale``.

    Args:
        scale: What it was searched at.
        line_height: Of the lines found, in pixels of the page.
        pixels: Of the page.
    """
    if line_height * scale >= _SMALLEST_LINE:
        return scale
    affordable = math.sqrt(_MOST_PIXELS / pixels)
    return max(scale, min(1.0, _GOOD_LINE / line_height, affordable))


def tiles_of(width: int, height: int, scale: float) -> list[Tile]:
    """Overlapping tiles that cover a page, each at most ``LONG_SIDE`` long once scaled."""
    side = math.ceil(LONG_SIDE / scale)
    return [
        Tile(x0, y0, min(width, x0 + side), min(height, y0 + side), scale)
        for y0 in _starts(height, side)
        for x0 in _starts(width, side)
    ]


def _starts(length: int, side: int) -> list[int]:
    if length <= side:
        return [0]
    count = math.ceil((length - side) / (side * (1 - _OVERLAP))) + 1
    return [round(index * (length - side) / (count - 1)) for index in range(count)]


def join_tiles(found: Iterable[tuple[Tile, Sequence[Quad]]]) -> list[Quad]:
    """The quads of all tiles in page pixels, without doubles; parts of a cut line joined."""
    joined: list[tuple[Quad, Box]] = []
    for tile, quads in found:
        area = Box(tile.x0, tile.y0, tile.x1, tile.y1)
        near = [entry for entry in joined if entry[1].intersection_area(area)]
        away = [entry for entry in joined if not entry[1].intersection_area(area)]
        for quad in quads:
            merged = _moved(quad, tile.x0, tile.y0)
            # A line can go on in several parts that were found before.
            while twin := next((e for e in near if _is_same_line(quad_box(merged), e[1])), None):
                near.remove(twin)
                merged = _united(twin[0], merged)
            near.append((merged, quad_box(merged)))
        joined = away + near
    return [quad for quad, _ in joined]


def _moved(quad: Quad, dx: int, dy: int) -> Quad:
    a, b, c, d = ((x + dx, y + dy) for x, y in quad)
    return (a, b, c, d)


def _is_same_line(a: Box, b: Box) -> bool:
    """Whether two boxes of different tiles overlap as the parts of a cut line do."""
    lower = min(a.height, b.height)
    return min(a.y1, b.y1) - max(a.y0, b.y0) > 0.6 * lower and min(a.x1, b.x1) - max(
        a.x0, b.x0
    ) > 0.5 * min(lower, a.width, b.width)


def _united(a: Quad, b: Quad) -> Quad:
    """One quad around both parts of a line."""
    first, second = quad_box(a), quad_box(b)
    smaller = min(first.area, second.area)
    if first.intersection_area(second) > 0.9 * smaller:
        return a if first.area >= second.area else b
    if min(first.x1, second.x1) - max(first.x0, second.x0) < 0.9 * min(first.width, second.width):
        left, right = (a, b) if first.x0 <= second.x0 else (b, a)
        return (left[0], right[1], right[2], left[3])
    xs, ys = zip(*itertools.chain(a, b), strict=True)
    x0, y0, x1, y1 = min(xs), min(ys), max(xs), max(ys)
    return ((x0, y0), (x1, y0), (x1, y1), (x0, y1))
