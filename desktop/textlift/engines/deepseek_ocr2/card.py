"""What DeepSeek-OCR 2 says of itself."""

from __future__ import annotations

from textlift.engines.contract import ReadingMode
from textlift.engines.vision_language.family_card import FamilyCard

FAMILY = FamilyCard(
    name="deepseek_ocr2",
    title="DeepSeek-OCR 2",
    model_types=("deepseek_ocr2",),
    implementation="textlift.engines.deepseek_ocr2.family:DeepseekOcr2Family",
    modes=(
        ReadingMode(name="layout", title="Layout and text", returns="blocks"),
        ReadingMode(name="text", title="Text", returns="markdown"),
    ),
    max_pixels=6 * 768 * 768 + 1024 * 1024,
    token_limit=8192,
)
