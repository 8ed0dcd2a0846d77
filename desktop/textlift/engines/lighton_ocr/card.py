"""What LightOnOCR says of itself."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from textlift.engines.contract import ReadingMode
from textlift.engines.vision_language.config_shape import text_shape, with_published
from textlift.engines.vision_language.family_card import FamilyCard
from textlift.models.model_shape import ModelShape, TowerShape

_PUBLISHED = {
    "spatial_merge_size": 2,
    "text_config": {
        "hidden_size": 1024,
        "num_hidden_layers": 28,
        "num_attention_heads": 16,
        "num_key_value_heads": 8,
        "head_dim": 128,
        "intermediate_size": 3072,
        "vocab_size": 151936,
    },
    "vision_config": {
        "hidden_size": 1024,
        "num_attention_heads": 16,
        "patch_size": 14,
    },
}
"""Of the published model. A config.json leaves out what the library takes for granted."""


def _shape(config: Mapping[str, Any], parameters: int) -> ModelShape:
    sizes = with_published(_PUBLISHED, config)
    vision = sizes["vision_config"]
    return ModelShape(
        parameters=parameters,
        tower=TowerShape(
            width=int(vision["hidden_size"]),
            heads=int(vision["num_attention_heads"]),
            patch=int(vision["patch_size"]),
            merge=int(sizes["spatial_merge_size"]),
            rows=17.7,
            masked=True,
        ),
        text=text_shape(sizes["text_config"]),
    )


FAMILY = FamilyCard(
    name="lighton_ocr",
    title="LightOnOCR",
    # The published checkpoints carry the name of the vision tower's origin.
    model_types=("lighton_ocr", "mistral3"),
    implementation="textlift.engines.lighton_ocr.family:LightOnOcrFamily",
    modes=(ReadingMode(name="markdown", title="Markdown", returns="markdown"),),
    max_pixels=1540 * 1540,
    token_limit=4096,
    shape=_shape,
)
