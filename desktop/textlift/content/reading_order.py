"""The order in which the text of a page is read: columns, rows, paragraphs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import msgspec

from textlift.content.block import BlockKind
from textlift.content.columns import split_columns
from textlift.content.paragraphs import Row, group_paragraphs, kind_of
from textlift.content.placed import Placed, line_height
from textlift.content.rows import group_rows

_WIDE_GAP = 2.0
"""Line heights of white across a page that part it, columns and all."""


class OrderedBlock(msgspec.Struct, frozen=True):
    """A block of a page.

    Attributes:
        kind: What it looks like.
        rows: Indices of the pieces that stand beside each other on a printed line, for each line.
    """

    kind: BlockKind
    rows: tuple[tuple[int, ...], ...]


def order_blocks(pieces: Sequence[Placed]) -> tuple[OrderedBlock, ...]:
    """Blocks of a page in reading order; each piece is in exactly one.

    Running text in columns is read column by column; tables, receipts and forms line by line.

    Args:
        pieces: In any order, on the page made upright and straight.
    """
    index = {id(piece): number for number, piece in enumerate(pieces)}
    body = line_height(pieces)
    return tuple(
        OrderedBlock(
            kind=kind_of(paragraph, body_height=body),
            rows=tuple(tuple(index[id(piece)] for piece in row) for row in paragraph),
        )
        for rows in _regions(list(pieces))
        for paragraph in group_paragraphs(rows)
    )


def _regions(pieces: list[Placed]) -> Iterator[list[Row]]:
    """Rows of each region that is read from top to bottom, regions in reading order."""
    waiting = [pieces]
    while waiting:
        region = waiting.pop()
        if not region:
            continue
        bands = _bands(region)
        if len(bands) > 1:
            waiting.extend(reversed(bands))
            continue
        split = split_columns(region)
        if split is None:
            yield group_rows(region)
        else:
            waiting.extend([split.below, split.astride, split.right, split.left, split.above])


def _bands(pieces: Sequence[Placed]) -> list[list[Placed]]:
    """The pieces parted where wide white runs across all of them."""
    gap = _WIDE_GAP * line_height(pieces)
    bands: list[list[Placed]] = []
    bottom = float("-inf")
    for piece in sorted(pieces, key=lambda piece: piece.box.y0):
        if piece.box.y0 - bottom > gap:
            bands.append([])
        bands[-1].append(piece)
        bottom = max(bottom, piece.box.y1)
    return bands
