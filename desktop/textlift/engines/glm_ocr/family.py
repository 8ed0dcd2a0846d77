"""Runs GLM-OCR: a CogViT tower and a GLM language model of half a billion parameters."""

from __future__ import annotations

from functools import partial

from PIL import Image
from transformers import GlmOcrConfig, GlmOcrForConditionalGeneration
from transformers.models.glm46v.image_processing_pil_glm46v import (
    Glm46VImageProcessorPil,
    smart_resize,
)

from textlift.content.block import Block, BlockKind
from textlift.engines.glm_ocr.card import FAMILY
from textlift.engines.vision_language.family import Answer, Prepared, Request
from textlift.engines.vision_language.formula_text import without_delimiters
from textlift.engines.vision_language.grid_look import Grid, look_on_grid
from textlift.engines.vision_language.library_family import LibraryFamily, Look
from textlift.engines.vision_language.markdown_blocks import blocks_of_markdown

_PROMPTS = {
    "text": "Text Recognition:",
    "table": "Table Recognition:",
    "formula": "Formula Recognition:",
}


class GlmOcrFamily(LibraryFamily):
    """GLM-OCR, 0.9 B parameters."""

    card = FAMILY
    config_class = GlmOcrConfig
    model_class = GlmOcrForConditionalGeneration
    processor_class = Glm46VImageProcessorPil
    image_token = "<|image|>"
    end_names = ("<|endoftext|>", "<|user|>")
    pad_name = "<|endoftext|>"
    types_tokens = True

    def look(self, image: Image.Image, request: Request) -> Look:
        # An image is two equal frames to this processor, and its limit is of both together.
        frames = int(self.image_processor.temporal_patch_size)
        return look_on_grid(
            self.image_processor,
            image,
            Grid(partial(smart_resize, frames, temporal_factor=frames), frames_count=True),
            image_token=self.image_token,
            max_pixels=request.max_pixels,
            dtype=self._placement.dtype,
        )

    def question(self, placeholders: str, request: Request) -> str:
        return (
            f"[gMASK]<sop><|user|>\n<|begin_of_image|>{placeholders}<|end_of_image|>"
            f"{_PROMPTS[request.mode]}<|assistant|>\n"
        )

    def parse(
        self,
        answer: str,
        image: Image.Image,  # noqa: ARG002 - it gives no places
        request: Request,
        prepared: Prepared,  # noqa: ARG002
    ) -> Answer:
        if request.mode == "formula" and answer.strip():
            return Answer(blocks=(Block(BlockKind.FORMULA, without_delimiters(answer)),))
        return Answer(blocks=blocks_of_markdown(answer))
