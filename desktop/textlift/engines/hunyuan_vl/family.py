"""Runs HunyuanOCR: a tower of native resolution and a dense Hunyuan language model."""

from __future__ import annotations

from PIL import Image
from transformers import HunYuanVLConfig, HunYuanVLForConditionalGeneration
from transformers.models.hunyuan_vl.image_processing_pil_hunyuan_vl import (
    HunYuanVLImageProcessorPil,
    smart_resize,
)

from textlift.content.block import Block, BlockKind
from textlift.engines.hunyuan_vl.card import FAMILY
from textlift.engines.vision_language.family import Answer, Prepared, Request
from textlift.engines.vision_language.formula_text import without_delimiters
from textlift.engines.vision_language.grid_look import Grid, look_on_grid
from textlift.engines.vision_language.library_family import LibraryFamily, Look
from textlift.engines.vision_language.markdown_blocks import blocks_of_markdown
from textlift.engines.vision_language.text_blocks import blocks_of_text

_PROMPTS = {
    "markdown": (
        "Extract all information from the main body of the document image and represent it in "
        "markdown format, ignoring headers and footers. Tables should be expressed in HTML "
        "format, formulas in the document should be represented using LaTeX format, and the "
        "parsing should be organized according to the reading order."
    ),
    "text": "Extract the text in the image.",
    "table": "Parse the table in the image into HTML.",
    "formula": "Identify the formula in the image and represent it using LaTeX format.",
}
"""As in the model's own instructions."""

# The filter that its settings name was never used.
_GRID = Grid(smart_resize, row_by_row=True, resample=Image.Resampling.BICUBIC)

_BEGIN = "<｜hy_begin▁of▁sentence｜>"
_AFTER_SYSTEM = "<｜hy_place▁holder▁no▁3｜>"
_IMAGE_START = "<｜hy_place▁holder▁no▁100｜>"
_IMAGE_END = "<｜hy_place▁holder▁no▁101｜>"
_IMAGE = "<｜hy_place▁holder▁no▁102｜>"
_USER = "<｜hy_User｜>"
_ASSISTANT = "<｜hy_Assistant｜>"
_END = "<｜hy_place▁holder▁no▁2｜>"


class HunyuanVlFamily(LibraryFamily):
    """HunyuanOCR, 1 B parameters."""

    card = FAMILY
    config_class = HunYuanVLConfig
    model_class = HunYuanVLForConditionalGeneration
    processor_class = HunYuanVLImageProcessorPil
    image_token = _IMAGE
    # Turns are marked at their ends: the answer by the assistant's name.
    end_names = (_ASSISTANT, _END)
    pad_name = _END
    types_tokens = True

    def look(self, image: Image.Image, request: Request) -> Look:
        look = look_on_grid(
            self.image_processor,
            image,
            _GRID,
            image_token=_IMAGE,
            max_pixels=request.max_pixels,
            dtype=self._placement.dtype,
        )
        _, rows, columns = look.tensors["image_grid_thw"][0].tolist()
        merge = int(self.image_processor.merge_size)
        # The tower adds a column that ends each row, and a row's worth of ends around the image.
        count = rows // merge * (columns // merge + 1) + 2
        return Look(
            tensors=look.tensors,
            seen=look.seen,
            placeholders=_IMAGE * count,
            image_tokens=count,
        )

    def question(self, placeholders: str, request: Request) -> str:
        # The empty system message is part of the frame.
        return (
            f"{_BEGIN}{_AFTER_SYSTEM}{_IMAGE_START}{placeholders}{_IMAGE_END}"
            f"{_PROMPTS[request.mode]}{_USER}"
        )

    def parse(
        self,
        answer: str,
        image: Image.Image,  # noqa: ARG002 - it gives no places
        request: Request,
        prepared: Prepared,  # noqa: ARG002
    ) -> Answer:
        text = answer.strip()
        if not text:
            return Answer(blocks=())
        if request.mode == "formula":
            return Answer(blocks=(Block(BlockKind.FORMULA, without_delimiters(text)),))
        if request.mode == "text":
            return Answer(blocks=blocks_of_text(text))
        return Answer(blocks=blocks_of_markdown(text))
