"""Runs the vision tower on one square after another, to hold the memory of one only."""

from __future__ import annotations

from typing import Any

import torch
from torch import nn
from transformers.models.got_ocr2.modeling_got_ocr2 import (
    GotOcr2VisionEncoder,
    GotOcr2VisionEncoderOutput,
)


class SquareBySquare(nn.Module):
    """The vision tower of a loaded model, for as many squares as there are.

    At 1024 × 1024 pixels its global layers score 4096 patches against each other, in all heads:
    2 GB for a square in bfloat16, and 26 GB for the thirteen of a page in tiles at once.
    """

    def __init__(self, tower: GotOcr2VisionEncoder) -> None:
        """Wraps.

        Args:
            tower: With its weights.
        """
        super().__init__()
        self.tower = tower

    def forward(self, pixel_values: torch.Tensor, **kwargs: Any) -> GotOcr2VisionEncoderOutput:
        """Encodes squares.

        Args:
            pixel_values: Shape (squares, 3, side, side).
            kwargs: As the tower takes them.
        """
        states = [
            self.tower(pixel_values=square[None], **kwargs).last_hidden_state
            for square in pixel_values
        ]
        return GotOcr2VisionEncoderOutput(last_hidden_state=torch.cat(states))
