"""Which families there are, by name and by the ``model_type`` of a checkpoint."""

from __future__ import annotations

import functools
import importlib

from textlift.engines.vision_language.family_card import FamilyCard

_CARDS = (
    "dots_ocr",
    "qwen_vl",
    "got_ocr2",
    "paddleocr_vl",
    "lighton_ocr",
    "glm_ocr",
    "deepseek_ocr2",
    "qianfan_ocr",
    "hunyuan_vl",
    "granite_docling",
    "kosmos_2_5",
)
"""Folders of ``textlift.engines`` whose ``card`` module has a ``FAMILY``."""


@functools.cache
def families() -> dict[str, FamilyCard]:
    """The families by name. Their cards import nothing heavy."""
    cards = [importlib.import_module(f"textlift.engines.{folder}.card") for folder in _CARDS]
    return {card.FAMILY.name: card.FAMILY for card in cards}


def family_of_model_type(model_type: str) -> FamilyCard | None:
    """The family that runs checkpoints of this ``model_type``; None when there is none."""
    for family in families().values():
        if model_type in family.model_types:
            return family
    return None
