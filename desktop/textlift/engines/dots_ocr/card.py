"""What the dots.ocr family is; read by the window and the registry."""

from __future__ import annotations

from textlift.engines.contract import ReadingMode
from textlift.engines.vision_language.family_card import FamilyCard

FAMILY = FamilyCard(
    name="dots_ocr",
    title="dots.ocr",
    model_types=("dots_ocr",),
    implementation="textlift.engines.dots_ocr.family:DotsOcr",
    modes=(
        ReadingMode(name="layout", title="Layout and text", returns="blocks"),
        ReadingMode(name="layout-only", title="Layout without text", returns="layout"),
        ReadingMode(name="text", title="Text only", returns="markdown"),
        ReadingMode(name="box", title="Text inside a box", returns="text", needs_box=True),
        ReadingMode(name="web", title="Web page", returns="blocks"),
        ReadingMode(
            name="scene", title="Text in a photograph", returns="blocks", reads_pages=False
        ),
    ),
    max_pixels=11289600,
    # The official program allows 16384 for a page; its figures were measured with that.
    token_limit=16384,
)
