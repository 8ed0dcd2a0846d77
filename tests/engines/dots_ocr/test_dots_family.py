"""The family as the runner uses it: a page in, an answer with places on the page out."""

from __future__ import annotations

from pathlib import Path

import torch
from PIL import Image

from textlift.content.block import Block, BlockKind
from textlift.content.geometry import Box
from textlift.content.reading import StopReason
from textlift.engines.dots_ocr.card import FAMILY
from textlift.engines.dots_ocr.family import DotsOcr
from textlift.engines.vision_language.families import families, family_of_model_type
from textlift.engines.vision_language.family import (
    AnswerView,
    Generated,
    Placement,
    Prepared,
    Request,
)


def test_the_family_is_known_by_name_and_by_its_checkpoints() -> None:
    assert families()["dots_ocr"] is FAMILY
    assert family_of_model_type("dots_ocr") is FAMILY


def test_boxes_of_a_page_that_was_shrunk_are_on_the_page(family: DotsOcr) -> None:
    page = Image.new("RGB", (1120, 560), "white")
    answer = '[{"bbox": [10, 20, 30, 40], "category": "Title", "text": "Head"}, {"bbox": [10'
    shown = []

    def generate(prepared: Prepared, view: AnswerView) -> Generated:
        assert prepared.seen == (112, 56)
        shown.append(view.add(answer))
        return Generated(answer, StopReason.LIMIT)

    read, prepared, stop_reason = family.read(page, Request("layout", 112 * 56), generate)
    assert read.blocks == (Block(BlockKind.HEADING, "Head", box=Box(100, 200, 300, 400), level=1),)
    assert read.repairs == (
        "The layout breaks off inside an element; what was written of it is kept.",
    )
    assert prepared.image_tokens == 8
    assert stop_reason is StopReason.LIMIT
    assert shown[0].text == "Head"
    assert [line.box for line in shown[0].lines] == [Box(100, 200, 300, 400)]


def test_pixels_have_the_dtype_of_the_weights(random_folder: Path) -> None:
    half = DotsOcr(random_folder, Placement(torch.device("cpu"), torch.bfloat16))
    page = Image.new("RGB", (56, 56), "white")
    inputs = half.prepare(page, Request("text", 10**6)).inputs
    assert inputs["pixel_values"].dtype == torch.bfloat16
    assert half.model(**inputs).logits.dtype == torch.bfloat16
