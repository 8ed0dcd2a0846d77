"""What PaddleOCR-VL says of itself."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from textlift.engines.contract import ReadingMode
from textlift.engines.vision_language.config_shape import text_shape, tower_shape, with_published
from textlift.engines.vision_language.family_card import FamilyCard
from textlift.models.model_shape import ModelShape

_PUBLISHED = {
    "text_config": {
        "hidden_size": 1024,
        "num_hidden_layers": 18,
        "num_attention_heads": 16,
        "num_key_value_heads": 2,
        "head_dim": 128,
        "intermediate_size": 3072,
        "vocab_size": 103424,
    },
    "vision_config": {
        "hidden_size": 1152,
        "num_attention_heads": 16,
        "patch_size": 14,
        "spatial_merge_size": 2,
    },
}
"""Of the published model. A config.json leaves out what the library takes for granted."""


def _shape(config: Mapping[str, Any], parameters: int) -> ModelShape:
    sizes = with_published(_PUBLISHED, config)
    vision = sizes["vision_config"]
    return ModelShape(
        parameters=parameters,
        tower=tower_shape(vision, rows=11.6, half_rows=18.3),
        text=text_shape(sizes["text_config"]),
    )


FAMILY = FamilyCard(
    name="paddleocr_vl",
    title="PaddleOCR-VL",
    model_types=("paddleocr_vl",),
    implementation="textlift.engines.paddleocr_vl.family:PaddleOcrVlFamily",
    modes=(
        ReadingMode(name="text", title="Text, region by region", returns="blocks"),
        ReadingMode(
            name="element", title="The page is one piece of text", returns="text", reads_pages=False
        ),
        ReadingMode(
            name="table", title="The page is one table", returns="blocks", reads_pages=False
        ),
        ReadingMode(
            name="formula", title="The page is one formula", returns="blocks", reads_pages=False
        ),
    ),
    max_pixels=1536 * 1536,
    token_limit=8192,
    shape=_shape,
    not_loaded=("packing_position_embedding", "vision_model.head"),
)
