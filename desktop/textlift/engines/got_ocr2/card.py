"""What GOT-OCR2 says of itself before it is loaded."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from textlift.engines.contract import ReadingMode
from textlift.engines.vision_language.config_shape import text_shape, with_published
from textlift.engines.vision_language.family_card import FamilyCard
from textlift.models.model_shape import ModelShape, TowerShape

TEXT = "text"
FORMATTED = "formatted"
TEXT_TILES = "text-tiles"
FORMATTED_TILES = "formatted-tiles"
BOX = "box"
FORMATTED_BOX = "formatted-box"

MOST_TILES = 12
"""Besides the whole page; more than the model was trained with."""

_SIDE = 1024
"""Pixels of the square that the published model is shown."""

_PUBLISHED = {
    "text_config": {
        "hidden_size": 1024,
        "num_hidden_layers": 24,
        "num_attention_heads": 16,
        "num_key_value_heads": 16,
        "intermediate_size": 2816,
        "vocab_size": 151860,
    },
    "vision_config": {
        "hidden_size": 768,
        "num_attention_heads": 12,
        "patch_size": 16,
        "image_size": _SIDE,
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
            merge=4,
            rows=6.0,
            scores=3,
            exact_scores=True,
            tile=int(vision["image_size"]),
            whole=int(vision["image_size"]),
            least_tiles=2,
            one_by_one=True,
        ),
        text=text_shape(sizes["text_config"]),
    )


FAMILY = FamilyCard(
    name="got_ocr2",
    title="GOT-OCR2",
    model_types=("got_ocr2",),
    implementation="textlift.engines.got_ocr2.family:GotOcr2",
    modes=(
        ReadingMode(name=TEXT, title="Plain text", returns="text"),
        ReadingMode(name=FORMATTED, title="Text with headings and formulas", returns="markdown"),
        ReadingMode(name=TEXT_TILES, title="Plain text of a dense page, in tiles", returns="text"),
        ReadingMode(
            name=FORMATTED_TILES,
            title="Headings and formulas of a dense page, in tiles",
            returns="markdown",
        ),
        ReadingMode(name=BOX, title="Plain text in a box", returns="text", needs_box=True),
        ReadingMode(
            name=FORMATTED_BOX,
            title="Headings and formulas in a box",
            returns="markdown",
            needs_box=True,
        ),
    ),
    max_pixels=(MOST_TILES + 1) * _SIDE**2,
    token_limit=4096,
    shape=_shape,
    # In the first mode, and in most others: one square.
    page_pixels=_SIDE**2,
)
