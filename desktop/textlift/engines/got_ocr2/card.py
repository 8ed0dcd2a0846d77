"""What GOT-OCR2 says of itself before it is loaded."""

from textlift.engines.contract import ReadingMode
from textlift.engines.vision_language.family_card import FamilyCard

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
)
