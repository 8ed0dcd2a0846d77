"""Runs PaddleOCR-VL: a SigLIP tower of native resolution and an ERNIE 4.5 language model."""

from __future__ import annotations

import functools
import threading
from pathlib import Path

import msgspec
from PIL import Image
from transformers import PaddleOCRVLConfig, PaddleOCRVLForConditionalGeneration
from transformers.models.paddleocr_vl.image_processing_pil_paddleocr_vl import (
    PaddleOCRVLImageProcessorPil,
    smart_resize,
)

from textlift.content.block import Block, BlockKind, Line
from textlift.content.reading import StopReason
from textlift.engines.paddleocr_vl.card import FAMILY
from textlift.engines.paddleocr_vl.prompt_end import prompt_end
from textlift.engines.pp_ocr.regions import Region, RegionFinder
from textlift.engines.vision_language.family import (
    Answer,
    Generate,
    Piece,
    Placement,
    Prepared,
    Request,
)
from textlift.engines.vision_language.formula_text import without_delimiters
from textlift.engines.vision_language.grid_look import Grid, look_on_grid
from textlift.engines.vision_language.library_family import LibraryFamily, Look
from textlift.engines.vision_language.otsl import html_of_otsl

_PROMPTS = {
    "text": "OCR:",
    "element": "OCR:",
    "table": "Table Recognition:",
    "formula": "Formula Recognition:",
}
_GRID = Grid(smart_resize, row_by_row=True)
_MARGIN = 0.25
"""Line heights of paper around a region."""


class PaddleOcrVlFamily(LibraryFamily):
    """PaddleOCR-VL 1.0, 1.5 and 1.6."""

    card = FAMILY
    config_class = PaddleOCRVLConfig
    model_class = PaddleOCRVLForConditionalGeneration
    processor_class = PaddleOCRVLImageProcessorPil
    image_token = "<|IMAGE_PLACEHOLDER|>"
    end_names = ("</s>",)
    pad_name = "<unk>"
    types_tokens = True

    def __init__(self, folder: Path, placement: Placement) -> None:
        super().__init__(folder, placement)
        self._prompt_end = prompt_end(folder)
        # Pages are read in several threads, and the detector is no model of ours.
        self._finding = threading.Lock()

    def look(self, image: Image.Image, request: Request) -> Look:
        look = look_on_grid(
            self.image_processor,
            image,
            _GRID,
            image_token=self.image_token,
            max_pixels=request.max_pixels,
            dtype=self._placement.dtype,
        )
        side = int(self.image_processor.patch_size)
        pixels = look.tensors["pixel_values"]
        pixels = pixels.reshape(len(pixels), -1, side, side)
        return msgspec.structs.replace(look, tensors={**look.tensors, "pixel_values": pixels})

    def question(self, placeholders: str, request: Request) -> str:
        return (
            f"<|begin_of_sentence|>User: <|IMAGE_START|>{placeholders}<|IMAGE_END|>"
            f"{_PROMPTS[request.mode]}{self._prompt_end}"
        )

    def parse(
        self,
        answer: str,
        image: Image.Image,  # noqa: ARG002 - the answer is the whole image
        request: Request,
        prepared: Prepared,  # noqa: ARG002
    ) -> Answer:
        text = answer.strip()
        if not text:
            return Answer(blocks=())
        if request.mode == "table":
            table = html_of_otsl(text)
            if not table:
                return Answer(
                    blocks=(Block(BlockKind.TEXT, text),),
                    unparsed="The model did not write a table.",
                )
            return Answer(blocks=(Block(BlockKind.TABLE, table),))
        if request.mode == "formula":
            return Answer(blocks=(Block(BlockKind.FORMULA, without_delimiters(text)),))
        return Answer(blocks=(Block(BlockKind.TEXT, text),))

    def read(
        self, image: Image.Image, request: Request, generate: Generate
    ) -> tuple[Answer, Prepared, StopReason]:
        """Reads a page region by region, in the mode for pages; anything else as one element."""
        if request.mode != "text":
            return super().read(image, request, generate)
        prepared: Prepared | None = None
        blocks: list[Block] = []
        stop_reason = StopReason.END
        with self._finding:
            regions = list(self._finder.find(image))
        for region in regions:
            prepared = self.prepare(_cut_out(image, region), request)
            generated = generate(prepared, _RegionView(region, first=not blocks))
            text = generated.text.strip()
            if text:
                level = 1 if region.kind is BlockKind.HEADING else 0
                blocks.append(Block(region.kind, text, region.box, level))
            stop_reason = generated.stop_reason
            if stop_reason is not StopReason.END:
                break
        shown = prepared or self.prepare(image, request)
        return (
            Answer(blocks=tuple(blocks)),
            msgspec.structs.replace(shown, seen=image.size),
            stop_reason,
        )

    @functools.cached_property
    def _finder(self) -> RegionFinder:
        return RegionFinder()


class _RegionView:
    """Shows the outline of a region, then its text, a blank line after the one before."""

    def __init__(self, region: Region, *, first: bool) -> None:
        self._outline: tuple[Line, ...] = (Line(text="", box=region.box),)
        self._before = "" if first else "\n\n"

    def add(self, text: str) -> Piece:
        piece = Piece(text=self._before + text, lines=self._outline)
        self._before, self._outline = "", ()
        return piece


def _cut_out(image: Image.Image, region: Region) -> Image.Image:
    margin = _MARGIN * region.line_height
    box = region.box
    return image.crop(
        (
            max(0, round(box.x0 - margin)),
            max(0, round(box.y0 - margin)),
            min(image.width, round(box.x1 + margin)),
            min(image.height, round(box.y1 + margin)),
        )
    )
