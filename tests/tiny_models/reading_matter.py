"""What each tiny model was taught to read, in lines that it has never seen."""

from __future__ import annotations

from PIL import Image

from tiny_models.got_ocr2_checkpoint import held_out_strips
from tiny_models.lines import held_out_lines
from tiny_models.qwen_checkpoint import CAPITALS, UNITS
from tiny_models.train_dots_ocr import HELD_OUT_SIZE

TINY_MODELS = ("dots_ocr", "qwen2_5_vl", "qwen3_vl", "got_ocr2")
"""Folders of ``checkpoints``."""


def unseen_lines(name: str, count: int) -> list[tuple[str, Image.Image]]:
    """What lines say, and their images, for one of ``TINY_MODELS``; always the same."""
    if name == "got_ocr2":
        return held_out_strips(count)
    if name == "dots_ocr":
        lines = held_out_lines(count, size=HELD_OUT_SIZE)
    else:
        unit = UNITS[name]
        lines = held_out_lines(count, size=(9 * unit, 2 * unit), capitals=CAPITALS[name])
    return [(line.text, line.image) for line in lines]
