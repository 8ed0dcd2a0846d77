"""Which signs of a line lie in which image token."""

from __future__ import annotations

import functools
import itertools
from collections.abc import Sequence

import torch

from tiny_models.lines import ALPHABET, Line
from tiny_models.typefaces import ink_of

SLOTS = 3
"""Signs of a cell that are asked for, from left to right."""

_BLANK = len(ALPHABET)


def cell_signs(lines: Sequence[Line], *, seen: tuple[int, int], unit: int) -> torch.Tensor:
    """The signs whose middle lies in a cell, by their number in the alphabet; blank where none is.

    Args:
        lines: On images of one size.
        seen: Width and height of the images as the model sees them.
        unit: Side of a cell in pixels of what the model sees.

    Returns:
        (cells of all images, slots), row after row of each image.
    """
    columns, rows = seen[0] // unit, seen[1] // unit
    signs = torch.full((len(lines), rows, columns, SLOTS), _BLANK)
    for index, line in enumerate(lines):
        scale = (seen[0] / line.image.width, seen[1] / line.image.height)
        height = (line.box[1] + line.box[3]) / 2 * scale[1]
        row = min(rows - 1, int(height // unit))
        taken = [0] * columns
        for sign, middle in zip(line.text, _middles(line), strict=True):
            column = min(columns - 1, int(middle * scale[0] // unit))
            if taken[column] < SLOTS:
                signs[index, row, column, taken[column]] = ALPHABET.index(sign)
                taken[column] += 1
    return signs.reshape(-1, SLOTS)


def _middles(line: Line) -> list[float]:
    """Where the signs of a line are, in pixels of its image from the left."""
    advances = [_advance(sign, line.typeface) for sign in line.text]
    ends = list(itertools.accumulate(advances))
    scale = (line.box[2] - line.box[0]) / ends[-1]
    return [
        line.box[0] + (end - advance / 2) * scale
        for end, advance in zip(ends, advances, strict=True)
    ]


@functools.cache
def _advance(sign: str, typeface: str) -> int:
    """How much wider a line becomes by a sign."""
    return ink_of(f"H{sign}H", typeface).width - ink_of("HH", typeface).width
