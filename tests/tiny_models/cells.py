"""Which signs lie in which image token: a lesson for the vision tower of a tiny model.

Whoever only hears what a whole line says must find out at once where a sign is and which it is; a
network that knows places by rotation alone does not find out for thousands of steps. Told the
signs of each cell of the image, it learns them from the first hundred steps on, in any place, size
and typeface. What is learnt on top of the tower for this lesson is thrown away afterwards.
"""

from __future__ import annotations

import functools
import itertools
from collections.abc import Sequence

import torch
from torch import nn
from torch.nn import functional

from tiny_models.lines import ALPHABET, Line
from tiny_models.typefaces import ink_of

SLOTS = 3
"""Signs of a cell that are asked for, from left to right."""

_BLANK = len(ALPHABET)
_BLANK_WEIGHT = 0.3


class CellLesson(nn.Module):
    """Names the signs of a cell by its image token alone."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.names = nn.Linear(width, SLOTS * (len(ALPHABET) + 1))

    def forward(self, features: torch.Tensor, signs: torch.Tensor) -> tuple[torch.Tensor, float]:
        """The loss, and the share of the signs that are named right.

        Args:
            features: Image tokens, (cells, width).
            signs: As ``cell_signs`` gives them, (cells, slots).
        """
        logits = self.names(features).reshape(-1, len(ALPHABET) + 1)
        wanted = signs.flatten()
        losses = functional.cross_entropy(logits, wanted, reduction="none")
        printed = wanted != _BLANK
        right = logits.argmax(-1)[printed] == wanted[printed]
        loss = losses[printed].mean() + _BLANK_WEIGHT * losses[~printed].mean()
        return loss, right.float().mean().item()


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
