"""What Qianfan-OCR says of itself."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from textlift.engines.contract import ReadingMode
from textlift.engines.vision_language.config_shape import text_shape, with_published
from textlift.engines.vision_language.family_card import FamilyCard
from textlift.models.model_shape import ModelShape, TowerShape

_PUBLISHED = {
    "downsample_ratio": 0.5,
    "text_config": {
        "hidden_size": 2560,
        "num_hidden_layers": 36,
        "num_attention_heads": 32,
        "num_key_value_heads": 8,
        "head_dim": 128,
        "intermediate_size": 9728,
        "vocab_size": 151936,
    },
    "vision_config": {
        "hidden_size": 1024,
        "num_attention_heads": 16,
        "patch_size": [14, 14],
        "image_size": [448, 448],
    },
}
"""Of the published model. A config.json leaves out what the library takes for granted."""


def _shape(config: Mapping[str, Any], parameters: int) -> ModelShape:
    sizes = with_published(_PUBLISHED, config)
    vision = sizes["vision_config"]
    side = int(vision["image_size"][0])
    return ModelShape(
        parameters=parameters,
        tower=TowerShape(
            width=int(vision["hidden_size"]),
            heads=int(vision["num_attention_heads"]),
            patch=int(vision["patch_size"][0]),
            merge=round(1 / float(sizes["downsample_ratio"])),
            rows=11.0,
            tile=side,
            whole=side,
            least_tiles=2,
        ),
        text=text_shape(sizes["text_config"]),
    )


FAMILY = FamilyCard(
    name="qianfan_ocr",
    title="Qianfan-OCR",
    model_types=("qianfan_ocr",),
    implementation="textlift.engines.qianfan_ocr.family:QianfanOcrFamily",
    modes=(ReadingMode(name="markdown", title="Markdown", returns="markdown"),),
    max_pixels=13 * 448 * 448,
    token_limit=12000,
    shape=_shape,
)
