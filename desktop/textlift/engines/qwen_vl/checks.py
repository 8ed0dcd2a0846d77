"""What must fit together before a Qwen-VL model runs, said in a sentence when it does not."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch
from tokenizers import Tokenizer
from transformers import PretrainedConfig

from textlift.content.attempt import FailureKind
from textlift.engines.contract import EngineError
from textlift.engines.vision_language.loading import not_loadable, token_id


def refuse_unlike_parts(
    folder: Path, *, config: PretrainedConfig, tokenizer: Tokenizer, image_processor: Any
) -> None:
    """Checks the files of a checkpoint against each other.

    Raises:
        EngineError: They are not of the same model.
    """
    settings: Any = config
    for name, own, other in (
        ("patch size", settings.vision_config.patch_size, image_processor.patch_size),
        ("merge size", settings.vision_config.spatial_merge_size, image_processor.merge_size),
        (
            "frames of a patch",
            settings.vision_config.temporal_patch_size,
            image_processor.temporal_patch_size,
        ),
    ):
        if own != other:
            raise not_loadable(
                f"The files of the model in {folder} do not belong together: its {name} is {own} "
                f"in config.json and {other} in the settings for images."
            )
    for token, own in (
        ("<|image_pad|>", settings.image_token_id),
        ("<|vision_start|>", settings.vision_start_token_id),
        ("<|vision_end|>", settings.vision_end_token_id),
    ):
        number = token_id(tokenizer, token)
        if number != own:
            raise not_loadable(
                f"The files of the model in {folder} do not belong together: “{token}” is {own} "
                f"in config.json and {number} in tokenizer.json."
            )


def refuse_unlike_inputs(tensors: Mapping[str, torch.Tensor], vision: Any) -> None:
    """Checks an image's pixels and its grid against each other and the vision tower.

    Args:
        tensors: ``pixel_values``, flattened patches (patches, width of a patch), and
            ``image_grid_thw``, frames, rows and columns of patches (1, 3).
        vision: Configuration of the tower.

    Raises:
        EngineError: They do not fit.
    """
    pixels, grid = tensors["pixel_values"], tensors["image_grid_thw"]
    width = vision.in_channels * vision.temporal_patch_size * vision.patch_size**2
    if pixels.ndim != 2 or pixels.shape[1] != width:
        raise _malformed(
            f"Patches of {width} numbers each are expected; "
            f"what the image gave has the shape {tuple(pixels.shape)}."
        )
    if grid.shape != (1, 3):
        raise _malformed(
            "The grid of an image has frames, rows and columns of patches; "
            f"what the image gave has the shape {tuple(grid.shape)}."
        )
    frames, rows, columns = grid[0].tolist()
    merge = vision.spatial_merge_size
    if min(frames, rows, columns) < 1 or rows % merge or columns % merge:
        raise _malformed(
            f"A grid of {rows} by {columns} patches cannot be merged {merge} by {merge}."
        )
    if frames * rows * columns != len(pixels):
        raise _malformed(
            f"The grid of the image names {frames * rows * columns} patches, "
            f"and there are {len(pixels)}."
        )


def _malformed(sentence: str) -> EngineError:
    return EngineError(FailureKind.MALFORMED, sentence)
