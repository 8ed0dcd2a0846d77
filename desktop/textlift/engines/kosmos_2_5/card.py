"""What Kosmos-2.5 says of itself."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from textlift.engines.contract import ReadingMode
from textlift.engines.vision_language.config_shape import with_published
from textlift.engines.vision_language.family_card import FamilyCard
from textlift.models.model_shape import ModelShape, TextShape, TowerShape

_PUBLISHED = {
    "latent_query_num": 2048,
    "text_config": {
        "embed_dim": 1536,
        "layers": 24,
        "attention_heads": 16,
        "ffn_dim": 6144,
        "vocab_size": 108481,
    },
    "vision_config": {"hidden_size": 1536, "num_attention_heads": 24},
}
"""Of the published model. A config.json leaves out what the library takes for granted."""

_PATCH = 16
"""Pixels on a side; a matter of the image processing, and in no config.json."""


def _shape(config: Mapping[str, Any], parameters: int) -> ModelShape:
    sizes = with_published(_PUBLISHED, config)
    text, vision = sizes["text_config"], sizes["vision_config"]
    layers, width, inner = (int(text[key]) for key in ("layers", "embed_dim", "ffn_dim"))
    return ModelShape(
        parameters=parameters,
        tower=TowerShape(
            width=int(vision["hidden_size"]),
            heads=int(vision["num_attention_heads"]),
            patch=_PATCH,
            merge=1,
            rows=6.5,
            # The library has no other attention for this tower than the one written out, whatever
            # it is asked for.
            scores=2,
            exact_scores=True,
            masked=True,
            tokens=int(sizes["latent_query_num"]),
        ),
        text=TextShape(
            layers=layers,
            width=width,
            inner=inner,
            queries=width,
            keys=width,
            vocabulary=int(text["vocab_size"]),
            linear=layers * width * (4 * width + 2 * inner),
        ),
    )


FAMILY = FamilyCard(
    name="kosmos_2_5",
    title="Kosmos-2.5",
    model_types=("kosmos-2.5",),
    implementation="textlift.engines.kosmos_2_5.family:Kosmos25Family",
    modes=(
        ReadingMode(name="lines", title="Lines with their places", returns="blocks"),
        ReadingMode(name="markdown", title="Markdown", returns="markdown"),
    ),
    max_pixels=4096 * 16 * 16,
    # Its 4,096 positions, less 2,048 of the image and four of the question.
    token_limit=2044,
    shape=_shape,
    # Its decoder counts positions by itself, from what is padding.
    pages_at_once=1,
)
