"""What Kosmos-2.5 says of itself."""

from __future__ import annotations

from textlift.engines.contract import ReadingMode
from textlift.engines.vision_language.family_card import FamilyCard

FAMILY = FamilyCard(
    name="kosmos_2_5",
    title="Kosmos-2.5",
    model_types=("kosmos-2.5",),
    implementation="textlift.engines.kosmos_2_5.family:Kosmos25Family",
    modes=(
        ReadingMode(name="lines", title="Lines with their places", returns="blocks"),
        ReadingMode(name="markdown", title="Markdown", returns="markdown"),
    ),
    max_pixels=4096 * 16 * 16,
    # Its 4,096 positions, less 2,048 of the image and four of the question.
    token_limit=2044,
)
