"""Figures that Tesseract left out of a page, such as its number, taken from PP-OCRv6.

Tesseract's layout takes a few small signs that stand alone for dirt. What has no letters is the
same in every alphabet, so PP-OCRv6 reads it on a page whose letters it does not know.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

import msgspec

from textlift.content.block import Block, BlockKind, Line
from textlift.content.geometry import Box, Point, Quad, quad_box
from textlift.content.reading import PageReading
from textlift.engines.pp_ocr.orientation import length_and_height
from textlift.engines.pp_ocr.pieces import Piece

_STEPS = 12
"""Points along a line at which one looks whether some text lies over it."""
_COVERED = 0.5
"""Share of them that makes a line one that was read."""
_REACH = 0.2
"""Heights of a line by which text reaches beyond its box."""
_LONGEST = 12.0
"""Heights of a line that figures are long at most: a page that was left out is not read here."""
_SURE = 0.9
"""PP-OCRv6's confidence in figures that nobody else has read."""


def quads_left_out(quads: Iterable[Quad], reading: PageReading) -> tuple[Quad, ...]:
    """The short lines that were found on a page and that no text of the reading lies over."""
    boxes = [line.box for line in reading.lines if line.box is not None and line.text.strip()]
    return tuple(quad for quad in quads if _is_short(quad) and not _is_covered(quad, boxes))


def are_figures(piece: Piece) -> bool:
    """Whether a piece is sure to be digits, with punctuation and without a letter."""
    text = piece.read.text
    return (
        piece.read.score >= _SURE
        and any(char.isdigit() for char in text)
        and not any(char.isalpha() for char in text)
    )


def with_lines(
    reading: PageReading, lines: Sequence[Line], *, straight: Callable[[Point], Point]
) -> PageReading:
    """The reading with more lines, each a block of its own in its place.

    Args:
        reading: With blocks in reading order.
        lines: With their places.
        straight: Takes points of the page to the page made upright and straight.
    """
    blocks = list(reading.blocks)
    places = [_upright(block.box, straight) for block in blocks]
    for line in sorted(lines, key=lambda line: _top(line, straight)):
        place = _upright(line.box, straight)
        index = _index_of(place, places) if place is not None else len(blocks)
        block = Block(kind=BlockKind.TEXT, text=line.text, box=line.box, lines=(line,))
        blocks.insert(index, block)
        places.insert(index, place)
    return msgspec.structs.replace(reading, blocks=tuple(blocks))


def _is_short(quad: Quad) -> bool:
    length, height = length_and_height(quad)
    return length <= _LONGEST * height


def _is_covered(quad: Quad, boxes: Sequence[Box]) -> bool:
    box = quad_box(quad)
    margin = _REACH * min(box.width, box.height)
    near = [
        other
        for other in boxes
        if other.x0 - margin <= box.x1
        and box.x0 <= other.x1 + margin
        and other.y0 - margin <= box.y1
        and box.y0 <= other.y1 + margin
    ]
    (ax, ay), (bx, by), (cx, cy), (dx, dy) = quad
    start, end = ((ax + dx) / 2, (ay + dy) / 2), ((bx + cx) / 2, (by + cy) / 2)
    inside = 0
    for step in range(_STEPS):
        share = (step + 0.5) / _STEPS
        x = start[0] + share * (end[0] - start[0])
        y = start[1] + share * (end[1] - start[1])
        inside += any(
            other.x0 - margin <= x <= other.x1 + margin
            and other.y0 - margin <= y <= other.y1 + margin
            for other in near
        )
    return inside >= _COVERED * _STEPS


def _upright(box: Box | None, straight: Callable[[Point], Point]) -> Box | None:
    if box is None:
        return None
    corners = ((box.x0, box.y0), (box.x1, box.y0), (box.x1, box.y1), (box.x0, box.y1))
    a, b, c, d = (straight(corner) for corner in corners)
    return quad_box((a, b, c, d))


def _top(line: Line, straight: Callable[[Point], Point]) -> float:
    place = _upright(line.box, straight)
    return place.y0 if place is not None else 0.0


def _index_of(place: Box, places: Sequence[Box | None]) -> int:
    """Before which block a line is put, by where it stands to the others.

    Above all of them it is the first, below all the last. Else it stands before what is below
    it in its column, or behind what is above it there.
    """
    middle = (place.y0 + place.y1) / 2
    known = [(index, other) for index, other in enumerate(places) if other is not None]
    if all(middle < other.y0 for _, other in known):
        return 0
    if all(middle > other.y1 for _, other in known):
        return len(places)
    column = [
        (index, other) for index, other in known if other.x0 < place.x1 and place.x0 < other.x1
    ]
    below = [index for index, other in column if other.y0 > middle]
    if below:
        return min(below)
    above = [index for index, _ in column] or [
        index for index, other in known if other.y0 <= middle
    ]
    return max(above) + 1
