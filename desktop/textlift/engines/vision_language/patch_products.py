"""Sees patches by one product of matrices, which a convolution over patches apart amounts to.

Kernels for convolutions in three dimensions are made for videos; for twenty thousand images of one
patch each they take several times as long.
"""

from __future__ import annotations

import torch
from torch import nn
from torch.nn import functional


class PatchProduct(nn.Module):
    """A convolution whose input is exactly as large as its kernel, with its weights."""

    def __init__(self, convolution: nn.Conv3d) -> None:
        super().__init__()
        self.weight = convolution.weight
        self.bias = convolution.bias

    def forward(self, patches: torch.Tensor) -> torch.Tensor:
        """Sees patches, (patches, channels, frames, side, side), as (patches, width, 1, 1, 1)."""
        seen = functional.linear(patches.flatten(1), self.weight.flatten(1), self.bias)
        return seen[:, :, None, None, None]


def see_patches_by_products(model: nn.Module) -> None:
    """Puts such products in place of a tower's convolutions in three dimensions."""
    for parent in list(model.modules()):
        for name, child in list(parent.named_children()):
            if isinstance(child, nn.Conv3d) and child.kernel_size == child.stride:
                setattr(parent, name, PatchProduct(child))
