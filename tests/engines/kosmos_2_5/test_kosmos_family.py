"""Kosmos-2.5 is loaded from its parts and shown patches as the library would show them."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch
from transformers import Kosmos2_5Processor, PreTrainedTokenizerFast
from transformers.models.kosmos2_5.image_processing_pil_kosmos2_5 import (
    Kosmos2_5ImageProcessorPil,
)

from textlift.content.block import BlockKind
from textlift.content.geometry import Box
from textlift.engines.kosmos_2_5.bbox_lines import BboxLinesView
from textlift.engines.kosmos_2_5.family import Kosmos25Family
from textlift.engines.vision_language.family import Placement, PlainView, Request
from tiny_models.random_checkpoint import CPU, drawn_page, generated
from tiny_models.random_checkpoints.kosmos_2_5 import ROWS, make_checkpoint

_ALL = 10**8
_PATCH = 16 * 16


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("kosmos_2_5")
    make_checkpoint(folder)
    return folder


@pytest.fixture(scope="module")
def family(folder: Path) -> Kosmos25Family:
    return Kosmos25Family(folder, CPU)


@pytest.fixture(scope="module")
def processor(folder: Path) -> Kosmos2_5Processor:
    tokenizer = PreTrainedTokenizerFast(
        tokenizer_file=str(folder / "tokenizer.json"),
        bos_token="<s>",
        pad_token="<pad>",
        extra_special_tokens={
            "boi_token": "<image>",
            "eoi_token": "</image>",
            "image_token": "<s>",
        },
    )
    return Kosmos2_5Processor(Kosmos2_5ImageProcessorPil(), tokenizer, num_image_tokens=ROWS)


@pytest.mark.parametrize("size", [(827, 1169), (700, 500), (60, 40)])
@pytest.mark.parametrize("mode", ["lines", "markdown"])
@pytest.mark.parametrize("patches", [4096, 96])
def test_tensors_and_ids_are_those_of_the_librarys_processor(
    family: Kosmos25Family,
    processor: Kosmos2_5Processor,
    size: tuple[int, int],
    mode: str,
    patches: int,
) -> None:
    page = drawn_page(*size)
    limit = _ALL if patches == 4096 else patches * _PATCH

    prepared = family.prepare(page, Request(mode=mode, max_pixels=limit))

    library = processor(
        text={"lines": "<ocr>", "markdown": "<md>"}[mode],
        images=page,
        max_patches=patches,
        return_tensors="pt",
    )
    assert set(prepared.inputs) == set(library) - {"width", "height"}
    for name, tensor in prepared.inputs.items():
        assert torch.equal(tensor, library[name]), name
    assert prepared.seen == (int(library["width"][0]), int(library["height"][0]))
    assert prepared.image_tokens == ROWS


@pytest.mark.parametrize("mode", ["lines", "markdown"])
def test_the_model_takes_the_inputs_and_writes(family: Kosmos25Family, mode: str) -> None:
    prepared = family.prepare(drawn_page(300, 400), Request(mode=mode, max_pixels=64 * _PATCH))

    with torch.inference_mode():
        assert 1 <= len(generated(family, prepared)) <= 3


def test_what_is_on_the_page_reaches_the_decoder(family: Kosmos25Family) -> None:
    request = Request(mode="lines", max_pixels=64 * _PATCH)
    page = drawn_page(300, 400)
    turned = page.rotate(180)

    with torch.inference_mode():
        one, other = (
            family.model(**family.prepare(image, request).inputs).logits[0, -1]
            for image in (page, turned)
        )

    assert not torch.allclose(one, other)


@pytest.mark.parametrize("size", [(100, 100), (827, 1169), (4000, 100), (3, 700), (1, 1)])
@pytest.mark.parametrize("patches", [1, 7, 200, 4096])
def test_the_patches_stay_within_the_limit(
    family: Kosmos25Family, size: tuple[int, int], patches: int
) -> None:
    request = Request(mode="lines", max_pixels=patches * _PATCH)

    prepared = family.prepare(drawn_page(*size), request)

    assert _PATCH <= prepared.seen[0] * prepared.seen[1] <= patches * _PATCH


def test_patches_of_a_strip_keep_their_numbers_in_half_the_width(folder: Path) -> None:
    half = Kosmos25Family(folder, Placement(device=torch.device("cpu"), dtype=torch.bfloat16))

    prepared = half.prepare(drawn_page(40, 4000), Request(mode="lines", max_pixels=_ALL))

    patches = prepared.inputs["flattened_patches"][0]
    columns, rows = (side // 16 for side in prepared.seen)
    assert rows > 200
    numbers = [(int(row), int(column)) for row, column in patches[: rows * columns, :2].tolist()]
    assert numbers == [(r, c) for r in range(1, rows + 1) for c in range(1, columns + 1)]


def test_places_are_those_of_the_page_that_was_given(family: Kosmos25Family) -> None:
    page = drawn_page(1654, 2339)
    request = Request(mode="lines", max_pixels=_ALL)
    prepared = family.prepare(page, request)
    width, height = prepared.seen

    answer = family.parse(
        f"<bbox><x_0><y_{height // 2}><x_{width}><y_{height}></bbox>words",
        page,
        request,
        prepared,
    )

    assert (width, height) == (848, 1216)  # not the size of the page
    (block,) = answer.blocks
    assert block.text == "words"
    assert block.box == Box(0, 1169.5, 1654, 2339)


def test_markdown_has_kinds_and_no_places(family: Kosmos25Family) -> None:
    page = drawn_page(60, 60)
    request = Request(mode="markdown", max_pixels=_PATCH)
    prepared = family.prepare(page, request)

    answer = family.parse(
        "# Title\n\n- **1 \\[REG\\] SAKURA** 45,455\n\n$$a \\\\[2pt] b$$",
        page,
        request,
        prepared,
    )

    assert [(block.kind, block.text, block.box) for block in answer.blocks] == [
        (BlockKind.HEADING, "Title", None),
        (BlockKind.LIST_ITEM, "- 1 [REG] SAKURA 45,455", None),
        (BlockKind.FORMULA, "a \\\\[2pt] b", None),
    ]
    assert isinstance(family.view(page, request, prepared), PlainView)
    lines = Request(mode="lines", max_pixels=_PATCH)
    assert isinstance(family.view(page, lines, prepared), BboxLinesView)
