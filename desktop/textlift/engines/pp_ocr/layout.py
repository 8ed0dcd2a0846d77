"""From pieces of text to the blocks of a page."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Container, Sequence

from textlift.content.block import Block, Line
from textlift.content.geometry import Box, Point, Quad, quad_box, union_box
from textlift.content.placed import Placed
from textlift.content.reading_order import order_blocks
from textlift.engines.pp_ocr.orientation import length_and_height
from textlift.engines.pp_ocr.page import PageAnalysis
from textlift.engines.pp_ocr.pieces import Piece
from textlift.engines.pp_ocr.reading_direction import runs_right_to_left

_LEVEL = 0.3
"""Degrees off the page's edges below which a line needs no quad beside its box."""

_MARGIN = 0.3
"""Of a found line at either end, in its heights."""


def make_blocks(pieces: Sequence[Piece], analysis: PageAnalysis) -> tuple[Block, ...]:
    """Blocks in reading order; pieces without text are left out."""
    pieces = [piece for piece in pieces if piece.read.text.strip()]
    blocks: list[Block] = []
    for ordered in order_blocks([place(piece, analysis) for piece in pieces]):
        lines = tuple(_line([pieces[i] for i in row], analysis) for row in ordered.rows)
        blocks.append(
            Block(
                kind=ordered.kind,
                text="\n".join(line.text for line in lines),
                box=union_box(line.box for line in lines if line.box is not None),
                level=1 if ordered.kind.value == "heading" else 0,
                lines=lines,
            )
        )
    return tuple(blocks)


def place(piece: Piece, analysis: PageAnalysis) -> Placed:
    """A piece on the page made upright and straight."""
    return place_quad(piece.quad, analysis.straight, text=piece.read.text)


def place_quad(quad: Quad, straight: Callable[[Point], Point], *, text: str) -> Placed:
    """What a quad holds on the page made upright and straight.

    The detector leaves a margin at both ends of a line, wide enough to close narrow gutters.

    Args:
        quad: As found, in pixels of the page.
        straight: Takes points of the page to the page made upright and straight.
        text: What the quad holds.
    """
    corners = [straight(point) for point in quad]
    x = sum(corner[0] for corner in corners) / 4
    y = sum(corner[1] for corner in corners) / 4
    length, height = length_and_height(quad)
    half = length / 2 - min(_MARGIN * height, length / 4)
    (x0, y0), (x1, y1), (x2, y2), (x3, y3) = corners
    run = x1 - x0 + x2 - x3
    return Placed(
        box=Box(x - half, y - height / 2, x + half, y + height / 2),
        text=text,
        slope=(y1 - y0 + y2 - y3) / run if length > 4 * height and run > 0 else 0.0,
    )


def found_line(quad: Quad, analysis: PageAnalysis) -> Line:
    """A line whose place is known and nothing else yet."""
    return Line(text="", box=quad_box(quad), quad=_quad_if_askew(quad, analysis))


def found_lines(analysis: PageAnalysis, *, besides: Container[Quad] = ()) -> tuple[Line, ...]:
    """All lines that were found on a page, without text, besides some that are none."""
    return tuple(found_line(quad, analysis) for quad in analysis.quads if quad not in besides)


def read_line(piece: Piece, analysis: PageAnalysis) -> Line:
    """A piece as a line of its own."""
    return _line([piece], analysis)


def _line(row: Sequence[Piece], analysis: PageAnalysis) -> Line:
    spoken = row[::-1] if runs_right_to_left(piece.read.text for piece in row) else row
    text = spoken[0].read.text.strip()
    for piece in spoken[1:]:
        following = piece.read.text.strip()
        text += ("" if _is_wide(text[-1]) and _is_wide(following[0]) else " ") + following
    weights = [len(piece.read.text) for piece in row]
    score = sum(
        piece.read.score * weight for piece, weight in zip(row, weights, strict=True)
    ) / sum(weights)
    quad = (row[0].quad[0], row[-1].quad[1], row[-1].quad[2], row[0].quad[3])
    return Line(
        text=unicodedata.normalize("NFC", text),
        box=union_box(quad_box(piece.quad) for piece in row),
        score=round(score, 4),
        quad=_quad_if_askew(quad, analysis),
    )


def _is_wide(character: str) -> bool:
    """Whether it is of a script that puts no spaces between words."""
    return unicodedata.east_asian_width(character) in "WF"


def _quad_if_askew(quad: Quad, analysis: PageAnalysis) -> Quad | None:
    return quad if abs(analysis.skew) >= _LEVEL or analysis.rotation else None
