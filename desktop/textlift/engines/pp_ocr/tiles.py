"""Cutting large, tall and wide pages into tiles for the detector, and joining what was found."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterable, Sequence

import msgspec

from textlift.content.geometry import Box, Quad, quad_box
from textlift.engines.pp_ocr.orientation import length_and_height

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
    joined: list[Quad] = []
    for tile, quads in found:
        area = Box(tile.x0, tile.y0, tile.x1, tile.y1)
        near: list[Quad] = []
        away: list[Quad] = []
        for quad in joined:
            (near if quad_box(quad).intersection_area(area) else away).append(quad)
        fresh: list[Quad] = []
        for quad in quads:
            merged = _moved(quad, tile.x0, tile.y0)
            # A line can go on in several parts that were found before.
            while (twin := next((q for q in near if _is_same_line(q, merged)), None)) is not None:
                near.remove(twin)
                merged = _united(twin, merged)
            fresh.append(merged)
        joined = away + near + fresh
    return joined


def _moved(quad: Quad, dx: int, dy: int) -> Quad:
    a, b, c, d = ((x + dx, y + dy) for x, y in quad)
    return (a, b, c, d)


def _is_same_line(a: Quad, b: Quad) -> bool:
    """Whether two quads of different tiles overlap as the parts of a cut line do."""
    first, second = quad_box(a), quad_box(b)
    x0, x1 = max(first.x0, second.x0), min(first.x1, second.x1)
    heights = (length_and_height(a)[1], length_and_height(b)[1])
    if x1 - x0 <= 0.5 * min(*heights, first.width, second.width):
        return False
    # Where a skewed line's box overlaps those above and below it, its middle does not.
    x = (x0 + x1) / 2
    return abs(_middle_at(a, x) - _middle_at(b, x)) < 0.5 * max(heights)


def _middle_at(quad: Quad, x: float) -> float:
    """The height at which the middle of a line passes ``x``."""
    left = ((quad[0][0] + quad[3][0]) / 2, (quad[0][1] + quad[3][1]) / 2)
    right = ((quad[1][0] + quad[2][0]) / 2, (quad[1][1] + quad[2][1]) / 2)
    if right[0] - left[0] < 1:
        return (left[1] + right[1]) / 2
    return left[1] + (right[1] - left[1]) * (x - left[0]) / (right[0] - left[0])


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
