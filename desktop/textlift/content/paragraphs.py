"""Printed lines gathered into paragraphs and headings."""

from __future__ import annotations

import itertools
import statistics
from collections.abc import Sequence

from textlift.content.block import BlockKind
from textlift.content.placed import Placed

Row = list[Placed]

_LIKE = 1.3
_HEADING = 1.4
_LONGEST_HEADING = 120


def group_paragraphs(rows: Sequence[Row]) -> list[list[Row]]:
    """Paragraphs of a column: rows of like height, close to each other."""
    if not rows:
        return []
    spacing = _usual_spacing(rows)
    paragraphs: list[list[Row]] = [[rows[0]]]
    for row in rows[1:]:
        paragraph = paragraphs[-1]
        if _belongs(row, paragraph, spacing):
            paragraph.append(row)
        else:
            paragraphs.append([row])
    return paragraphs


def kind_of(paragraph: Sequence[Row], *, body_height: float) -> BlockKind:
    """Heading or text, by the height of the letters against that of the page's body."""
    text = " ".join(piece.text for row in paragraph for piece in row)
    height = statistics.median(_height(row) for row in paragraph)
    if (
        height >= _HEADING * body_height
        and len(paragraph) <= 3
        and len(text) <= _LONGEST_HEADING
        and sum(char.isalpha() for char in text) > len(text) / 2
    ):
        return BlockKind.HEADING
    return BlockKind.TEXT


def _belongs(row: Row, paragraph: Sequence[Row], spacing: float) -> bool:
    before = paragraph[-1]
    lower, higher = sorted((_height(before), _height(row)))
    if higher > _LIKE * lower:
        return False
    if _middle(row) - _middle(before) > spacing + 0.45 * lower:
        return False
    # An indented line begins a paragraph when the one before it was not indented too.
    indent = row[0].box.x0 - before[0].box.x0
    ended_early = before[-1].box.x1 < max(r[-1].box.x1 for r in paragraph) - 2 * lower
    if 0.8 * lower < indent < 6 * lower and (ended_early or len(paragraph) > 1):
        return False
    # So does one that hangs out, as the next item of a list does.
    return not (indent < -0.8 * lower and len(paragraph) > 1)


def _usual_spacing(rows: Sequence[Row]) -> float:
    """The usual distance from line to line, in pixels."""
    steps = [
        step
        for above, below in itertools.pairwise(rows)
        if 0 < (step := _middle(below) - _middle(above)) < 3 * _height(above)
    ]
    return statistics.median(steps) if steps else _height(rows[0])


def _height(row: Row) -> float:
    return max(1.0, *(piece.box.height for piece in row))


def _middle(row: Row) -> float:
    return sum(piece.box.center[1] for piece in row) / len(row)
