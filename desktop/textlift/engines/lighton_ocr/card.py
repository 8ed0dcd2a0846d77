"""What LightOnOCR says of itself."""

from __future__ import annotations

from textlift.engines.contract import ReadingMode
from textlift.engines.vision_language.family_card import FamilyCard

FAMILY = FamilyCard(
    name="lighton_ocr",
    title="LightOnOCR",
    # The published checkpoints carry the name of the vision tower's origin.
    model_types=("lighton_ocr", "mistral3"),
    implementation="textlift.engines.lighton_ocr.family:LightOnOcrFamily",
    modes=(ReadingMode(name="markdown", title="Markdown", returns="markdown"),),
    max_pixels=1540 * 1540,
    token_limit=4096,
)
