"""Qianfan-OCR is loaded from its parts and shown tiles as the library would show them."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch
from transformers.models.got_ocr2.image_processing_pil_got_ocr2 import GotOcr2ImageProcessorPil

from textlift.engines.qianfan_ocr.family import QianfanOcrFamily
from textlift.engines.vision_language.family import Request
from tiny_models.random_checkpoint import CPU, drawn_page, generated
from tiny_models.random_checkpoints.qianfan_ocr import SETTINGS, TILE, make_checkpoint

_ALL = 10**8


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("qianfan_ocr")
    make_checkpoint(folder)
    return folder


@pytest.fixture(scope="module")
def family(folder: Path) -> QianfanOcrFamily:
    return QianfanOcrFamily(folder, CPU)


@pytest.mark.parametrize("size", [(310, 400), (40, 40), (600, 60)])
def test_pixels_are_those_of_the_library(family: QianfanOcrFamily, size: tuple[int, int]) -> None:
    page = drawn_page(*size)

    prepared = family.prepare(page, Request(mode="markdown", max_pixels=_ALL))

    library = GotOcr2ImageProcessorPil(**SETTINGS)(page, return_tensors="pt")
    assert torch.equal(prepared.inputs["pixel_values"], library["pixel_values"])
    assert prepared.image_tokens == 4 * int(library["num_patches"][0])


def test_the_question_is_in_the_models_frame(family: QianfanOcrFamily) -> None:
    prepared = family.prepare(drawn_page(50, 50), Request(mode="markdown", max_pixels=TILE**2))

    ids = prepared.inputs["input_ids"][0].tolist()
    assert family.tokenizer.decode(ids, skip_special_tokens=False) == (
        "<|im_start|>user\n<img>" + "<IMG_CONTEXT>" * 4 + "</img>\n"
        "Parse this document to Markdown.<|im_end|>\n<|im_start|>assistant\n"
    )


def test_the_tower_makes_a_row_for_each_place_and_the_model_writes(
    family: QianfanOcrFamily,
) -> None:
    prepared = family.prepare(drawn_page(200, 150), Request(mode="markdown", max_pixels=_ALL))

    features = family.model.get_image_features(
        pixel_values=prepared.inputs["pixel_values"]
    ).pooler_output
    assert features.shape[0] * features.shape[1] == prepared.image_tokens
    assert len(generated(family, prepared)) >= 1


@pytest.mark.parametrize("tiles", [1, 2, 3, 5, 7, 100])
def test_the_tiles_stay_within_the_limits(family: QianfanOcrFamily, tiles: int) -> None:
    prepared = family.prepare(
        drawn_page(400, 600), Request(mode="markdown", max_pixels=tiles * TILE**2)
    )

    shown = prepared.inputs["pixel_values"].shape[0]
    assert shown <= min(tiles, 7)
    assert prepared.seen[0] * prepared.seen[1] == max(shown - 1, 1) * TILE**2


@pytest.mark.parametrize("before", ["", "<think>\nlayout\n</think>\n\n"])
def test_the_answer_is_markdown_without_thoughts(family: QianfanOcrFamily, before: str) -> None:
    page = drawn_page(60, 60)
    request = Request(mode="markdown", max_pixels=_ALL)

    blocks = family.parse(f"{before}# A\n\nb", page, request, family.prepare(page, request)).blocks

    assert [(block.kind.value, block.text) for block in blocks] == [("heading", "A"), ("text", "b")]
