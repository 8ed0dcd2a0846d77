"""A made-up page: lines of print, what a detector sees of them, and readings of them."""

from __future__ import annotations

from collections.abc import Sequence

from textlift.content.block import Block, BlockKind, Line
from textlift.content.geometry import Box, union_box
from textlift.content.reading import PageReading
from textlift.inspection.messages import InkMap, PageLook

WIDTH, HEIGHT = 1000, 1400
LINE = 20
PITCH = 30
LETTER = 9.5
"""Width of a letter in pixels: 2.1 on a length of a line's height."""

_TEXT = (
    "the harbour lay quiet under a sky of slate and no vessel moved upon the water while old "
    "fishermen mended their nets beside the wall and spoke of winters that had carried away "
    "whole families from the lower town where narrow houses leaned together as if to listen "
    "for news that never came except by letter from distant cousins who had found employment "
    "in factories beyond the mountains and promised every spring to visit but somehow never "
    "managed the journey because trains were slow and holidays were short and money shorter "
    "still so children grew up knowing them only as signatures beneath hurried paragraphs"
)
WORDS = tuple(_TEXT.split())


def printed(text: str, x: float, y: float) -> Line:
    """A line of print at a place."""
    return Line(text=text, box=Box(x, y, x + len(text) * LETTER, y + LINE), score=0.95)


def paragraph(first: int, count: int, *, x: float = 100, y: float = 100) -> list[Line]:
    """So many lines of six words each, from a word of the text on."""
    return [
        printed(" ".join(WORDS[first + 6 * row : first + 6 * row + 6]), x, y + PITCH * row)
        for row in range(count)
    ]


def look_at(lines: Sequence[Line], *, ink: bool = True) -> PageLook:
    """What the inspector sees of some lines: their places, and their ink."""
    seen = tuple(Line(text="", box=line.box) for line in lines)
    return PageLook(lines=seen, ink=_ink(lines) if ink else None)


def _ink(lines: Sequence[Line]) -> InkMap:
    cell = 10
    columns, rows = WIDTH // cell, HEIGHT // cell
    shares = bytearray(columns * rows)
    for row in range(rows):
        for column in range(columns):
            x, y = (column + 0.5) * cell, (row + 0.5) * cell
            if any(line.box is not None and line.box.contains(x, y) for line in lines):
                shares[row * columns + column] = 60
    return InkMap(cell=cell, columns=columns, rows=rows, shares=bytes(shares))


def as_lines(*paragraphs: Sequence[Line], read_by: str = "small") -> PageReading:
    """The reading of an engine that gives each line its place."""
    return PageReading(
        blocks=tuple(
            Block(
                kind=BlockKind.TEXT,
                text="\n".join(line.text for line in lines),
                box=_around(lines),
                lines=tuple(lines),
            )
            for lines in paragraphs
        ),
        read_by=read_by,
    )


def as_blocks(*paragraphs: Sequence[Line]) -> PageReading:
    """That of a model that gives blocks a place, and not their lines."""
    return PageReading(
        blocks=tuple(
            Block(
                kind=BlockKind.TEXT,
                text=" ".join(line.text for line in lines),
                box=_around(lines),
            )
            for lines in paragraphs
        ),
        read_by="model",
    )


def as_text(*paragraphs: Sequence[Line]) -> PageReading:
    """That of a model that gives no places."""
    return PageReading(
        blocks=tuple(
            Block(kind=BlockKind.TEXT, text=" ".join(line.text for line in lines))
            for lines in paragraphs
        ),
        read_by="model",
    )


def _around(lines: Sequence[Line]) -> Box | None:
    boxes = [line.box for line in lines if line.box is not None]
    return union_box(boxes) if boxes else None
