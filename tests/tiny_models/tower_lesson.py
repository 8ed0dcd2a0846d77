"""Teaches a vision tower which signs lie where, while the whole model learns to write them."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import nn
from torch.nn import functional

from tiny_models.cells import SLOTS, cell_signs
from tiny_models.lines import ALPHABET, Line

_BLANK = len(ALPHABET)
_BLANK_WEIGHT = 0.3


class TowerLesson(nn.Module):
    """Names the signs of each cell by its image token; thrown away after the training."""

    def __init__(self, tower: nn.Module, width: int, *, unit: int) -> None:
        """Listens to what the tower gives.

        Args:
            tower: Of the library; gives a token for each cell, row after row.
            width: Of an image token.
            unit: Side of a cell in pixels of what the model sees.
        """
        super().__init__()
        self.names = nn.Linear(width, SLOTS * (_BLANK + 1))
        self._unit = unit
        self._tokens: torch.Tensor | None = None
        tower.register_forward_hook(self._listen)

    def loss(self, lines: Sequence[Line], seen: tuple[int, int]) -> torch.Tensor:
        """Of the lines that the tower last looked at, on images of one size.

        Args:
            lines: As they are printed, their signs side by side.
            seen: Width and height of the images as the model sees them.
        """
        if self._tokens is None:
            raise ValueError("The tower has not looked at anything yet.")
        logits = self.names(self._tokens).reshape(-1, _BLANK + 1)
        wanted = cell_signs(lines, seen=seen, unit=self._unit).flatten()
        losses = functional.cross_entropy(logits, wanted, reduction="none")
        printed = wanted != _BLANK
        return losses[printed].mean() + _BLANK_WEIGHT * losses[~printed].mean()

    def _listen(self, tower: nn.Module, arguments: object, output: object) -> None:
        self._tokens = getattr(output, "pooler_output", output)
