"""What the Qwen-VL family is; read by the window and the registry."""

from __future__ import annotations

from textlift.engines.contract import ReadingMode
from textlift.engines.vision_language.family_card import FamilyCard

FAMILY = FamilyCard(
    name="qwen_vl",
    title="Qwen-VL",
    model_types=("qwen2_5_vl", "qwen3_vl"),
    implementation="textlift.engines.qwen_vl.family:QwenVl",
    modes=(
        ReadingMode(name="html", title="Layout and text", returns="blocks"),
        ReadingMode(name="markdown", title="Markdown", returns="markdown"),
        ReadingMode(name="text", title="Text only", returns="text"),
    ),
    # The 2.5 checkpoints allow 16384 image tokens of 28 x 28 pixels, those of Qwen3-VL as many
    # of 32 x 32; what a checkpoint says for itself counts where it is less.
    max_pixels=16384 * 32 * 32,
    token_limit=8192,
)
