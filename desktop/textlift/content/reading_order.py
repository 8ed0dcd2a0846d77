"""The order in which the text of a page is read: columns, rows, paragraphs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import msgspec

from textlift.content.block import BlockKind
from textlift.content.columns import split_columns
from textlift.content.geometry import union_box
from textlift.content.paragraphs import Row, group_paragraphs, kind_of
from textlift.content.placed import Placed, levelled, line_height
from textlift.content.rows import group_rows

_WIDE_GAP = 2.0
"""Line heights of white across a page that part it, columns and all."""
_WORD_GAP = 0.3
"""Line heights between two pieces of one line that the detector took apart."""


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
    runs = _joined(pieces)
    numbered = [
        msgspec.structs.replace(_as_one([pieces[index] for index in run]), number=number)
        for number, run in enumerate(runs)
    ]
    body = line_height(pieces)
    return tuple(
        OrderedBlock(
            kind=kind_of(paragraph, body_height=body),
            rows=tuple(
                tuple(index for run in row for index in runs[run.number]) for row in paragraph
            ),
        )
        for rows in _regions(numbered)
        for paragraph in group_paragraphs(rows)
    )


def _joined(pieces: Sequence[Placed]) -> list[tuple[int, ...]]:
    """Indices of pieces that are parts of one line, no farther apart than words are."""
    numbered = [
        msgspec.structs.replace(piece, number=number) for number, piece in enumerate(pieces)
    ]
    runs: list[tuple[int, ...]] = []
    for row in group_rows(numbered):
        run = [row[0]]
        for piece in row[1:]:
            if piece.box.x0 - run[-1].box.x1 > _WORD_GAP * line_height([piece, run[-1]]):
                runs.append(tuple(part.number for part in run))
                run = []
            run.append(piece)
        runs.append(tuple(part.number for part in run))
    return runs


def _as_one(parts: Sequence[Placed]) -> Placed:
    if len(parts) == 1:
        return parts[0]
    return Placed(
        box=union_box(part.box for part in parts),
        text=" ".join(part.text for part in parts),
        slope=max(parts, key=lambda part: part.box.width).slope,
    )


def _regions(pieces: list[Placed]) -> Iterator[list[Row]]:
    """Rows of each region that is read from top to bottom, regions in reading order."""
    waiting = [pieces]
    while waiting:
        region = levelled(waiting.pop())
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
