"""Granite Docling is loaded from its parts and shown tiles as the library would show them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import torch
from transformers import (
    Idefics3Processor,
    PreTrainedTokenizerFast,
)
from transformers.models.idefics3.image_processing_pil_idefics3 import Idefics3ImageProcessorPil

from textlift.content.block import BlockKind
from textlift.content.geometry import Box
from textlift.engines.granite_docling.family import GraniteDoclingFamily
from textlift.engines.vision_language.family import Request
from tiny_models.random_checkpoint import CPU, drawn_page, generated
from tiny_models.random_checkpoints.granite_docling import SETTINGS, TILE, make_checkpoint

_TABLE = "<table><tr><td>1</td></tr></table>"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("granite_docling")
    make_checkpoint(folder)
    return folder


@pytest.fixture(scope="module")
def family(folder: Path) -> GraniteDoclingFamily:
    return GraniteDoclingFamily(folder, CPU)


@pytest.mark.parametrize("size", [(300, 400), (400, 300), (50, 50), (900, 90)])
def test_tensors_and_ids_are_those_of_the_librarys_processor(
    family: GraniteDoclingFamily, folder: Path, size: tuple[int, int]
) -> None:
    page = drawn_page(*size)
    processor = Idefics3Processor(
        Idefics3ImageProcessorPil(**SETTINGS),
        PreTrainedTokenizerFast(tokenizer_file=str(folder / "tokenizer.json")),
        image_seq_len=4,
    )

    prepared = family.prepare(page, Request(mode="layout", max_pixels=10**7))

    library = processor(
        text="<|start_of_role|>user<|end_of_role|><image>Convert this page to docling."
        "<|end_of_text|>\n<|start_of_role|>assistant<|end_of_role|>",
        images=page,
        return_tensors="pt",
    )
    for name in ("input_ids", "attention_mask", "pixel_values", "pixel_attention_mask"):
        assert torch.equal(prepared.inputs[name], library[name]), name


@pytest.mark.parametrize("max_pixels", [TILE**2, 6 * TILE**2, 10**7])
def test_the_tower_makes_a_row_for_each_place_and_the_model_writes(
    family: GraniteDoclingFamily, max_pixels: int
) -> None:
    prepared = family.prepare(drawn_page(300, 400), Request(mode="layout", max_pixels=max_pixels))

    features = family.model.get_image_features(
        pixel_values=prepared.inputs["pixel_values"],
        pixel_attention_mask=prepared.inputs["pixel_attention_mask"],
    ).pooler_output
    assert sum(rows.shape[0] for rows in features) == prepared.image_tokens
    assert prepared.seen[0] * prepared.seen[1] <= max_pixels
    assert len(generated(family, prepared)) >= 1


@pytest.mark.parametrize("size", [(100, 100), (99, 101), (1654, 2339), (4000, 100), (3, 700)])
@pytest.mark.parametrize("tiles", [1, 2, 5, 9, 16])
def test_the_tiles_stay_within_the_limit(
    family: GraniteDoclingFamily, size: tuple[int, int], tiles: int
) -> None:
    prepared = family.prepare(drawn_page(*size), Request(mode="layout", max_pixels=tiles * TILE**2))

    assert prepared.seen[0] * prepared.seen[1] <= tiles * TILE**2


def test_each_mode_has_its_own_question(family: GraniteDoclingFamily) -> None:
    page = drawn_page(60, 60)
    for mode in family.card.modes:
        ids = family.prepare(page, Request(mode=mode.name, max_pixels=10**7)).inputs["input_ids"]
        assert ("docling" in family.tokenizer.decode(ids[0].tolist())) == (mode.name == "layout")


@pytest.mark.parametrize(
    ("mode", "answer", "kind", "text"),
    [
        ("layout", "<doctag><text>a</text></doctag>", BlockKind.TEXT, "a"),
        ("table", "<fcel>1<nl>", BlockKind.TABLE, "<table><tr><td>1</td></tr></table>"),
        (
            "table",
            "<otsl><fcel>1<nl></otsl>",
            BlockKind.TABLE,
            "<table><tr><td>1</td></tr></table>",
        ),
        ("formula", "<formula>x^2</formula>", BlockKind.FORMULA, "x^2"),
        ("formula", "x^2", BlockKind.FORMULA, "x^2"),
        ("code", "<code><_C_>int i;</code>", BlockKind.CODE, "int i;"),
        ("chart", "<chart><ched>x<nl></chart>", BlockKind.TABLE, None),
    ],
)
def test_answers(
    family: GraniteDoclingFamily, mode: str, answer: str, kind: BlockKind, text: str | None
) -> None:
    page = drawn_page(60, 60)
    request = Request(mode=mode, max_pixels=10**7)

    (block,) = family.parse(answer, page, request, family.prepare(page, request)).blocks

    assert block.kind is kind
    assert text is None or block.text == text


def test_places_are_those_of_the_page_that_was_given(family: GraniteDoclingFamily) -> None:
    page = drawn_page(1000, 500)
    request = Request(mode="layout", max_pixels=10**7)

    answer = family.parse(
        "<text><loc_0><loc_250><loc_500><loc_500>a</text>",
        page,
        request,
        family.prepare(page, request),
    )

    assert answer.blocks[0].box == Box(0, 250, 1000, 500)
    assert not answer.unparsed


def test_an_answer_without_structure_says_so(family: GraniteDoclingFamily) -> None:
    page = drawn_page(60, 60)
    request = Request(mode="layout", max_pixels=10**7)

    answer = family.parse("I see a page.", page, request, family.prepare(page, request))

    assert answer.unparsed
    assert answer.blocks[0].text == "I see a page."


def test_settings_of_version_five_are_read(folder: Path, tmp_path: Path) -> None:
    for file in folder.iterdir():
        (tmp_path / file.name).write_bytes(file.read_bytes())
    (tmp_path / "preprocessor_config.json").unlink()
    (tmp_path / "processor_config.json").write_text(json.dumps({"image_processor": SETTINGS}))

    family = GraniteDoclingFamily(tmp_path, CPU)

    assert family.image_processor.max_image_size["longest_edge"] == TILE
