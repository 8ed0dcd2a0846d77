"""HunyuanOCR is loaded from its parts and shown an image as the library would show it."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch
from transformers import (
    HunYuanVLProcessor,
    PreTrainedTokenizerFast,
)
from transformers.models.hunyuan_vl.image_processing_pil_hunyuan_vl import (
    HunYuanVLImageProcessorPil,
)

from textlift.content.block import BlockKind
from textlift.engines.hunyuan_vl.family import HunyuanVlFamily
from textlift.engines.vision_language.family import Request
from tiny_models.random_checkpoint import CPU, drawn_page, generated
from tiny_models.random_checkpoints.hunyuan_vl import IMAGE, SETTINGS, START, STOP, make_checkpoint

_ALL = 10**8


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("hunyuan_vl")
    make_checkpoint(folder)
    return folder


@pytest.fixture(scope="module")
def family(folder: Path) -> HunyuanVlFamily:
    return HunyuanVlFamily(folder, CPU)


@pytest.mark.parametrize("size", [(310, 400), (40, 40), (600, 60)])
def test_tensors_and_ids_are_those_of_the_librarys_processor(
    family: HunyuanVlFamily, folder: Path, size: tuple[int, int]
) -> None:
    page = drawn_page(*size)
    tokenizer = PreTrainedTokenizerFast(
        tokenizer_file=str(folder / "tokenizer.json"),
        pad_token="<｜hy_place▁holder▁no▁2｜>",
        extra_special_tokens={
            "image_token": IMAGE,
            "image_start_token": START,
            "image_end_token": STOP,
        },
    )
    processor = HunYuanVLProcessor(HunYuanVLImageProcessorPil(**SETTINGS), tokenizer)

    prepared = family.prepare(page, Request(mode="text", max_pixels=_ALL))

    library = processor(
        text=f"<｜hy_begin▁of▁sentence｜><｜hy_place▁holder▁no▁3｜>{START}{IMAGE}{STOP}"
        "Extract the text in the image.<｜hy_User｜>",
        images=page,
        return_tensors="pt",
    )
    for name, tensor in prepared.inputs.items():
        assert torch.equal(tensor, library[name]), name


def test_the_tower_makes_a_row_for_each_place_and_the_model_writes(
    family: HunyuanVlFamily,
) -> None:
    prepared = family.prepare(drawn_page(200, 150), Request(mode="markdown", max_pixels=_ALL))

    features = family.model.get_image_features(
        pixel_values=prepared.inputs["pixel_values"],
        image_grid_thw=prepared.inputs["image_grid_thw"],
    ).pooler_output
    assert sum(rows.shape[0] for rows in features) == prepared.image_tokens
    assert len(generated(family, prepared)) >= 1


@pytest.mark.parametrize("cells", [4, 20, 1000])
def test_the_image_stays_within_the_limits(family: HunyuanVlFamily, cells: int) -> None:
    width, height = family.prepare(
        drawn_page(1000, 1400), Request(mode="text", max_pixels=cells * 32 * 32)
    ).seen

    assert width * height <= min(cells, 60) * 32 * 32


def test_each_mode_has_its_own_question(family: HunyuanVlFamily) -> None:
    page = drawn_page(60, 60)
    questions = {
        family.question("", Request(mode=mode.name, max_pixels=_ALL)) for mode in family.card.modes
    }
    assert len(questions) == len(family.card.modes)
    assert family.prepare(page, Request(mode="table", max_pixels=_ALL)).image_tokens > 0


@pytest.mark.parametrize(
    ("mode", "answer", "expected"),
    [
        ("text", "# one\n\ntwo\nlines\n", [("text", "# one"), ("text", "two\nlines")]),
        ("markdown", "# one\n\ntwo", [("heading", "one"), ("text", "two")]),
        ("table", "<table><tr><td>1</td></tr></table>", [("table", None)]),
        ("formula", "\\(x\\)", [("formula", "x")]),
        ("text", " \n", []),
    ],
)
def test_answers(
    family: HunyuanVlFamily, mode: str, answer: str, expected: list[tuple[str, str | None]]
) -> None:
    page = drawn_page(60, 60)
    request = Request(mode=mode, max_pixels=_ALL)

    blocks = family.parse(answer, page, request, family.prepare(page, request)).blocks

    assert [block.kind for block in blocks] == [BlockKind(kind) for kind, _ in expected]
    for block, (_, text) in zip(blocks, expected, strict=True):
        assert text is None or block.text == text
