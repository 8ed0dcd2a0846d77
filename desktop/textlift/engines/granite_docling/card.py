"""What Granite Docling says of itself."""

from __future__ import annotations

from textlift.engines.contract import ReadingMode
from textlift.engines.vision_language.family_card import FamilyCard

FAMILY = FamilyCard(
    name="granite_docling",
    title="Granite Docling",
    model_types=("idefics3",),
    implementation="textlift.engines.granite_docling.family:GraniteDoclingFamily",
    modes=(
        ReadingMode(name="layout", title="Layout and text", returns="blocks"),
        ReadingMode(
            name="table", title="The page is one table", returns="blocks", reads_pages=False
        ),
        ReadingMode(
            name="formula", title="The page is one formula", returns="blocks", reads_pages=False
        ),
        ReadingMode(
            name="code", title="The page is one program", returns="blocks", reads_pages=False
        ),
        ReadingMode(
            name="chart",
            title="The page is one chart, as a table",
            returns="blocks",
            reads_pages=False,
        ),
    ),
    max_pixels=2048 * 2048,
    token_limit=7168,
)
