"""What Qianfan-OCR says of itself."""

from __future__ import annotations

from textlift.engines.contract import ReadingMode
from textlift.engines.vision_language.family_card import FamilyCard

FAMILY = FamilyCard(
    name="qianfan_ocr",
    title="Qianfan-OCR",
    model_types=("qianfan_ocr",),
    implementation="textlift.engines.qianfan_ocr.family:QianfanOcrFamily",
    modes=(ReadingMode(name="markdown", title="Markdown", returns="markdown"),),
    max_pixels=13 * 448 * 448,
    token_limit=12000,
)
