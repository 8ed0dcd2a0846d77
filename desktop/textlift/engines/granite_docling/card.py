"""What Granite Docling says of itself."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from textlift.engines.contract import ReadingMode
from textlift.engines.vision_language.config_shape import text_shape, with_published
from textlift.engines.vision_language.family_card import FamilyCard
from textlift.models.model_shape import ModelShape, TowerShape

_PUBLISHED = {
    "scale_factor": 4,
    "text_config": {
        "hidden_size": 576,
        "num_hidden_layers": 30,
        "num_attention_heads": 9,
        "num_key_value_heads": 3,
        "head_dim": 64,
        "intermediate_size": 1536,
        "vocab_size": 100352,
    },
    "vision_config": {
        "hidden_size": 768,
        "num_attention_heads": 12,
        "patch_size": 16,
        "image_size": 512,
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
            merge=int(sizes["scale_factor"]),
            rows=12.0,
            tile=int(vision["image_size"]),
            whole=int(vision["image_size"]),
            least_tiles=2,
        ),
        text=text_shape(sizes["text_config"]),
    )


FAMILY = FamilyCard(
    name="granite_docling",
    title="Granite Docling",
    model_types=("idefics3",),
    implementation="textlift.engines.granite_docling.family:GraniteDoclingFamily",
    modes=(
        ReadingMode(name="layout", title="Layout and text", returns="blocks"),
        ReadingMode(
            name="table", title="The page is one table", returns="blocks", reads_pages=False
        ),
        ReadingMode(
            name="formula", title="The page is one formula", returns="blocks", reads_pages=False
        ),
        ReadingMode(
            name="code", title="The page is one program", returns="blocks", reads_pages=False
        ),
        ReadingMode(
            name="chart",
            title="The page is one chart, as a table",
            returns="blocks",
            reads_pages=False,
        ),
    ),
    max_pixels=2048 * 2048,
    token_limit=7168,
    shape=_shape,
)
