"""LightOnOCR is loaded from its parts and shown an image as the library would show it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import torch
from transformers.models.pixtral.image_processing_pil_pixtral import PixtralImageProcessorPil

from textlift.content.block import BlockKind
from textlift.engines.contract import EngineError
from textlift.engines.lighton_ocr.family import LightOnOcrFamily
from textlift.engines.vision_language.family import Request
from tiny_models.random_checkpoint import CPU, drawn_page, generated
from tiny_models.random_checkpoints.lighton_ocr import SETTINGS, make_checkpoint

_CELL = 28


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("lighton_ocr")
    make_checkpoint(folder)
    return folder


@pytest.fixture(scope="module")
def family(folder: Path) -> LightOnOcrFamily:
    return LightOnOcrFamily(folder, CPU)


def test_pixels_and_places_are_those_of_the_library(family: LightOnOcrFamily) -> None:
    page = drawn_page(310, 400)

    prepared = family.prepare(page, Request(mode="markdown", max_pixels=10**7))

    library = PixtralImageProcessorPil(
        size={"longest_edge": 560},
        patch_size={"height": _CELL, "width": _CELL},
        image_mean=SETTINGS["image_mean"],
        image_std=SETTINGS["image_std"],
    )(page, return_tensors="pt")
    assert torch.equal(prepared.inputs["pixel_values"], library["pixel_values"])
    assert torch.equal(prepared.inputs["image_sizes"], library["image_sizes"])
    assert prepared.seen == (12 * _CELL, 15 * _CELL)
    assert prepared.image_tokens == 12 * 15


def test_the_question_is_an_empty_system_turn_and_the_image(family: LightOnOcrFamily) -> None:
    prepared = family.prepare(drawn_page(60, 50), Request(mode="markdown", max_pixels=10**7))

    text = family.tokenizer.decode(
        prepared.inputs["input_ids"][0].tolist(), skip_special_tokens=False
    )
    assert text == (
        "<|im_start|>system<|im_end|>\n<|im_start|>user\n"
        + "<|image_pad|>" * 6
        + "<|im_end|>\n<|im_start|>assistant\n"
    )


def test_the_tower_makes_a_row_for_each_place_and_the_model_writes(
    family: LightOnOcrFamily,
) -> None:
    prepared = family.prepare(drawn_page(200, 150), Request(mode="markdown", max_pixels=10**7))

    features = family.model.get_image_features(
        pixel_values=prepared.inputs["pixel_values"], image_sizes=prepared.inputs["image_sizes"]
    ).pooler_output
    assert sum(rows.shape[0] for rows in features) == prepared.image_tokens
    assert len(generated(family, prepared)) >= 1


@pytest.mark.parametrize("size", [(3000, 4000), (4000, 300), (10, 10), (559, 561), (31, 2000)])
@pytest.mark.parametrize("max_pixels", [1_000, 40_000, 200_000, 10**7])
def test_no_image_is_larger_than_the_tower_and_the_limit_allow(
    family: LightOnOcrFamily, size: tuple[int, int], max_pixels: int
) -> None:
    width, height = family.prepare(
        drawn_page(*size), Request(mode="markdown", max_pixels=max_pixels)
    ).seen

    assert max(width, height) <= 560
    # Both sides are whole cells, so a long strip cannot be smaller than a row of them.
    assert width * height <= max_pixels or min(width, height) == _CELL


def test_a_mistral_model_of_the_same_name_is_refused(folder: Path, tmp_path: Path) -> None:
    for file in folder.iterdir():
        (tmp_path / file.name).write_bytes(file.read_bytes())
    config = json.loads((folder / "config.json").read_text())
    config["model_type"] = "mistral3"
    (tmp_path / "config.json").write_text(json.dumps(config))
    assert LightOnOcrFamily(tmp_path, CPU).end_tokens

    config["text_config"] = {"model_type": "mistral", "hidden_size": 16}
    (tmp_path / "config.json").write_text(json.dumps(config))
    with pytest.raises(EngineError, match="not LightOnOCR"):
        LightOnOcrFamily(tmp_path, CPU)


def test_the_answer_is_markdown(family: LightOnOcrFamily) -> None:
    page = drawn_page(60, 50)
    request = Request(mode="markdown", max_pixels=10**7)

    answer = family.parse(
        "# Rules\n\nFirst line.\n\n<table><tr><td>1</td></tr></table>",
        page,
        request,
        family.prepare(page, request),
    )

    assert [block.kind for block in answer.blocks] == [
        BlockKind.HEADING,
        BlockKind.TEXT,
        BlockKind.TABLE,
    ]
