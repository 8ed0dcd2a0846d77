"""Looks at an image as the towers do that take it as a grid of patches near its own size."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec
import torch
from PIL import Image

from textlift.engines.vision_language.library_family import Look
from textlift.engines.vision_language.patches import cut_patches, value_table


class Grid(msgspec.Struct, frozen=True):
    """In what the processors of grids differ.

    Attributes:
        resized: Height and width for an image, given its own; the least and the most pixels
            as ``min_pixels`` and ``max_pixels``, and ``factor``, of which both are multiples.
        row_by_row: Patches follow each other as in a row of the image, those that become one
            token do not.
        frames_count: The limits are of all frames of a patch together.
        resample: In place of the filter that the checkpoint's settings name.
    """

    resized: Callable[..., tuple[int, int]]
    row_by_row: bool = False
    frames_count: bool = False
    resample: Image.Resampling | None = None


def look_on_grid(
    image_processor: Any,
    image: Image.Image,
    grid: Grid,
    *,
    image_token: str,
    max_pixels: int,
    dtype: torch.dtype = torch.float32,
) -> Look:
    """Pixels and their grid, and a place in the question for each square of merged patches.

    They equal those of the library's processor, which takes several times as long.

    Args:
        image_processor: Of the library; takes its limits as areas, in pixels, by the names of
            edges.
        image: RGB.
        grid: What is true of this processor.
        image_token: Stands for one square of merged patches.
        max_pixels: More than these the model is not shown, nor more than the checkpoint's limit.
        dtype: Of the pixels.

    Raises:
        ValueError: The image is too long for its width, or the other way round.
    """
    side, merge = int(image_processor.patch_size), int(image_processor.merge_size)
    frames = int(image_processor.temporal_patch_size)
    if image_processor.do_resize:
        size = image_processor.size
        longest = min(int(size["longest_edge"]), max_pixels * (frames if grid.frames_count else 1))
        height, width = grid.resized(
            height=image.height,
            width=image.width,
            factor=side * merge,
            min_pixels=min(int(size["shortest_edge"]), longest),
            max_pixels=longest,
        )
        if (width, height) != image.size:
            image = image.resize((width, height), grid.resample or image_processor.resample)
    pixels = cut_patches(
        image,
        value_table(image_processor, dtype),
        side=side,
        merge=1 if grid.row_by_row else merge,
        frames=frames,
    )
    columns, rows = image.width // side, image.height // side
    tokens = rows * columns // merge**2
    return Look(
        tensors={"pixel_values": pixels, "image_grid_thw": torch.tensor([[1, rows, columns]])},
        seen=image.size,
        placeholders=image_token * tokens,
        image_tokens=tokens,
    )
