"""Runs Kosmos-2.5: a tower over patches of an image of any shape, and a decoder of its own."""

from __future__ import annotations

import re
from pathlib import Path

import msgspec
import torch
from PIL import Image
from transformers import (
    Kosmos2_5Config,
    Kosmos2_5ForConditionalGeneration,
)
from transformers.models.kosmos2_5.image_processing_pil_kosmos2_5 import (
    Kosmos2_5ImageProcessorPil,
)

from textlift.engines.kosmos_2_5.bbox_lines import BboxLinesView, SeenPage, parsed_lines
from textlift.engines.kosmos_2_5.card import FAMILY
from textlift.engines.vision_language.family import (
    Answer,
    AnswerView,
    Placement,
    PlainView,
    Prepared,
    Request,
)
from textlift.engines.vision_language.library_family import LibraryFamily, Look
from textlift.engines.vision_language.loading import token_id
from textlift.engines.vision_language.markdown_blocks import blocks_of_markdown

_PROMPTS = {"lines": "<ocr>", "markdown": "<md>"}
_BEGIN = "<s>"
_IMAGE_START, _IMAGE_END = "<image>", "</image>"

_ESCAPED_BRACKET = re.compile(r"(?<!\\)\\([\[\]])")

_MOST_ROWS = 256
"""Patches in a row or a column: their numbers stand among the pixels, and a model in bfloat16
counts exactly no further."""


class Kosmos25Family(LibraryFamily):
    """kosmos-2.5, 1.4 B parameters."""

    card = FAMILY
    config_class = Kosmos2_5Config
    model_class = Kosmos2_5ForConditionalGeneration
    processor_class = Kosmos2_5ImageProcessorPil
    image_token = _BEGIN
    end_names = ("</s>",)
    pad_name = "<pad>"

    def __init__(self, folder: Path, placement: Placement) -> None:
        super().__init__(folder, placement)
        self._image_start = token_id(self.tokenizer, _IMAGE_START)
        self._image_end = token_id(self.tokenizer, _IMAGE_END)

    def look(self, image: Image.Image, request: Request) -> Look:
        made = self.image_processor(
            [image],
            max_patches=self._patches(image.size, request.max_pixels),
            return_tensors="pt",
        )
        rows = int(self.model.config.latent_query_num)
        return Look(
            tensors={"flattened_patches": made["flattened_patches"]},
            seen=(int(made["width"][0]), int(made["height"][0])),
            placeholders=self.image_token * rows,
            image_tokens=rows,
        )

    def _patches(self, size: tuple[int, int], max_pixels: int) -> int:
        """How many patches an image of that shape may be scaled to fill."""
        width, height = self._patch_sides()
        longest = _MOST_ROWS**2 * min(size) // max(size)
        return max(
            min(int(self.image_processor.max_patches), max_pixels // (width * height), longest), 1
        )

    def _patch_sides(self) -> tuple[int, int]:
        sides = self.image_processor.patch_size
        return int(sides["width"]), int(sides["height"])

    def question(self, placeholders: str, request: Request) -> str:
        return f"{_IMAGE_START}{placeholders}{_IMAGE_END}{_PROMPTS[request.mode]}"

    def prepare(self, image: Image.Image, request: Request) -> Prepared:
        prepared = super().prepare(image, request)
        question = prepared.inputs["input_ids"]
        # What begins a text is the same token that stands for a row of the image, so it is put
        # before the question when those have been counted, and the model is told which is which.
        begin = torch.full_like(question[:, :1], self._image_id)
        of_image = (question == self._image_id).long()
        around = ((question == self._image_start) | (question == self._image_end)).long()
        ids = torch.cat([begin, question], dim=1)
        inputs = {
            **prepared.inputs,
            "input_ids": ids,
            "attention_mask": torch.ones_like(ids),
            "image_embeds_position_mask": torch.cat(
                [torch.zeros_like(begin), of_image - around], dim=1
            ),
        }
        return msgspec.structs.replace(prepared, inputs=inputs)

    def parse(
        self, answer: str, image: Image.Image, request: Request, prepared: Prepared
    ) -> Answer:
        if request.mode == "markdown":
            return Answer(blocks=blocks_of_markdown(_with_plain_brackets(answer)))
        return parsed_lines(answer, SeenPage(page=image.size, seen=prepared.seen))

    def view(self, image: Image.Image, request: Request, prepared: Prepared) -> AnswerView:
        if request.mode == "markdown":
            return PlainView()
        return BboxLinesView(SeenPage(page=image.size, seen=prepared.seen))


def _with_plain_brackets(markdown: str) -> str:
    """The same Markdown without backslashes before brackets, which begin LaTeX with others."""
    return _ESCAPED_BRACKET.sub(lambda found: f"&#{ord(found[1])};", markdown)
