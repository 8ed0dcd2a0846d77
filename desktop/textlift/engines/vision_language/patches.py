"""Cuts an image into the flattened patches that vision towers of any image size take.

The library's processors compute each of the image's numbers in float64 and copy the image five
times. There are only 256 values a channel can have: what becomes of each is computed once, by the
library's own arithmetic, and looked up, in the number format of the model.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
from PIL import Image

_CHANNELS = 3
_VALUES = 256


def value_table(image_processor: Any, dtype: torch.dtype) -> torch.Tensor:
    """What the processor makes of each value of each channel: (channels, values).

    Args:
        image_processor: Of the library, one that works on PIL images.
        dtype: Of the model's weights.
    """
    values = np.arange(_VALUES, dtype=np.uint8)
    table = np.broadcast_to(values[:, None], (_CHANNELS, _VALUES, 1))
    if image_processor.do_rescale:
        table = image_processor.rescale(table, image_processor.rescale_factor)
    if image_processor.do_normalize:
        table = image_processor.normalize(
            table, image_processor.image_mean, image_processor.image_std
        )
    return torch.from_numpy(np.array(table[..., 0], dtype=np.float32)).to(dtype)


def cut_patches(
    image: Image.Image, table: torch.Tensor, *, side: int, merge: int = 1, frames: int = 1
) -> torch.Tensor:
    """The patches of an image, flattened.

    Args:
        image: RGB; both sides are multiples of ``side * merge``.
        table: As ``value_table`` makes it.
        side: Of a patch, in pixels.
        merge: Patches on a side of the square whose patches follow each other; 1: row by row.
        frames: How often a patch holds its pixels.

    Returns:
        (patches, channels * frames * side * side), in the format of the table.

    Raises:
        ValueError: The image cannot be cut into whole squares.
    """
    square = side * merge
    width, height = image.size
    if width % square or height % square:
        raise ValueError(f"{width} x {height} pixels are not whole squares of {square} pixels.")
    pixels = np.asarray(image).reshape(
        (height // square, merge, side, width // square, merge, side, _CHANNELS)
    )
    # Bytes are moved, not numbers of four times their size.
    ordered = torch.from_numpy(np.ascontiguousarray(pixels.transpose(0, 3, 1, 4, 6, 2, 5)))
    numbers = ordered.reshape(-1, _CHANNELS, side * side).to(torch.int32)
    numbers += torch.arange(_CHANNELS, dtype=torch.int32)[:, None] * _VALUES
    made = table.flatten().index_select(0, numbers.flatten()).reshape(numbers.shape)
    if frames > 1:
        made = made.unsqueeze(2).expand(-1, -1, frames, -1)
    return made.reshape(len(numbers), -1)
