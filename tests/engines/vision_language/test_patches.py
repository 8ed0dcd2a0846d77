"""Patches are those of the library's processor, to the bit."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch
from PIL import Image
from transformers import Qwen2VLImageProcessorPil

from textlift.engines.vision_language.patches import cut_patches, value_table


@pytest.fixture
def all_values() -> Image.Image:
    """Each value of each channel, in another order in each."""
    values = np.arange(256, dtype=np.uint8)
    channels = [values, values[::-1], np.roll(values, 100)]
    pixels = np.stack([np.resize(channel, (56, 84)) for channel in channels], axis=-1)
    return Image.fromarray(pixels)


@pytest.mark.parametrize("frames", [1, 2])
@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16])
@pytest.mark.parametrize(
    "settings",
    [{}, {"do_normalize": False}, {"do_rescale": False}, {"rescale_factor": 0.01}],
    ids=["usual", "unnormalised", "unscaled", "darker"],
)
def test_patches_equal_the_library_s(
    all_values: Image.Image, frames: int, dtype: torch.dtype, settings: dict[str, Any]
) -> None:
    processor = Qwen2VLImageProcessorPil(do_resize=False, temporal_patch_size=frames, **settings)

    patches = cut_patches(
        all_values, value_table(processor, dtype), side=14, merge=2, frames=frames
    )

    library = processor(images=[all_values], return_tensors="pt")["pixel_values"]
    assert torch.equal(patches, library.to(dtype))


def test_patches_row_by_row_are_those_of_the_image(all_values: Image.Image) -> None:
    table = torch.arange(256.0).repeat(3, 1)

    patches = cut_patches(all_values, table, side=14)

    first_of_second_row = np.asarray(all_values)[14:28, :14].transpose(2, 0, 1)
    assert torch.equal(patches[84 // 14], torch.tensor(first_of_second_row.flatten()).float())


def test_an_image_that_is_not_whole_squares_is_refused() -> None:
    with pytest.raises(ValueError, match="30 x 28 pixels"):
        cut_patches(Image.new("RGB", (30, 28)), torch.zeros(3, 256), side=14, merge=2)
