"""What GLM-OCR says of itself."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from textlift.engines.contract import ReadingMode
from textlift.engines.vision_language.config_shape import text_shape, tower_shape, with_published
from textlift.engines.vision_language.family_card import FamilyCard
from textlift.models.model_shape import ModelShape

_PUBLISHED = {
    "text_config": {
        "hidden_size": 1536,
        "num_hidden_layers": 16,
        "num_attention_heads": 16,
        "num_key_value_heads": 8,
        "head_dim": 128,
        "intermediate_size": 4608,
        "vocab_size": 59392,
    },
    "vision_config": {
        "hidden_size": 1024,
        "num_heads": 16,
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
        tower=tower_shape(vision, rows=15.1, half_rows=19.3),
        text=text_shape(sizes["text_config"]),
    )


FAMILY = FamilyCard(
    name="glm_ocr",
    title="GLM-OCR",
    model_types=("glm_ocr",),
    implementation="textlift.engines.glm_ocr.family:GlmOcrFamily",
    modes=(
        ReadingMode(name="text", title="Text", returns="markdown"),
        ReadingMode(
            name="table", title="The page is one table", returns="blocks", reads_pages=False
        ),
        ReadingMode(
            name="formula", title="The page is one formula", returns="blocks", reads_pages=False
        ),
    ),
    max_pixels=2200 * 2200,
    token_limit=8192,
    shape=_shape,
    # A layer that guesses a further token, which the library leaves out.
    not_loaded=("model.language_model.layers.16.",),
)
