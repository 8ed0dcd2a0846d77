"""From an image to the patches that dots.ocr sees."""

from __future__ import annotations

import math
from typing import Any

import torch
from PIL import Image
from transformers import Qwen2VLImageProcessorPil

from textlift.content.attempt import FailureKind
from textlift.engines.contract import EngineError
from textlift.engines.dots_ocr.configuration import DotsVisionConfig
from textlift.engines.vision_language.loading import not_loadable
from textlift.engines.vision_language.patches import cut_patches, value_table

_SETTINGS = ("patch_size", "temporal_patch_size", "merge_size", "image_mean", "image_std")
_MIN_PIXELS = 3136
_MAX_PIXELS = 11289600
_MAX_ASPECT = 200


def resized_size(
    width: int, height: int, *, factor: int, min_pixels: int, max_pixels: int
) -> tuple[int, int]:
    """The size at which the model sees an image: the official "smart resize".

    It differs from that of transformers for images thinner than half a token, which the
    library blows up instead of thickening them.

    Args:
        width: Of the image, in pixels.
        height: Likewise.
        factor: Side of an image token in pixels; both sides become multiples of it.
        min_pixels: The area is scaled up to this.
        max_pixels: The area is scaled down to this.

    Returns:
        Width and height in pixels.

    Raises:
        EngineError: The image is a strip that the model cannot see.
    """
    if max(width, height) > _MAX_ASPECT * min(width, height):
        raise EngineError(
            FailureKind.MALFORMED,
            f"The image of {width} by {height} pixels is a strip more than {_MAX_ASPECT} times as "
            "long as wide, which the model cannot see; cut it into pieces.",
        )
    sides = [max(factor, round(side / factor) * factor) for side in (width, height)]
    if math.prod(sides) > max_pixels:
        shrink = math.sqrt(width * height / max_pixels)
        sides = [_floor(side / shrink, factor) for side in (width, height)]
    elif math.prod(sides) < min_pixels:
        grow = math.sqrt(min_pixels / (width * height))
        sides = [math.ceil(side * grow / factor) * factor for side in (width, height)]
        if math.prod(sides) > max_pixels:
            shrink = math.sqrt(math.prod(sides) / max_pixels)
            sides = [_floor(side / shrink, factor) for side in sides]
    return sides[0], sides[1]


def _floor(length: float, factor: int) -> int:
    return max(factor, math.floor(length / factor) * factor)


class DotsImageProcessor:
    """Resizes an image as the checkpoint's settings say, and cuts it into patches.

    Attributes:
        factor: Side of an image token in pixels.
    """

    def __init__(self, settings: dict[str, Any]) -> None:
        """Takes the checkpoint's settings, as ``image_settings`` reads them.

        Raises:
            EngineError: They are not those of such a processor.
        """
        try:
            # Files written by version 5 of the library have the limits under "size".
            size = settings.get("size") or {}
            least = settings.get("min_pixels", size.get("shortest_edge", _MIN_PIXELS))
            most = settings.get("max_pixels", size.get("longest_edge", _MAX_PIXELS))
            self._min_pixels, self._max_pixels = int(least), int(most)
            given = {key: settings[key] for key in _SETTINGS if key in settings}
            given.setdefault("temporal_patch_size", 1)
            self._library: Any = Qwen2VLImageProcessorPil(do_resize=False, **given)
            self.factor = int(self._library.patch_size) * int(self._library.merge_size)
        except (AttributeError, TypeError, ValueError) as error:
            raise not_loadable(
                "The settings of the model's image processing cannot be used; get the model again.",
                details=str(error),
            ) from error

    def check(self, vision: DotsVisionConfig) -> None:
        """Compares the settings with the vision tower they are to feed.

        Raises:
            EngineError: They are those of another model.
        """
        for what, processor, tower in (
            ("patches", self._library.patch_size, vision.patch_size),
            ("merged patches", self._library.merge_size, vision.spatial_merge_size),
            ("frames of a patch", self._library.temporal_patch_size, vision.temporal_patch_size),
        ):
            if processor != tower:
                raise not_loadable(
                    f"The model's image processing and its config.json do not agree on the size "
                    f"of {what} ({processor} and {tower}); get the model again."
                )

    def seen_size(self, width: int, height: int, *, max_pixels: int) -> tuple[int, int]:
        """Width and height at which the model sees an image, within ``max_pixels``.

        Raises:
            EngineError: The model cannot see it.
        """
        least = self.factor**2
        return resized_size(
            width,
            height,
            factor=self.factor,
            min_pixels=max(least, min(self._min_pixels, max_pixels)),
            max_pixels=max(least, min(self._max_pixels, max_pixels)),
        )

    def __call__(
        self, image: Image.Image, *, max_pixels: int, dtype: torch.dtype = torch.float32
    ) -> tuple[torch.Tensor, torch.Tensor, tuple[int, int]]:
        """Makes patches of an image.

        Args:
            image: RGB.
            max_pixels: Of the image as the model sees it.
            dtype: Of the patches.

        Returns:
            The patches, (patches, numbers of a patch); the grid, (1, 3): frames, rows
            and columns of patches; width and height of the image as the model sees it.

        Raises:
            EngineError: The model cannot see the image.
        """
        seen = self.seen_size(*image.size, max_pixels=max_pixels)
        resized = image if image.size == seen else image.resize(seen, Image.Resampling.BICUBIC)
        side = int(self._library.patch_size)
        patches = cut_patches(
            resized,
            value_table(self._library, dtype),
            side=side,
            merge=int(self._library.merge_size),
            frames=int(self._library.temporal_patch_size),
        )
        return patches, torch.tensor([[1, seen[1] // side, seen[0] // side]]), seen
