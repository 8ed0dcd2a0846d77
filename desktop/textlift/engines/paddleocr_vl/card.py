"""What PaddleOCR-VL says of itself."""

from __future__ import annotations

from textlift.engines.contract import ReadingMode
from textlift.engines.vision_language.family_card import FamilyCard

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
)
