"""Runs Qianfan-OCR: an InternViT-like tower over tiles and a Qwen3 language model."""

from __future__ import annotations

from PIL import Image
from transformers import QianfanOCRConfig, QianfanOCRForConditionalGeneration
from transformers.models.got_ocr2.image_processing_pil_got_ocr2 import (
    GotOcr2ImageProcessorPil,
    get_optimal_tiled_canvas,
)

from textlift.engines.qianfan_ocr.card import FAMILY
from textlift.engines.vision_language.family import Answer, Prepared, Request
from textlift.engines.vision_language.library_family import LibraryFamily, Look
from textlift.engines.vision_language.markdown_blocks import blocks_of_markdown

_PROMPT = "Parse this document to Markdown."
_END_OF_THOUGHT = "</think>"


class QianfanOcrFamily(LibraryFamily):
    """Qianfan-OCR, 4 B parameters."""

    card = FAMILY
    config_class = QianfanOCRConfig
    model_class = QianfanOCRForConditionalGeneration
    # Its own processor is this one by another name.
    processor_class = GotOcr2ImageProcessorPil
    image_token = "<IMG_CONTEXT>"
    end_names = ("<|im_end|>", "<|endoftext|>")
    pad_name = "<|endoftext|>"

    def look(self, image: Image.Image, request: Request) -> Look:
        size = self.image_processor.size
        tile = (int(size["height"]), int(size["width"]))
        # Of more than one tile the whole page is shown once more, in a tile of its own.
        affordable = request.max_pixels // (tile[0] * tile[1]) - 1
        most = max(1, min(int(self.image_processor.max_patches), affordable))
        least = min(int(self.image_processor.min_patches), most)
        made = self.image_processor(
            images=[image],
            crop_to_patches=True,
            min_patches=least,
            max_patches=most,
            return_tensors="pt",
        )
        columns, rows = (
            get_optimal_tiled_canvas((image.height, image.width), tile, least, most)
            if most > 1
            else (1, 1)
        )
        count = int(made["pixel_values"].shape[0]) * int(self.model.config.image_seq_length)
        return Look(
            tensors={"pixel_values": made["pixel_values"]},
            seen=(columns * tile[1], rows * tile[0]),
            placeholders=f"<img>{self.image_token * count}</img>",
            image_tokens=count,
        )

    def question(self, placeholders: str, request: Request) -> str:  # noqa: ARG002 - one mode
        return f"<|im_start|>user\n{placeholders}\n{_PROMPT}<|im_end|>\n<|im_start|>assistant\n"

    def parse(
        self,
        answer: str,
        image: Image.Image,  # noqa: ARG002 - it gives no places
        request: Request,  # noqa: ARG002
        prepared: Prepared,  # noqa: ARG002
    ) -> Answer:
        # It can think before it writes; Textlift does not ask it to.
        thought, found, said = answer.partition(_END_OF_THOUGHT)
        return Answer(blocks=blocks_of_markdown(said if found else thought))
