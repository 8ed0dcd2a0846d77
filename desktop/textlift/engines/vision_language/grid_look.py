"""Looks at an image with the processors that resize it to a grid of patches near its own size."""

from __future__ import annotations

from typing import Any

from PIL import Image

from textlift.engines.vision_language.library_family import Look


def look_on_grid(
    image_processor: Any,
    image: Image.Image,
    *,
    image_token: str,
    max_pixels: int,
    frames: int = 1,
) -> Look:
    """Pixels and their grid, and a place in the question for each square of merged patches.

    Args:
        image_processor: Of the library; takes its limits as areas, in pixels, by the names of
            edges.
        image: RGB.
        image_token: Stands for one square of merged patches.
        max_pixels: More than these the model is not shown, nor more than the checkpoint's limit.
        frames: How often the processor counts an image's pixels.

    Raises:
        ValueError: The image is too long for its width, or the other way round.
    """
    size = image_processor.size
    longest = min(int(size["longest_edge"]), max_pixels * frames)
    made = image_processor(
        images=[image],
        size={
            "longest_edge": longest,
            "shortest_edge": min(int(size["shortest_edge"]), longest),
        },
        return_tensors="pt",
    )
    _, rows, columns = made["image_grid_thw"][0].tolist()
    tokens = rows * columns // int(image_processor.merge_size) ** 2
    side = int(image_processor.patch_size)
    return Look(
        tensors={"pixel_values": made["pixel_values"], "image_grid_thw": made["image_grid_thw"]},
        seen=(columns * side, rows * side),
        placeholders=image_token * tokens,
        image_tokens=tokens,
    )
