"""The tower's memory grows with the image, not with its square."""

# Torch's watching of operations is not typed.
# mypy: disable-error-code="no-untyped-call"

from __future__ import annotations

from typing import Any

import torch
from torch.nn.attention import SDPBackend, sdpa_kernel
from torch.utils._python_dispatch import TorchDispatchMode

from textlift.engines.dots_ocr.configuration import DotsVisionConfig
from textlift.engines.dots_ocr.vision import DotsVisionTower

GRIDS = torch.tensor([[1, 40, 46], [1, 30, 20], [1, 40, 46]])
PATCHES = int(GRIDS.prod(-1).sum())
LARGEST = 40 * 46
"""Patches of the largest image."""


class LargestTensor(TorchDispatchMode):
    """Notes how many numbers the largest tensor holds that any operation makes."""

    def __init__(self) -> None:
        super().__init__()
        self.numbers = 0

    def __torch_dispatch__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        made = func(*args, **(kwargs or {}))
        for tensor in made if isinstance(made, tuple | list) else (made,):
            if isinstance(tensor, torch.Tensor):
                self.numbers = max(self.numbers, tensor.numel())
        return made


def largest(attention: str) -> int:
    config = DotsVisionConfig(
        embed_dim=24, hidden_size=24, intermediate_size=32, num_hidden_layers=1,
        num_attention_heads=3,
    )  # fmt: skip
    config._attn_implementation = attention
    tower = DotsVisionTower(config).eval()
    patches = torch.randn(PATCHES, 588, generator=torch.Generator().manual_seed(1))
    # A kernel that makes the scores of all patches for each other is not allowed.
    watch = LargestTensor()
    with torch.inference_mode(), sdpa_kernel(SDPBackend.FLASH_ATTENTION), watch:
        tower(patches, GRIDS)
    return watch.numbers


def test_no_tensor_is_larger_than_the_pixels() -> None:
    assert largest("sdpa") == PATCHES * 588


def test_the_watch_notices_scores_of_patches_for_each_other() -> None:
    assert largest("eager") >= 3 * LARGEST**2 > PATCHES * 588
