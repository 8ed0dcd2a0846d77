"""DeepSeek-OCR 2 is loaded from its parts and shown tiles as the library would show them."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch
from transformers import (
    DeepseekOcr2Processor,
    PreTrainedTokenizerFast,
)
from transformers.models.deepseek_ocr2.image_processing_pil_deepseek_ocr2 import (
    DeepseekOcr2ImageProcessorPil,
)

from textlift.content.geometry import Box
from textlift.engines.deepseek_ocr2.family import DeepseekOcr2Family
from textlift.engines.deepseek_ocr2.grounding import GroundingView
from textlift.engines.vision_language.family import PlainView, Request
from tiny_models.random_checkpoint import CPU, drawn_page, generated
from tiny_models.random_checkpoints.deepseek_ocr2 import BEGIN, SETTINGS, make_checkpoint

_ALL = 10**8
_TILES = 144
_WHOLE = 257


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("deepseek_ocr2")
    make_checkpoint(folder)
    return folder


@pytest.fixture(scope="module")
def family(folder: Path) -> DeepseekOcr2Family:
    return DeepseekOcr2Family(folder, CPU)


@pytest.mark.parametrize("size", [(1654, 2339), (700, 500), (2400, 300)])
def test_tensors_and_ids_are_those_of_the_librarys_processor(
    family: DeepseekOcr2Family, folder: Path, size: tuple[int, int]
) -> None:
    page = drawn_page(*size)
    tokenizer = PreTrainedTokenizerFast(
        tokenizer_file=str(folder / "tokenizer.json"),
        extra_special_tokens={"image_token": "<image>"},
    )
    processor = DeepseekOcr2Processor(DeepseekOcr2ImageProcessorPil(**SETTINGS), tokenizer)

    prepared = family.prepare(page, Request(mode="layout", max_pixels=_ALL))

    library = processor(
        text=f"{BEGIN}<image>\n<|grounding|>Convert the document to markdown.",
        images=page,
        return_tensors="pt",
    )
    for name, tensor in prepared.inputs.items():
        assert torch.equal(tensor, library[name]), name
    assert ("pixel_values_local" in prepared.inputs) == (max(size) > 768)


@pytest.mark.parametrize("size", [(760, 400), (1400, 760)])
def test_the_tower_makes_a_row_for_each_place_and_the_model_writes(
    family: DeepseekOcr2Family, size: tuple[int, int]
) -> None:
    prepared = family.prepare(drawn_page(*size), Request(mode="text", max_pixels=_ALL))

    names = ("pixel_values", "pixel_values_local", "num_local_patches")
    with torch.inference_mode():
        features = family.model.get_image_features(
            **{name: prepared.inputs[name] for name in names if name in prepared.inputs}
        ).pooler_output
        assert sum(rows.shape[0] for rows in features) == prepared.image_tokens
        assert len(generated(family, prepared, tokens=2)) >= 1


@pytest.mark.parametrize(
    ("max_pixels", "tiles"),
    [
        (10**6, 0),
        (1024**2 + 2 * 768**2 - 1, 0),
        (1024**2 + 2 * 768**2, 2),
        (1024**2 + 4 * 768**2, 2),  # no other grid of up to four is as near to its shape
        (_ALL, 6),
    ],
)
def test_fewer_pixels_are_fewer_tiles(
    family: DeepseekOcr2Family, max_pixels: int, tiles: int
) -> None:
    prepared = family.prepare(drawn_page(1600, 2400), Request(mode="text", max_pixels=max_pixels))

    assert prepared.inputs["num_local_patches"].tolist() == [tiles]
    assert prepared.image_tokens == _WHOLE + tiles * _TILES
    assert prepared.seen[0] * prepared.seen[1] <= max(max_pixels, 1024**2)


def test_answers_with_and_without_places(family: DeepseekOcr2Family) -> None:
    page = drawn_page(999, 999)
    layout = Request(mode="layout", max_pixels=_ALL)
    text = Request(mode="text", max_pixels=_ALL)
    prepared = family.prepare(page, text)
    placed = "<|ref|>text<|/ref|><|det|>[[1, 2, 3, 4]]<|/det|>\nwords"

    answer = family.parse(placed, page, layout, prepared)
    assert [(block.text, block.box) for block in answer.blocks] == [("words", Box(1, 2, 3, 4))]
    assert not answer.unparsed
    assert family.parse("words", page, layout, prepared).unparsed
    assert not family.parse("words", page, text, prepared).unparsed
    assert isinstance(family.view(page, layout, prepared), GroundingView)
    assert isinstance(family.view(page, text, prepared), PlainView)
