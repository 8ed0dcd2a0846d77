"""Runs dots.ocr: loads its parts, asks its questions, and reads its answers."""

from __future__ import annotations

from pathlib import Path
from typing import ClassVar

import torch
from PIL import Image

from textlift.content.geometry import Box
from textlift.engines.dots_ocr.answers import parsed
from textlift.engines.dots_ocr.card import FAMILY
from textlift.engines.dots_ocr.configuration import DotsOCRConfig
from textlift.engines.dots_ocr.inputs import check_placeholders, checked_grid
from textlift.engines.dots_ocr.layout_blocks import PageScale
from textlift.engines.dots_ocr.layout_view import LayoutView
from textlift.engines.dots_ocr.model import DotsOCRForCausalLM
from textlift.engines.dots_ocr.processing import DotsImageProcessor
from textlift.engines.dots_ocr.prompts import (
    BOX_MODE,
    END_TOKENS,
    IMAGE_TOKEN,
    LAYOUT_MODES,
    PAD_TOKEN,
    PROMPTS,
    SCENE_MODE,
    framed,
)
from textlift.engines.dots_ocr.scene_text import SceneView
from textlift.engines.vision_language.family import (
    Answer,
    AnswerView,
    Family,
    Placement,
    PlainView,
    Prepared,
    Request,
)
from textlift.engines.vision_language.family_card import FamilyCard
from textlift.engines.vision_language.image_processing import image_settings
from textlift.engines.vision_language.loading import (
    load_config,
    load_tokenizer,
    load_weights,
    not_loadable,
    token_id,
)


class DotsOcr(Family):
    """dots.ocr, dots.mocr and their base variants: one architecture."""

    card: ClassVar[FamilyCard] = FAMILY

    def __init__(self, folder: Path, placement: Placement) -> None:
        config = load_config(DotsOCRConfig, folder, model_types=FAMILY.model_types)
        self._image_processor = DotsImageProcessor(image_settings(folder))
        self._image_processor.check(config.vision)
        self.tokenizer = load_tokenizer(folder)
        self.end_tokens = tuple(token_id(self.tokenizer, token) for token in END_TOKENS)
        self.pad_token = token_id(self.tokenizer, PAD_TOKEN)
        self._image_token = token_id(self.tokenizer, IMAGE_TOKEN)
        if self._image_token != config.image_token_id:
            raise not_loadable(
                f"In the model's tokenizer “{IMAGE_TOKEN}” is token {self._image_token}, and its "
                f"config.json says {config.image_token_id}; the files are not of the same model."
            )
        self._placement = placement
        self.model: DotsOCRForCausalLM = load_weights(
            DotsOCRForCausalLM, folder, placement, config=config
        )

    def prepare(self, image: Image.Image, request: Request) -> Prepared:
        pixels, grid, seen = self._image_processor(
            image, max_pixels=request.max_pixels, dtype=self._placement.dtype
        )
        tokens = seen[0] * seen[1] // self._image_processor.factor**2
        prompt = PROMPTS[request.mode]
        if request.mode == BOX_MODE:
            prompt += str(_box_seen(request.box, image.size, seen))
        ids = torch.tensor([framed(self.tokenizer, prompt, image_tokens=tokens)])
        checked_grid(pixels, grid, self.model.config.vision)
        check_placeholders(int((ids == self._image_token).sum()), tokens)
        return Prepared(
            inputs={
                "input_ids": ids,
                "attention_mask": torch.ones_like(ids),
                "pixel_values": pixels,
                "image_grid_thw": grid,
            },
            seen=seen,
            image_tokens=tokens,
        )

    def parse(
        self, answer: str, image: Image.Image, request: Request, prepared: Prepared
    ) -> Answer:
        return parsed(answer, mode=request.mode, scale=PageScale(prepared.seen, image.size))

    def view(self, image: Image.Image, request: Request, prepared: Prepared) -> AnswerView:
        scale = PageScale(prepared.seen, image.size)
        if request.mode in LAYOUT_MODES:
            return LayoutView(scale)
        if request.mode == SCENE_MODE:
            return SceneView(scale)
        return PlainView()


def _box_seen(box: Box | None, page: tuple[int, int], seen: tuple[int, int]) -> list[int]:
    """A box of the page in whole pixels of the image that the model sees; the page without one."""
    if box is None:
        return [0, 0, *seen]
    scaled = box.scaled(seen[0] / page[0], seen[1] / page[1])
    return [int(scaled.x0), int(scaled.y0), int(scaled.x1), int(scaled.y1)]
