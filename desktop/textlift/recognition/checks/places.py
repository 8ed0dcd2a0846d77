"""Where the text of a reading and the lines that a detector saw are on the page."""

from __future__ import annotations

import math
import statistics
from collections.abc import Iterable, Iterator, Sequence

import msgspec

from textlift.content.block import Block, BlockKind, Line
from textlift.content.geometry import Box, Point, Quad, union_box
from textlift.content.reading import PageReading, block_lines

_STEPS = 12
"""Points along a line at which one looks what covers it."""


class Piece(msgspec.Struct, frozen=True):
    """Text of a reading with its place: a printed line, or a block whose lines have none.

    Attributes:
        text: May be empty for a picture.
        box: In pixels of the page.
        kind: Of its block.
        block: Index into ``PageReading.blocks``.
        quad: The corners of a line that runs askew.
        is_line: Whether it is one printed line.
    """

    text: str
    box: Box
    kind: BlockKind
    block: int
    quad: Quad | None = None
    is_line: bool = False


def placed_pieces(reading: PageReading) -> tuple[Piece, ...]:
    """The text that has a place, in reading order; blocks and lines without one are left out."""
    return tuple(
        piece for index, block in enumerate(reading.blocks) for piece in _pieces(block, index)
    )


def unplaced_text(reading: PageReading) -> str:
    """The text that has no place."""
    return "\n".join(
        line.text
        for block in reading.blocks
        if block.box is None
        for line in block_lines(block)
        if line.box is None
    )


def _pieces(block: Block, index: int) -> Iterator[Piece]:
    if block.kind is BlockKind.PICTURE and block.box is not None:
        yield Piece(block.text, block.box, block.kind, index)
        return
    boxed = [line for line in block.lines if line.box is not None]
    if block.box is not None and len(boxed) < max(1, len(block.lines)):
        text = "\n".join(line.text for line in block_lines(block))
        yield Piece(text, block.box, block.kind, index)
        return
    for line in boxed:
        assert line.box is not None
        yield Piece(line.text, line.box, block.kind, index, line.quad, is_line=True)


class Seen(msgspec.Struct, frozen=True):
    """A line that the detector saw.

    Attributes:
        box: Around it.
        length: Along its letters, in pixels.
        height: Across them.
        axis: Points along its middle.
    """

    box: Box
    length: float
    height: float
    axis: tuple[Point, ...]

    @property
    def middle(self) -> Point:
        """Half-way along it."""
        return self.axis[len(self.axis) // 2]


def seen_lines(lines: Iterable[Line], *, within: Box | None) -> tuple[Seen, ...]:
    """The lines that a detector saw, in the part of the page that was to be read."""
    seen = (_seen(line) for line in lines if line.box is not None)
    return tuple(one for one in seen if within is None or within.contains(*one.middle))


def _seen(line: Line) -> Seen:
    box = line.box
    assert box is not None
    quad = line.quad or ((box.x0, box.y0), (box.x1, box.y0), (box.x1, box.y1), (box.x0, box.y1))
    a, b, c, d = quad
    first, second = math.dist(a, b), math.dist(b, c)
    if first >= second:
        start, end = _mid(a, d), _mid(b, c)
    else:
        start, end = _mid(a, b), _mid(d, c)
    return Seen(
        box=box,
        length=max(first, second, 1.0),
        height=max(1.0, min(first, second)),
        axis=tuple(_between(start, end, (step + 0.5) / _STEPS) for step in range(_STEPS)),
    )


def _mid(one: Point, other: Point) -> Point:
    return _between(one, other, 0.5)


def _between(one: Point, other: Point, share: float) -> Point:
    return (one[0] + share * (other[0] - one[0]), one[1] + share * (other[1] - one[1]))


def body_height(seen: Sequence[Seen]) -> float:
    """The height of most lines, the longer a line the more it counts; 1 without any."""
    if not seen:
        return 1.0
    half = sum(one.length for one in seen) / 2
    for one in sorted(seen, key=lambda one: one.height):
        half -= one.length
        if half <= 0:
            return one.height
    return statistics.median(one.height for one in seen)


def covered_share(line: Seen, pieces: Sequence[Piece], *, margin: float) -> float:
    """How much of a line lies in some pieces.

    Args:
        line: What was seen.
        pieces: What was read.
        margin: Pixels by which pieces reach beyond their edges.
    """
    near = [piece for piece in pieces if meet(line.box, piece.box, margin=margin)]
    inside = sum(any(_holds(piece, point, margin) for piece in near) for point in line.axis)
    return inside / len(line.axis)


def meet(one: Box, other: Box, *, margin: float = 0.0) -> bool:
    """Whether two boxes touch when either is made larger."""
    return (
        one.x0 - margin <= other.x1
        and other.x0 - margin <= one.x1
        and one.y0 - margin <= other.y1
        and other.y0 - margin <= one.y1
    )


def _holds(piece: Piece, point: Point, margin: float) -> bool:
    x, y = point
    box = piece.box
    if not (box.x0 - margin <= x <= box.x1 + margin and box.y0 - margin <= y <= box.y1 + margin):
        return False
    return piece.quad is None or _in_quad(piece.quad, point, margin)


def _in_quad(quad: Quad, point: Point, margin: float) -> bool:
    """Whether a point is no farther outside a clockwise quadrilateral than the margin."""
    for index, (x0, y0) in enumerate(quad):
        x1, y1 = quad[(index + 1) % 4]
        side = math.hypot(x1 - x0, y1 - y0)
        inward = (x1 - x0) * (point[1] - y0) - (y1 - y0) * (point[0] - x0)
        if side > 0 and inward / side < -margin:
            return False
    return True


def around(boxes: Iterable[Box | None]) -> Box | None:
    """The box around those that are known."""
    known = [box for box in boxes if box is not None]
    return union_box(known) if known else None
