"""GLM-OCR is loaded from its parts and shown an image as the library would show it."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch
from transformers.models.glm46v.image_processing_pil_glm46v import Glm46VImageProcessorPil

from textlift.content.block import BlockKind
from textlift.engines.glm_ocr.family import GlmOcrFamily
from textlift.engines.vision_language.family import Request
from tiny_models.random_checkpoint import CPU, copy_with_tensors, drawn_page, generated
from tiny_models.random_checkpoints.glm_ocr import SETTINGS, make_checkpoint

_ALL = 10**8


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("glm_ocr")
    make_checkpoint(folder)
    return folder


@pytest.fixture(scope="module")
def family(folder: Path) -> GlmOcrFamily:
    return GlmOcrFamily(folder, CPU)


@pytest.mark.parametrize("size", [(310, 400), (40, 40), (600, 60), (1500, 2000)])
def test_pixels_and_grid_are_those_of_the_library(
    family: GlmOcrFamily, size: tuple[int, int]
) -> None:
    page = drawn_page(*size)

    prepared = family.prepare(page, Request(mode="text", max_pixels=_ALL))

    library = Glm46VImageProcessorPil(**SETTINGS)(page, return_tensors="pt")
    assert torch.equal(prepared.inputs["pixel_values"], library["pixel_values"])
    assert torch.equal(prepared.inputs["image_grid_thw"], library["image_grid_thw"])
    assert prepared.image_tokens == int(library["image_grid_thw"].prod()) // 4


def test_the_question_is_in_the_models_frame(family: GlmOcrFamily) -> None:
    prepared = family.prepare(drawn_page(56, 56), Request(mode="table", max_pixels=_ALL))

    ids = prepared.inputs["input_ids"][0]
    assert family.tokenizer.decode(ids.tolist(), skip_special_tokens=False) == (
        "[gMASK]<sop><|user|>\n<|begin_of_image|>"
        + "<|image|>" * prepared.image_tokens
        + "<|end_of_image|>Table Recognition:<|assistant|>\n"
    )
    image = family.tokenizer.token_to_id("<|image|>")
    assert torch.equal(prepared.inputs["mm_token_type_ids"][0] == 1, ids == image)


def test_the_tower_makes_a_row_for_each_place_and_the_model_writes(family: GlmOcrFamily) -> None:
    prepared = family.prepare(drawn_page(200, 150), Request(mode="text", max_pixels=_ALL))

    features = family.model.get_image_features(
        pixel_values=prepared.inputs["pixel_values"],
        image_grid_thw=prepared.inputs["image_grid_thw"],
    ).pooler_output
    assert sum(rows.shape[0] for rows in features) == prepared.image_tokens
    assert len(generated(family, prepared)) >= 1


@pytest.mark.parametrize("cells", [20, 59, 1000])
def test_the_image_stays_within_the_limits(family: GlmOcrFamily, cells: int) -> None:
    width, height = family.prepare(
        drawn_page(1000, 1400), Request(mode="text", max_pixels=cells * 28 * 28)
    ).seen

    assert width * height <= min(cells, 60) * 28 * 28
    # It is not shown half of what it may be shown.
    assert width * height > min(cells, 60) * 28 * 28 / 2


@pytest.mark.parametrize(
    ("mode", "answer", "kind", "text"),
    [
        ("text", "Just words.", BlockKind.TEXT, "Just words."),
        ("text", "## A heading", BlockKind.HEADING, "A heading"),
        ("formula", "$$x^2$$", BlockKind.FORMULA, "x^2"),
        (
            *("table", "<table><tr><td>1</td></tr></table>", BlockKind.TABLE),
            "<table><tr><td>1</td></tr></table>",
        ),
    ],
)
def test_answers(family: GlmOcrFamily, mode: str, answer: str, kind: BlockKind, text: str) -> None:
    page = drawn_page(60, 60)
    request = Request(mode=mode, max_pixels=_ALL)

    (block,) = family.parse(answer, page, request, family.prepare(page, request)).blocks

    assert (block.kind, block.text) == (kind, text)


def test_layers_that_guess_ahead_are_in_the_published_file_and_are_not_used(
    folder: Path, tmp_path: Path
) -> None:
    copy_with_tensors(folder, tmp_path, "model.language_model.layers.16.eh_proj.weight")

    assert GlmOcrFamily(tmp_path, CPU).model
