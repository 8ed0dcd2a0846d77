"""The one question that GOT-OCR2 was trained with, in its variations."""

from __future__ import annotations

from textlift.content.geometry import Box
from textlift.engines.got_ocr2.card import (
    BOX,
    FORMATTED,
    FORMATTED_BOX,
    FORMATTED_TILES,
    TEXT_TILES,
)

IMAGE_TOKEN = "<imgpad>"
END_TOKEN = "<|im_end|>"
TEXT_END_TOKEN = "<|endoftext|>"

# The strings are those of `GotOcr2Processor` in transformers, which took them from the model's
# training code. The space before "OCR" is theirs also where nothing stands before it.
_HEAD = (
    "<|im_start|>system\n"
    "You should follow the instructions carefully and explain your answers in detail.<|im_end|>"
    "<|im_start|>user\n<img>"
)
_MIDDLE = "</img>\n"
_TAIL = "<|im_end|><|im_start|>assistant\n"

_BOX_RANGE = 1000
"""Places are told in thousandths of the image's width and height."""

FORMATTED_MODES = frozenset({FORMATTED, FORMATTED_TILES, FORMATTED_BOX})
TILED_MODES = frozenset({TEXT_TILES, FORMATTED_TILES})
BOX_MODES = frozenset({BOX, FORMATTED_BOX})


def prompt_text(
    mode: str, *, placeholders: str, box: tuple[int, int, int, int] | None = None
) -> str:
    """The whole conversation up to the answer.

    Args:
        mode: Name of one of the family's modes.
        placeholders: What stands for the image.
        box: In thousandths, for the modes that need one.
    """
    return f"{_HEAD}{placeholders}{_MIDDLE}{question(mode, box=box)}{_TAIL}"


def question(mode: str, *, box: tuple[int, int, int, int] | None = None) -> str:
    """What is asked about the image."""
    place = str(list(box)) if box is not None else ""
    form = " with format" if mode in FORMATTED_MODES else ""
    tiles = " upon the patch reference" if mode in TILED_MODES else ""
    return f"{place} OCR{form}{tiles}: "


def box_in_thousandths(box: Box, *, width: int, height: int) -> tuple[int, int, int, int]:
    """A box in pixels of an image as the model is told of it: cut to the image, rounded down."""

    def told(place: float, side: int) -> int:
        return int(min(max(place, 0), side) / side * _BOX_RANGE)

    return (told(box.x0, width), told(box.y0, height), told(box.x1, width), told(box.y1, height))
