"""Qwen2.5-VL and Qwen3-VL, put together from the library's parts."""

from __future__ import annotations

from pathlib import Path

from PIL import Image
from transformers import PretrainedConfig
from transformers.models.qwen2_vl.image_processing_pil_qwen2_vl import (
    Qwen2VLImageProcessorPil,
    smart_resize,
)

from textlift.engines.qwen_vl.card import FAMILY
from textlift.engines.qwen_vl.checks import refuse_unlike_inputs, refuse_unlike_parts
from textlift.engines.qwen_vl.generations import QwenGeneration, generation_of
from textlift.engines.qwen_vl.html_view import HtmlView
from textlift.engines.qwen_vl.layout_html import layout_of_html
from textlift.engines.qwen_vl.markdown_answer import blocks_of_qwen_markdown
from textlift.engines.qwen_vl.places import Measure
from textlift.engines.vision_language.family import (
    Answer,
    AnswerView,
    Placement,
    PlainView,
    Prepared,
    Request,
)
from textlift.engines.vision_language.grid_look import Grid, look_on_grid
from textlift.engines.vision_language.library_family import LibraryFamily, Look
from textlift.engines.vision_language.text_blocks import blocks_of_text

_GRID = Grid(smart_resize)


class QwenVl(LibraryFamily):
    """A checkpoint of either generation.

    Attributes:
        generation: What is true of its ``model_type``.
    """

    card = FAMILY
    processor_class = Qwen2VLImageProcessorPil
    image_token = "<|image_pad|>"
    end_names = ("<|im_end|>", "<|endoftext|>")
    pad_name = "<|endoftext|>"
    types_tokens = True
    generation: QwenGeneration

    def __init__(self, folder: Path, placement: Placement) -> None:
        self.generation = generation_of(folder)
        self.config_class = self.generation.config_class
        self.model_class = self.generation.model_class
        super().__init__(folder, placement)

    def configuration(self, folder: Path) -> PretrainedConfig:
        config = super().configuration(folder)
        refuse_unlike_parts(
            folder,
            config=config,
            tokenizer=self.tokenizer,
            image_processor=self.image_processor,
        )
        return config

    def look(self, image: Image.Image, request: Request) -> Look:
        look = look_on_grid(
            self.image_processor,
            image,
            _GRID,
            image_token=self.image_token,
            max_pixels=request.max_pixels,
            dtype=self._placement.dtype,
        )
        refuse_unlike_inputs(look.tensors, self.model.config.vision_config)
        return look

    def question(self, placeholders: str, request: Request) -> str:
        return self.generation.question(placeholders, mode=request.mode)

    def parse(
        self, answer: str, image: Image.Image, request: Request, prepared: Prepared
    ) -> Answer:
        measure = self._measure(image, prepared)
        match request.mode:
            case "html":
                return layout_of_html(answer, measure)
            case "markdown":
                return Answer(blocks=blocks_of_qwen_markdown(answer, measure))
            case _:
                return Answer(blocks=blocks_of_text(answer))

    def view(self, image: Image.Image, request: Request, prepared: Prepared) -> AnswerView:
        if request.mode == "html":
            return HtmlView(self._measure(image, prepared))
        return PlainView()

    def _measure(self, image: Image.Image, prepared: Prepared) -> Measure:
        unit = (1000, 1000) if self.generation.relative_boxes else prepared.seen
        return Measure(unit=unit, page=image.size)
