"""Runs LightOnOCR: a Pixtral vision tower and a Qwen3 language model."""

from __future__ import annotations

from pathlib import Path

from PIL import Image
from transformers import LightOnOcrConfig, LightOnOcrForConditionalGeneration, PretrainedConfig
from transformers.models.pixtral.image_processing_pil_pixtral import PixtralImageProcessorPil

from textlift.engines.lighton_ocr.card import FAMILY
from textlift.engines.vision_language.family import Answer, Prepared, Request
from textlift.engines.vision_language.library_family import LibraryFamily, Look
from textlift.engines.vision_language.loading import load_config, not_loadable
from textlift.engines.vision_language.markdown_blocks import blocks_of_markdown

_BEFORE = "<|im_start|>system<|im_end|>\n<|im_start|>user\n"
_AFTER = "<|im_end|>\n<|im_start|>assistant\n"


class LightOnOcrFamily(LibraryFamily):
    """LightOnOCR 1 and 2, 1 B parameters."""

    card = FAMILY
    config_class = LightOnOcrConfig
    model_class = LightOnOcrForConditionalGeneration
    processor_class = PixtralImageProcessorPil
    image_token = "<|image_pad|>"
    end_names = ("<|im_end|>", "<|endoftext|>")
    pad_name = "<|endoftext|>"

    def configuration(self, folder: Path) -> PretrainedConfig:
        config = load_config(LightOnOcrConfig, folder, model_types=FAMILY.model_types)
        if config.get_text_config().model_type != "qwen3":
            raise not_loadable(
                f"The model in {folder} is a Mistral model, not LightOnOCR, "
                "and Textlift cannot run it."
            )
        return config

    def look(self, image: Image.Image, request: Request) -> Look:
        vision = self.model.config.vision_config
        cell = int(vision.patch_size) * int(self.model.config.spatial_merge_size)
        # The tower has no rotary positions beyond its own image size.
        limit = min(int(self.image_processor.size["longest_edge"]), int(vision.image_size))
        edge = _longest_edge(image.size, cell=cell, max_pixels=request.max_pixels, limit=limit)
        tensors = self.image_processor(
            image,
            size={"longest_edge": edge},
            patch_size={"height": cell, "width": cell},
            return_tensors="pt",
        )
        height, width = (int(side) for side in tensors["image_sizes"][0])
        count = (height // cell) * (width // cell)
        return Look(
            tensors={
                "pixel_values": tensors["pixel_values"],
                "image_sizes": tensors["image_sizes"],
            },
            seen=(width, height),
            placeholders=self.image_token * count,
            image_tokens=count,
        )

    def question(self, placeholders: str, request: Request) -> str:  # noqa: ARG002 - one mode
        return f"{_BEFORE}{placeholders}{_AFTER}"

    def parse(
        self,
        answer: str,
        image: Image.Image,  # noqa: ARG002 - it gives no places
        request: Request,  # noqa: ARG002
        prepared: Prepared,  # noqa: ARG002
    ) -> Answer:
        return Answer(blocks=blocks_of_markdown(answer))


def _longest_edge(size: tuple[int, int], *, cell: int, max_pixels: int, limit: int) -> int:
    """How long the longer side may be, in pixels; both sides are rounded up to whole cells.

    A strip is not shrunk so far that nothing is left of its shorter side.
    """
    longer, shorter = max(size), min(size)
    least = -(-longer // shorter)
    for edge in range(limit // cell * cell, max(cell, least), -cell):
        shrunk = min(edge, longer)
        width = -(-shrunk // cell) * cell
        height = -(-int(shorter * shrunk / longer) // cell) * cell
        if width * height <= max_pixels:
            return edge
    return -(-least // cell) * cell
