"""What the model checks of its inputs before it runs, and says in a sentence."""

from __future__ import annotations

import torch

from textlift.content.attempt import FailureKind
from textlift.engines.contract import EngineError
from textlift.engines.dots_ocr.configuration import DotsVisionConfig


class InputMismatchError(EngineError, ValueError):
    """Pixels, grid and text that were given to the model do not belong together."""

    def __init__(self, sentence: str) -> None:
        super().__init__(FailureKind.MALFORMED, sentence)


def checked_grid(
    pixel_values: torch.Tensor, image_grid_thw: torch.Tensor | None, config: DotsVisionConfig
) -> list[tuple[int, int, int]]:
    """The grid of each image, once it is known to describe the pixels.

    Args:
        pixel_values: Flattened patches, (patches, channels * frames * side * side).
        image_grid_thw: Frames, rows and columns of patches of each image, (images, 3).
        config: Of the vision tower.

    Returns:
        Frames, rows and columns of each image.

    Raises:
        InputMismatchError: It does not describe them.
    """
    if image_grid_thw is None:
        raise InputMismatchError("The image came without the grid of its patches.")
    if image_grid_thw.ndim != 2 or image_grid_thw.shape[1] != 3 or not len(image_grid_thw):
        raise InputMismatchError(
            "The grid of an image must say how many frames, rows and columns of patches there are; "
            f"what was given has the shape {tuple(image_grid_thw.shape)}."
        )
    if pixel_values.ndim != 2 or pixel_values.shape[1] != config.patch_width:
        raise InputMismatchError(
            f"Patches of {config.patch_width} numbers each are expected; "
            f"what was given has the shape {tuple(pixel_values.shape)}."
        )
    merge = config.spatial_merge_size
    grid: list[tuple[int, int, int]] = []
    for frames, rows, columns in image_grid_thw.tolist():
        if min(frames, rows, columns) < 1 or rows % merge or columns % merge:
            raise InputMismatchError(
                f"An image's grid of {rows} by {columns} patches cannot be merged "
                f"{merge} by {merge}; the grid must be the one the image processor gave."
            )
        grid.append((int(frames), int(rows), int(columns)))
    named = sum(frames * rows * columns for frames, rows, columns in grid)
    if named != len(pixel_values):
        raise InputMismatchError(
            f"The grid names {named} patches of the image, but {len(pixel_values)} were given."
        )
    return grid


def check_placeholders(placeholders: int, features: int) -> None:
    """Compares the image places in a question with the image features there are.

    Raises:
        InputMismatchError: Their numbers differ.
    """
    if placeholders == features:
        return
    if not features:
        raise InputMismatchError(
            f"The question has places for {placeholders} image tokens, but no image came with it."
        )
    if not placeholders:
        raise InputMismatchError(
            "The question has no place for the image; its placeholder is missing, "
            "or that of another model was used."
        )
    raise InputMismatchError(
        f"The question has places for {placeholders} image tokens, but the image gives {features}."
    )
