"""What DeepSeek-OCR 2 says of itself."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec

from textlift.engines.contract import ReadingMode
from textlift.engines.vision_language.config_shape import text_shape, with_published
from textlift.engines.vision_language.family_card import FamilyCard
from textlift.models.model_shape import ModelShape, TextShape, TowerShape

_WHOLE, _TILE, _MOST_TILES = 1024, 768, 6
"""Sides in pixels of the square that shows the page, and of its tiles."""

_PUBLISHED = {
    "text_config": {
        "hidden_size": 1280,
        "num_hidden_layers": 12,
        "num_attention_heads": 10,
        "num_key_value_heads": 10,
        "head_dim": 128,
        "intermediate_size": 6848,
        "vocab_size": 129280,
        "moe_intermediate_size": 896,
        "n_routed_experts": 64,
        "n_shared_experts": 2,
    },
    "vision_config": {
        "sam_config": {"hidden_size": 768, "num_attention_heads": 12, "patch_size": 16},
    },
}
"""Of the published model. A config.json leaves out what the library takes for granted."""


def _shape(config: Mapping[str, Any], parameters: int) -> ModelShape:
    sizes = with_published(_PUBLISHED, config)
    vision = sizes["vision_config"]
    sam = vision["sam_config"]
    return ModelShape(
        parameters=parameters,
        tower=TowerShape(
            width=int(sam["hidden_size"]),
            heads=int(sam["num_attention_heads"]),
            patch=int(sam["patch_size"]),
            merge=4,
            rows=5.0,
            scores=2,
            tile=_TILE,
            whole=_WHOLE,
            least_tiles=2,
        ),
        text=_text(sizes["text_config"]),
    )


def _text(text: Mapping[str, Any]) -> TextShape:
    """Its first layer is of the usual kind; of the others, experts have most of the weights.

    They lie in one block for each layer, which cannot be stored in fewer bits, and which is
    copied as a whole where a question needs them all.
    """
    shape = text_shape(text)
    expert = 3 * shape.width * int(text["moe_intermediate_size"])
    attention = 2 * shape.width * (shape.queries + shape.keys)
    shared = int(text["n_shared_experts"]) * expert
    return msgspec.structs.replace(
        shape,
        linear=shape.layers * attention
        + 3 * shape.width * shape.inner
        + (shape.layers - 1) * shared,
        copied=int(text["n_routed_experts"]) * expert,
    )


FAMILY = FamilyCard(
    name="deepseek_ocr2",
    title="DeepSeek-OCR 2",
    model_types=("deepseek_ocr2",),
    implementation="textlift.engines.deepseek_ocr2.family:DeepseekOcr2Family",
    modes=(
        ReadingMode(name="layout", title="Layout and text", returns="blocks"),
        ReadingMode(name="text", title="Text", returns="markdown"),
    ),
    max_pixels=_MOST_TILES * _TILE**2 + _WHOLE**2,
    token_limit=8192,
    shape=_shape,
)
