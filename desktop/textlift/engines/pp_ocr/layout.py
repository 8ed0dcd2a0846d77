"""From pieces of text to the blocks of a page."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence

from textlift.content.block import Block, Line
from textlift.content.geometry import Box, Quad, quad_box, union_box
from textlift.content.placed import Placed
from textlift.content.reading_order import order_blocks
from textlift.engines.pp_ocr.page import PageAnalysis
from textlift.engines.pp_ocr.pieces import Piece

_LEVEL = 0.3
"""Degrees off the page's edges below which a line needs no quad beside its box."""

_MARGIN = 0.3
"""Of a found line at either end, in its heights."""


def make_blocks(pieces: Sequence[Piece], analysis: PageAnalysis) -> tuple[Block, ...]:
    """Blocks in reading order; pieces without text are left out."""
    pieces = [piece for piece in pieces if piece.read.text.strip()]
    placed = [
        Placed(box=letters_box(piece.quad, analysis), text=piece.read.text) for piece in pieces
    ]
    blocks: list[Block] = []
    for ordered in order_blocks(placed):
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


def letters_box(quad: Quad, analysis: PageAnalysis) -> Box:
    """Around the letters in a quad, on the page made upright and straight.

    The detector leaves a margin at both ends of a line, wide enough to close narrow gutters.
    """
    a, b, c, d = (analysis.straight(point) for point in quad)
    box = quad_box((a, b, c, d))
    margin = min(_MARGIN * box.height, box.width / 4)
    return Box(box.x0 + margin, box.y0, box.x1 - margin, box.y1)


def found_line(quad: Quad, analysis: PageAnalysis) -> Line:
    """A line whose place is known and nothing else yet."""
    return Line(text="", box=quad_box(quad), quad=_quad_if_askew(quad, analysis))


def read_line(piece: Piece, analysis: PageAnalysis) -> Line:
    """A piece as a line of its own."""
    return _line([piece], analysis)


def _line(row: Sequence[Piece], analysis: PageAnalysis) -> Line:
    text = " ".join(piece.read.text.strip() for piece in row)
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


def _quad_if_askew(quad: Quad, analysis: PageAnalysis) -> Quad | None:
    return quad if abs(analysis.skew) >= _LEVEL or analysis.rotation else None
