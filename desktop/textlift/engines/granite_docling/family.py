"""Runs Granite Docling: an Idefics3 model that writes DocTags."""

from __future__ import annotations

import math
from pathlib import Path

import torch
from PIL import Image
from transformers import Idefics3Config, Idefics3ForConditionalGeneration
from transformers.models.idefics3.image_processing_pil_idefics3 import Idefics3ImageProcessorPil

from textlift.content.block import Block, BlockKind
from textlift.engines.granite_docling.card import FAMILY
from textlift.engines.granite_docling.doctags import blocks_of_doctags, is_doctags
from textlift.engines.granite_docling.doctags_view import DocTagsView
from textlift.engines.vision_language.family import (
    Answer,
    AnswerView,
    Placement,
    Prepared,
    Request,
)
from textlift.engines.vision_language.library_family import LibraryFamily, Look
from textlift.engines.vision_language.otsl import html_of_otsl

_PROMPTS = {
    "layout": "Convert this page to docling.",
    "table": "Convert table to OTSL.",
    "formula": "Convert formula to LaTeX.",
    "code": "Convert code to text.",
    "chart": "Convert chart to table.",
}
"""As on the model's page."""

_BEFORE = "<|start_of_role|>user<|end_of_role|>"
_AFTER = "<|end_of_text|>\n<|start_of_role|>assistant<|end_of_role|>"
_AROUND = "<fake_token_around_image>"


class GraniteDoclingFamily(LibraryFamily):
    """granite-docling-258M."""

    card = FAMILY
    config_class = Idefics3Config
    model_class = Idefics3ForConditionalGeneration
    processor_class = Idefics3ImageProcessorPil
    image_token = "<image>"
    end_names = ("<|end_of_text|>",)
    pad_name = "<|end_of_text|>"
    # The elements are special tokens.
    skips_special_tokens = False

    def __init__(self, folder: Path, placement: Placement) -> None:
        super().__init__(folder, placement)
        vision = self.model.config.vision_config
        side = int(vision.image_size) // int(vision.patch_size)
        self._tile_tokens = (side // int(self.model.config.scale_factor)) ** 2

    def look(self, image: Image.Image, request: Request) -> Look:
        tile = int(self.image_processor.max_image_size["longest_edge"])
        longest = int(self.image_processor.size["longest_edge"])
        tensors = self.image_processor(
            [[image]],
            size={"longest_edge": _longest_edge(image.size, tile, request.max_pixels, longest)},
            return_row_col_info=True,
            return_tensors="pt",
        )
        rows, columns = int(tensors["rows"][0][0]), int(tensors["cols"][0][0])
        pixels: torch.Tensor = tensors["pixel_values"]
        return Look(
            tensors={
                "pixel_values": pixels,
                "pixel_attention_mask": tensors["pixel_attention_mask"],
            },
            seen=(max(columns, 1) * tile, max(rows, 1) * tile),
            placeholders=self._placeholders(rows, columns),
            image_tokens=int(pixels.shape[1]) * self._tile_tokens,
        )

    def _placeholders(self, rows: int, columns: int) -> str:
        """A mark and its tokens for each tile, row by row, and for the whole page at the end."""
        tokens = self.image_token * self._tile_tokens
        tiles = "".join(
            "".join(
                f"{_AROUND}<row_{row}_col_{column}>{tokens}" for column in range(1, columns + 1)
            )
            + "\n"
            for row in range(1, rows + 1)
        )
        whole = f"{_AROUND}<global-img>{tokens}{_AROUND}"
        return f"{tiles}\n{whole}" if tiles else whole

    def question(self, placeholders: str, request: Request) -> str:
        return f"{_BEFORE}{placeholders}{_PROMPTS[request.mode]}{_AFTER}"

    def parse(
        self,
        answer: str,
        image: Image.Image,
        request: Request,
        prepared: Prepared,  # noqa: ARG002 - places are shares of the page
    ) -> Answer:
        if request.mode != "layout" and not is_doctags(answer):
            return Answer(blocks=_one_block(answer, request.mode))
        blocks = blocks_of_doctags(answer, width=image.width, height=image.height)
        if answer.strip() and not is_doctags(answer):
            return Answer(blocks=blocks, unparsed="The model did not write the page in DocTags.")
        return Answer(blocks=blocks)

    def view(
        self,
        image: Image.Image,
        request: Request,  # noqa: ARG002 - marks are marks in each mode
        prepared: Prepared,  # noqa: ARG002
    ) -> AnswerView:
        return DocTagsView(width=image.width, height=image.height)


def _one_block(answer: str, mode: str) -> tuple[Block, ...]:
    text = answer.strip()
    if not text:
        return ()
    table = html_of_otsl(text)
    if table:
        return (Block(kind=BlockKind.TABLE, text=table),)
    kind = {"formula": BlockKind.FORMULA, "code": BlockKind.CODE}.get(mode, BlockKind.TEXT)
    return (Block(kind=kind, text=text),)


def _longest_edge(size: tuple[int, int], tile: int, max_pixels: int, longest: int) -> int:
    """The longest edge, in whole tiles, with which the page is within ``max_pixels``."""
    longer, shorter = max(size), min(size)
    for tiles in range(longest // tile, 1, -1):
        across = math.ceil(int(shorter * tiles * tile / longer) / tile)
        if tiles * max(across, 1) * tile * tile <= max_pixels:
            return tiles * tile
    return tile
