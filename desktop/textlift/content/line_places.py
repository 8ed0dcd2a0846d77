"""Where the lines of a text are on the page, as far as that is known."""

from __future__ import annotations

from collections.abc import Sequence

from textlift.content.block import Block, Line
from textlift.content.geometry import Box, Quad, quad_box
from textlift.content.page import EditedLine
from textlift.content.reading import block_lines

Place = Line
"""Where a line's text is: of the line only box and corners count."""


def line_places(blocks: Sequence[Block], scale: tuple[float, float]) -> list[Place | None]:
    """Where each printed line is; of a block whose lines have no boxes, a slice of the block's."""
    places: list[Place | None] = []
    for block in blocks:
        lines = block_lines(block)
        for number, line in enumerate(lines):
            box = quad_box(line.quad) if line.quad is not None else line.box
            if box is None and block.box is not None:
                step = block.box.height / len(lines)
                top = block.box.y0 + number * step
                box = Box(block.box.x0, top, block.box.x1, top + step)
            if box is None:
                places.append(None)
            else:
                quad = _scaled(line.quad, scale) if line.quad is not None else None
                places.append(Line(text="", box=box.scaled(*scale), quad=quad))
    return places


def _scaled(quad: Quad, scale: tuple[float, float]) -> Quad:
    a, b, c, d = ((x * scale[0], y * scale[1]) for x, y in quad)
    return a, b, c, d


def place_of(line: EditedLine, places: Sequence[Place | None]) -> Place | None:
    """Where a line of the page's text is, by the printed line that it came from."""
    known = line.source is not None and 0 <= line.source < len(places)
    return places[line.source] if known and line.source is not None else None


def known_boxes(numbers: Sequence[int], places: Sequence[Place | None]) -> list[Box]:
    """The boxes of those of the lines whose place is known."""
    found = (places[number] for number in numbers)
    return [place.box for place in found if place is not None and place.box is not None]
