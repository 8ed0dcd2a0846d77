"""What the Qwen-VL family is; read by the window and the registry."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from textlift.engines.contract import ReadingMode
from textlift.engines.vision_language.config_shape import text_shape, tower_shape, with_published
from textlift.engines.vision_language.family_card import FamilyCard
from textlift.models.model_shape import ModelShape

_PUBLISHED = {
    "qwen2_5_vl": {
        "text_config": {
            "hidden_size": 2048,
            "num_hidden_layers": 36,
            "num_attention_heads": 16,
            "num_key_value_heads": 2,
            "intermediate_size": 11008,
            "vocab_size": 151936,
        },
        "vision_config": {
            "hidden_size": 1280,
            "num_heads": 16,
            "patch_size": 14,
            "spatial_merge_size": 2,
        },
    },
    "qwen3_vl": {
        "text_config": {
            "hidden_size": 2048,
            "num_hidden_layers": 28,
            "num_attention_heads": 16,
            "num_key_value_heads": 8,
            "head_dim": 128,
            "intermediate_size": 6144,
            "vocab_size": 151936,
        },
        "vision_config": {
            "hidden_size": 1024,
            "num_heads": 16,
            "patch_size": 16,
            "spatial_merge_size": 2,
        },
    },
}
"""Of the smallest published model of each generation. A config.json leaves out what the library
takes for granted."""


def _shape(config: Mapping[str, Any], parameters: int) -> ModelShape:
    published = _PUBLISHED[str(config["model_type"])]
    sizes = with_published(published, config)
    vision = sizes["vision_config"]
    # The files of the first checkpoints have the sizes of the language model at the top.
    text = {**sizes["text_config"], **{key: sizes[key] for key in _TEXT_KEYS if key in sizes}}
    return ModelShape(
        parameters=parameters,
        tower=tower_shape(vision, rows=12.1, half_rows=19.3),
        text=text_shape(text),
    )


_TEXT_KEYS = (
    *("hidden_size", "num_hidden_layers", "num_attention_heads", "num_key_value_heads"),
    *("intermediate_size", "vocab_size"),
)


FAMILY = FamilyCard(
    name="qwen_vl",
    title="Qwen-VL",
    model_types=("qwen2_5_vl", "qwen3_vl"),
    implementation="textlift.engines.qwen_vl.family:QwenVl",
    modes=(
        ReadingMode(name="html", title="Layout and text", returns="blocks"),
        ReadingMode(name="markdown", title="Markdown", returns="markdown"),
        ReadingMode(name="text", title="Text only", returns="text"),
    ),
    # The 2.5 checkpoints allow 16384 image tokens of 28 x 28 pixels, those of Qwen3-VL as many
    # of 32 x 32; what a checkpoint says for itself counts where it is less.
    max_pixels=16384 * 32 * 32,
    token_limit=8192,
    shape=_shape,
)
