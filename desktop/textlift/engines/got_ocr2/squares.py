"""From an image to the squares that GOT-OCR2 is shown: the whole page, and its tiles."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec
import torch
from PIL import Image
from transformers.models.got_ocr2.configuration_got_ocr2 import GotOcr2VisionConfig
from transformers.models.got_ocr2.image_processing_pil_got_ocr2 import (
    GotOcr2ImageProcessorPil,
    get_optimal_tiled_canvas,
)

from textlift.engines.got_ocr2.card import MOST_TILES
from textlift.engines.vision_language.loading import not_loadable

_HALVINGS = 2
"""Convolutions of stride 2 between the vision tower's patches and the image tokens."""


class Squares(msgspec.Struct, frozen=True):
    """An image as the model sees it.

    Attributes:
        pixels: Shape (squares, 3, side, side): tiles row by row, and after them the whole page.
        seen: Width and height of the image that the tiles are cut from.
    """

    pixels: torch.Tensor
    seen: tuple[int, int]


def refuse_other_size(
    folder: Path, processor: GotOcr2ImageProcessorPil, vision: GotOcr2VisionConfig
) -> None:
    """Checks that images are made as large as the model takes them.

    Raises:
        EngineError: They are not.
    """
    side = _single(vision.image_size)
    size = (processor.size["width"], processor.size["height"])
    if size != (side, side):
        raise not_loadable(
            f"The image settings of the model in {folder} make images of "
            f"{size[0]} x {size[1]} pixels, and the model takes {side} x {side}; "
            "the files are not of one model."
        )


def tokens_per_square(vision: GotOcr2VisionConfig) -> int:
    """Image tokens that stand for one square.

    The configuration's ``image_seq_length`` is not used: nothing in the model depends on it, and
    the library's default is not this model's number.
    """
    along = _single(vision.image_size) // _single(vision.patch_size)
    for _ in range(_HALVINGS):
        along = (along + 1) // 2
    return along * along


def show_whole(image: Image.Image, processor: GotOcr2ImageProcessorPil) -> Squares:
    """The image squeezed into one square."""
    return _squares(image, processor, columns=1, rows=1, crop_to_patches=False)


def cut_tiles(
    image: Image.Image, processor: GotOcr2ImageProcessorPil, *, max_pixels: int
) -> Squares:
    """The image in tiles, as many as the pixels allow, and squeezed into one more square.

    Args:
        image: RGB.
        processor: Of the model.
        max_pixels: Of all squares together; there is always one.
    """
    side = int(processor.size["height"])
    tiles = min(MOST_TILES, max_pixels // side**2 - 1)
    if tiles <= 1:
        return show_whole(image, processor)
    columns, rows = get_optimal_tiled_canvas((image.height, image.width), (side, side), 1, tiles)
    return _squares(
        image,
        processor,
        columns=columns,
        rows=rows,
        crop_to_patches=True,
        min_patches=1,
        max_patches=tiles,
    )


def _squares(
    image: Image.Image,
    processor: GotOcr2ImageProcessorPil,
    *,
    columns: int,
    rows: int,
    **cropping: int,
) -> Squares:
    made: Any = processor(images=image, return_tensors="pt", **cropping)  # type: ignore[arg-type]
    pixels = made["pixel_values"]
    side = int(pixels.shape[-1])
    return Squares(pixels=pixels, seen=(columns * side, rows * side))


def _single(size: int | list[int] | tuple[int, ...]) -> int:
    return size if isinstance(size, int) else int(size[0])
