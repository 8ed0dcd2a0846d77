"""What GLM-OCR says of itself."""

from __future__ import annotations

from textlift.engines.contract import ReadingMode
from textlift.engines.vision_language.family_card import FamilyCard

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
)
