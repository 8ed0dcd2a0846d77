"""Runs DeepSeek-OCR 2: SAM and a Qwen2 encoder over tiles, and a mixture of experts that writes."""

from __future__ import annotations

import math

from PIL import Image
from transformers import (
    DeepseekOcr2Config,
    DeepseekOcr2ForConditionalGeneration,
)
from transformers.models.deepseek_ocr2.image_processing_pil_deepseek_ocr2 import (
    DeepseekOcr2ImageProcessorPil,
)

from textlift.engines.deepseek_ocr2.card import FAMILY
from textlift.engines.deepseek_ocr2.grounding import (
    GroundingView,
    blocks_of_grounding,
    has_grounding,
)
from textlift.engines.vision_language.family import (
    Answer,
    AnswerView,
    PlainView,
    Prepared,
    Request,
)
from textlift.engines.vision_language.library_family import LibraryFamily, Look
from textlift.engines.vision_language.markdown_blocks import blocks_of_markdown

_PROMPTS = {
    "layout": "\n<|grounding|>Convert the document to markdown.",
    "text": "\nFree OCR.",
}
_BEGIN = "<｜begin▁of▁sentence｜>"
_END = "<｜end▁of▁sentence｜>"

_SHRINK = 16 * 4
"""Pixels of a side that become one token: patches of SAM, and what its neck makes of them."""


class DeepseekOcr2Family(LibraryFamily):
    """DeepSeek-OCR 2, 3 B parameters of which half a billion work at a time."""

    card = FAMILY
    config_class = DeepseekOcr2Config
    model_class = DeepseekOcr2ForConditionalGeneration
    processor_class = DeepseekOcr2ImageProcessorPil
    image_token = "<image>"
    end_names = (_END,)
    pad_name = _END
    # The marks of places are special tokens.
    skips_special_tokens = False

    def look(self, image: Image.Image, request: Request) -> Look:
        whole = int(self.image_processor.size["height"])
        tile = int(self.image_processor.tile_size)
        least = int(self.image_processor.min_patches)
        affordable = (request.max_pixels - whole * whole) // (tile * tile)
        most = min(int(self.image_processor.max_patches), affordable)
        if most < least and max(image.size) > tile:
            # Small enough to be shown as a whole only.
            image = image.copy()
            image.thumbnail((tile, tile), Image.Resampling.BICUBIC)
        made = self.image_processor(
            images=[image],
            crop_to_patches=True,
            min_patches=least,
            max_patches=max(most, least),
            return_tensors="pt",
        )
        tiles = int(made["num_local_patches"][0])
        tokens = _tokens(whole) + tiles * _tokens(tile) + 1  # one parts the tiles from the whole
        return Look(
            tensors=dict(made),
            seen=_seen(image.size, whole=whole, pixels=tiles * tile * tile),
            placeholders=self.image_token * tokens,
            image_tokens=tokens,
        )

    def question(self, placeholders: str, request: Request) -> str:
        return f"{_BEGIN}{placeholders}{_PROMPTS[request.mode]}"

    def parse(
        self,
        answer: str,
        image: Image.Image,
        request: Request,
        prepared: Prepared,  # noqa: ARG002 - places are shares of the page
    ) -> Answer:
        if request.mode == "text":
            return Answer(blocks=blocks_of_markdown(answer))
        blocks = blocks_of_grounding(answer, width=image.width, height=image.height)
        if answer.strip() and not has_grounding(answer):
            return Answer(blocks=blocks, unparsed="The model did not say where the text stands.")
        return Answer(blocks=blocks)

    def view(self, image: Image.Image, request: Request, prepared: Prepared) -> AnswerView:  # noqa: ARG002
        if request.mode == "text":
            return PlainView()
        return GroundingView(width=image.width, height=image.height)


def _tokens(side: int) -> int:
    """Tokens of a square image."""
    return math.ceil(side / _SHRINK) ** 2


def _seen(size: tuple[int, int], *, whole: int, pixels: int) -> tuple[int, int]:
    """Width and height of an image of that shape: the tiles together, or the whole alone."""
    width, height = size
    scale = math.sqrt(pixels / (width * height)) if pixels else whole / max(width, height)
    return max(1, round(width * scale)), max(1, round(height * scale))
