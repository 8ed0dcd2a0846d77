"""Cutting large, tall and wide pages into tiles for the detector, and joining what was found."""

from __future__ import annotations

import math
from collections.abc import Iterable

import msgspec

from textlift.content.geometry import Box, Quad, quad_box

LONG_SIDE = 1280
"""Of a page as the detector sees it: measured to be enough, at half the time of 2000."""
_MAX_ASPECT = 2.2
_MAX_ENLARGEMENT = 2.0
_MIN_SHORT_SIDE = 736
_OVERLAP = 0.12


class Tile(msgspec.Struct, frozen=True):
    """A part of a page and how much it is scaled for the detector; page pixels."""

    x0: int
    y0: int
    x1: int
    y1: int
    scale: float


def tiles_of(width: int, height: int) -> list[Tile]:
    """Tiles that cover a page, overlapping along its long side."""
    short, long = min(width, height), max(width, height)
    if long <= max(short * _MAX_ASPECT, LONG_SIDE):
        return [Tile(0, 0, width, height, _scale(short, long))]
    length = max(round(short * _MAX_ASPECT / 1.3), LONG_SIDE)
    scale = _scale(short, length)
    step = length - round(length * _OVERLAP)
    count = math.ceil((long - length) / step) + 1
    starts = [round(index * (long - length) / max(1, count - 1)) for index in range(count)]
    if height >= width:
        return [Tile(0, start, width, start + length, scale) for start in starts]
    return [Tile(start, 0, start + length, height, scale) for start in starts]


def _scale(short: int, long: int) -> float:
    """Shrinks to ``LONG_SIDE``; enlarges small images, whose letters are small too."""
    if long > LONG_SIDE:
        return LONG_SIDE / long
    return min(LONG_SIDE / long, max(1.0, _MIN_SHORT_SIDE / short), _MAX_ENLARGEMENT)


def join_tiles(found: Iterable[tuple[Tile, list[Quad]]]) -> list[Quad]:
    """The quads of all tiles in page pixels, without doubles; halves of a cut line joined."""
    found = list(found)
    if len(found) == 1:
        return found[0][1]
    joined: list[Quad] = []
    recent: list[Quad] = []
    for tile, quads in found:
        fresh: list[Quad] = []
        for quad in (_moved(quad, tile.x0, tile.y0) for quad in quads):
            twin = _twin(quad, recent)
            if twin is None:
                fresh.append(quad)
            else:
                # It may go on into the next tile too.
                recent.remove(twin)
                fresh.append(_united(twin, quad))
        joined.extend(recent)
        recent = fresh
    return joined + recent


def _moved(quad: Quad, dx: int, dy: int) -> Quad:
    a, b, c, d = ((x + dx, y + dy) for x, y in quad)
    return (a, b, c, d)


def _twin(quad: Quad, others: Iterable[Quad]) -> Quad | None:
    """The quad of the tile before that shows the same line, or its other half."""
    box = quad_box(quad)
    best, best_share = None, 0.3
    for other in others:
        share = _shared(box, quad_box(other))
        if share > best_share:
            best, best_share = other, share
    return best


def _shared(a: Box, b: Box) -> float:
    smaller = min(a.area, b.area)
    return a.intersection_area(b) / smaller if smaller else 0.0


def _united(a: Quad, b: Quad) -> Quad:
    """One quad around both; upright, since tiles are only used where halves meet at an edge."""
    first, second = quad_box(a), quad_box(b)
    if _shared(first, second) > 0.9:
        return a if first.area >= second.area else b
    x0, y0 = min(first.x0, second.x0), min(first.y0, second.y0)
    x1, y1 = max(first.x1, second.x1), max(first.y1, second.y1)
    return ((x0, y0), (x1, y0), (x1, y1), (x0, y1))
