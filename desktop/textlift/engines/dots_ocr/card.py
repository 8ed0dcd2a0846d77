"""What the dots.ocr family is; read by the window and the registry."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from textlift.engines.contract import ReadingMode
from textlift.engines.vision_language.config_shape import text_shape, tower_shape, with_published
from textlift.engines.vision_language.family_card import FamilyCard
from textlift.models.model_shape import ModelShape

_PUBLISHED = {
    "hidden_size": 1536,
    "num_hidden_layers": 28,
    "num_attention_heads": 12,
    "num_key_value_heads": 2,
    "intermediate_size": 8960,
    "vocab_size": 151936,
    "vision_config": {
        "embed_dim": 1536,
        "num_attention_heads": 12,
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
        tower=tower_shape(vision, rows=12.1, half_rows=13.0),
        text=text_shape(sizes),
    )


FAMILY = FamilyCard(
    name="dots_ocr",
    title="dots.ocr",
    model_types=("dots_ocr",),
    implementation="textlift.engines.dots_ocr.family:DotsOcr",
    modes=(
        ReadingMode(name="layout", title="Layout and text", returns="blocks"),
        ReadingMode(name="layout-only", title="Layout without text", returns="layout"),
        ReadingMode(name="text", title="Text only", returns="markdown"),
        ReadingMode(name="box", title="Text inside a box", returns="text", needs_box=True),
        ReadingMode(name="web", title="Web page", returns="blocks"),
        ReadingMode(
            name="scene", title="Text in a photograph", returns="blocks", reads_pages=False
        ),
    ),
    max_pixels=11289600,
    # The official program allows 16384 for a page; its figures were measured with that.
    token_limit=16384,
    shape=_shape,
)
