"""The order in which the lines of a page are read: columns, rows, paragraphs."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from textlift.content.block import BlockKind
from textlift.content.geometry import Box


class Placed(msgspec.Struct, frozen=True):
    """A piece of text on a page that was made upright and straight.

    Attributes:
        box: In pixels of the straight page.
        text: What it says.
    """

    box: Box
    text: str


class OrderedBlock(msgspec.Struct, frozen=True):
    """A block of a page.

    Attributes:
        kind: What it looks like.
        rows: Indices of the pieces that stand beside each other on a printed line, for each line.
    """

    kind: BlockKind
    rows: tuple[tuple[int, ...], ...]


def order_blocks(pieces: Sequence[Placed]) -> tuple[OrderedBlock, ...]:
    """Blocks of a page in reading order; each piece is in exactly one."""
    order = sorted(range(len(pieces)), key=lambda index: pieces[index].box.y0)
    return (
        (OrderedBlock(kind=BlockKind.TEXT, rows=tuple((index,) for index in order)),)
        if pieces
        else ()
    )
