"""Columns that were read straight across: a line of the left one, a line of the right one."""

from __future__ import annotations

import itertools
from collections.abc import Sequence

from textlift.content.block import BlockKind
from textlift.content.columns import split_columns
from textlift.content.geometry import Box
from textlift.content.placed import Placed
from textlift.recognition.checks.findings import Finding, Sort
from textlift.recognition.checks.places import Piece, around

_LINES = 5
"""Of each column at least."""
_CHANGES = 6
_CHANGES_PER_LINE = 0.5
"""Changes from one column to the other: at least so many, and for each line of the shorter."""
_MOST = 600


def find_interleaved_columns(pieces: Sequence[Piece], upright: Sequence[Box]) -> list[Finding]:
    """Columns of running text whose lines take turns.

    Args:
        pieces: Lines in the order of the text.
        upright: Their boxes on the page made upright.
    """
    lines = [
        Placed(box=box, text=piece.text, number=number)
        for number, (piece, box) in enumerate(zip(pieces, upright, strict=True))
        if piece.is_line and piece.kind is not BlockKind.TABLE and piece.text.strip()
    ][:_MOST]
    split = split_columns(lines) if len(lines) >= 2 * _LINES else None
    if split is None or min(len(split.left), len(split.right)) < _LINES:
        return []
    right = {line.number for line in split.right}
    order = sorted(right.union(line.number for line in split.left))
    changes = sum(
        (one in right) is not (other in right) for one, other in itertools.pairwise(order)
    )
    if changes < max(_CHANGES, _CHANGES_PER_LINE * min(len(split.left), len(split.right))):
        return []
    place = around(pieces[number].box for number in order)
    return [Finding(Sort.DISORDER, place, pieces[order[0]].text)]
