"""Teaches a vision tower how far from the left edge it looks, while the whole model learns."""

from __future__ import annotations

import torch
from torch import nn
from torch.nn import functional

MOST_COLUMNS = 13


class ColumnLesson(nn.Module):
    """Names the column of each cell by its image token; thrown away after the training.

    A tower that knows places by rotation alone compares them with each other, and finds an edge
    of the image only where it must. Without a place on the image no box can be written.
    """

    def __init__(self, tower: nn.Module, width: int, *, unit: int) -> None:
        """Listens to what the tower gives.

        Args:
            tower: Gives a token for each cell, row after row.
            width: Of an image token.
            unit: Side of a cell in pixels of what the model sees.
        """
        super().__init__()
        self.columns = nn.Linear(width, MOST_COLUMNS)
        self._unit = unit
        self._tokens: torch.Tensor | None = None
        tower.register_forward_hook(self._listen)

    def loss(self, images: int, seen: tuple[int, int]) -> torch.Tensor:
        """Of the images that the tower last looked at, which are seen in one size."""
        if self._tokens is None:
            raise ValueError("The tower has not looked at anything yet.")
        columns, rows = seen[0] // self._unit, seen[1] // self._unit
        wanted = torch.arange(columns).repeat(images * rows)
        return functional.cross_entropy(self.columns(self._tokens), wanted)

    def _listen(self, tower: nn.Module, arguments: object, output: torch.Tensor) -> None:
        self._tokens = output
