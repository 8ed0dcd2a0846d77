"""What HunyuanOCR says of itself."""

from __future__ import annotations

from textlift.engines.contract import ReadingMode
from textlift.engines.vision_language.family_card import FamilyCard

FAMILY = FamilyCard(
    name="hunyuan_vl",
    title="HunyuanOCR",
    model_types=("hunyuan_vl",),
    implementation="textlift.engines.hunyuan_vl.family:HunyuanVlFamily",
    modes=(
        ReadingMode(name="markdown", title="Markdown", returns="markdown"),
        ReadingMode(name="text", title="Text", returns="text"),
        ReadingMode(
            name="table", title="The page is one table", returns="blocks", reads_pages=False
        ),
        ReadingMode(
            name="formula", title="The page is one formula", returns="blocks", reads_pages=False
        ),
    ),
    max_pixels=2048 * 2048,
    token_limit=8192,
)
