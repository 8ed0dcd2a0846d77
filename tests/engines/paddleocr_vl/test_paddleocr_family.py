"""PaddleOCR-VL is loaded from its parts, and reads a page region by region."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import torch
from PIL import Image, ImageDraw, ImageFont
from transformers import (
    PaddleOCRVLProcessor,
    PreTrainedTokenizerFast,
)
from transformers.models.paddleocr_vl.image_processing_pil_paddleocr_vl import (
    PaddleOCRVLImageProcessorPil,
)

from textlift.content.block import BlockKind
from textlift.content.reading import StopReason
from textlift.engines.contract import EngineError
from textlift.engines.paddleocr_vl.family import PaddleOcrVlFamily
from textlift.engines.vision_language.family import (
    AnswerView,
    Generated,
    Prepared,
    Request,
)
from tiny_models.random_checkpoint import CPU, copy_with_tensors, drawn_page, generated
from tiny_models.random_checkpoints.paddleocr_vl import SETTINGS, make_checkpoint

_ALL = 10**8


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("paddleocr_vl")
    make_checkpoint(folder)
    return folder


@pytest.fixture(scope="module")
def family(folder: Path) -> PaddleOcrVlFamily:
    return PaddleOcrVlFamily(folder, CPU)


class _Scripted:
    """Stands for the runner: gives the answers in turn and keeps what it was shown."""

    def __init__(self, *answers: str, stop_reason: StopReason = StopReason.END) -> None:
        self._answers = list(answers)
        self._stop_reason = stop_reason
        self.sizes: list[tuple[int, int]] = []
        self.shown = ""
        self.outlines = 0

    def __call__(self, prepared: Prepared, view: AnswerView) -> Generated:
        self.sizes.append(prepared.seen)
        answer = self._answers.pop(0)
        for letter in answer:
            piece = view.add(letter)
            self.shown += piece.text
            self.outlines += len(piece.lines)
        return Generated(answer, StopReason.END if self._answers else self._stop_reason)


def _two_paragraphs() -> Image.Image:
    page = Image.new("RGB", (640, 460), "white")
    draw = ImageDraw.Draw(page)
    for top in (40, 300):
        for line in range(3):
            draw.text(
                (40, top + 34 * line),
                "some words of a paragraph here",
                font=ImageFont.load_default(24),
                fill="black",
            )
    return page


@pytest.mark.parametrize("size", [(310, 400), (40, 40), (600, 60)])
def test_tensors_and_ids_are_those_of_the_librarys_processor(
    family: PaddleOcrVlFamily, folder: Path, size: tuple[int, int]
) -> None:
    page = drawn_page(*size)
    tokenizer = PreTrainedTokenizerFast(
        tokenizer_file=str(folder / "tokenizer.json"),
        extra_special_tokens={"image_token": "<|IMAGE_PLACEHOLDER|>"},
    )
    processor = PaddleOCRVLProcessor(PaddleOCRVLImageProcessorPil(**SETTINGS), tokenizer)

    prepared = family.prepare(page, Request(mode="table", max_pixels=_ALL))

    library = processor(
        text="<|begin_of_sentence|>User: <|IMAGE_START|><|IMAGE_PLACEHOLDER|><|IMAGE_END|>"
        "Table Recognition:\nAssistant:\n",
        images=page,
        return_tensors="pt",
    )
    assert set(prepared.inputs) == {
        *("input_ids", "attention_mask", "mm_token_type_ids", "pixel_values", "image_grid_thw")
    }
    for name, tensor in prepared.inputs.items():
        assert torch.equal(tensor, library[name]), name


def test_the_tower_makes_a_row_for_each_place_and_the_model_writes(
    family: PaddleOcrVlFamily,
) -> None:
    prepared = family.prepare(drawn_page(200, 150), Request(mode="element", max_pixels=_ALL))

    features = family.model.get_image_features(
        pixel_values=prepared.inputs["pixel_values"],
        image_grid_thw=prepared.inputs["image_grid_thw"],
    ).pooler_output
    assert sum(rows.shape[0] for rows in features) == prepared.image_tokens
    assert len(generated(family, prepared)) >= 1


@pytest.mark.parametrize("max_pixels", [4 * 28 * 28, 20 * 28 * 28, _ALL])
def test_the_image_stays_within_the_limits(family: PaddleOcrVlFamily, max_pixels: int) -> None:
    width, height = family.prepare(
        drawn_page(1000, 1400), Request(mode="element", max_pixels=max_pixels)
    ).seen

    assert width * height <= min(max_pixels, SETTINGS["max_pixels"])


@pytest.mark.parametrize(
    ("template", "end"),
    [
        ('{{- "Assistant: " -}}', "OCR:\nAssistant: "),
        ('{{- "Assistant:\\n" -}}', "OCR:\nAssistant:\n"),
        (None, "OCR:\nAssistant:\n"),
    ],
)
def test_the_question_ends_as_the_checkpoints_template_ends(
    folder: Path, tmp_path: Path, template: str | None, end: str
) -> None:
    for file in folder.iterdir():
        (tmp_path / file.name).write_bytes(file.read_bytes())
    if template is not None:
        (tmp_path / "tokenizer_config.json").write_text(json.dumps({"chat_template": template}))

    family = PaddleOcrVlFamily(tmp_path, CPU)

    ids = family.prepare(drawn_page(60, 60), Request(mode="text", max_pixels=_ALL)).inputs[
        "input_ids"
    ]
    assert family.tokenizer.decode(ids[0].tolist()).endswith(end)


def test_a_page_is_read_region_by_region(family: PaddleOcrVlFamily) -> None:
    page = _two_paragraphs()
    generate = _Scripted("First.", " Second.\n")

    answer, prepared, stop_reason = family.read(
        page, Request(mode="text", max_pixels=_ALL), generate
    )

    assert [block.text for block in answer.blocks] == ["First.", "Second."]
    first, second = (block.box for block in answer.blocks)
    assert first is not None
    assert second is not None
    assert first.y1 < 200
    assert second.y0 > 280
    assert len(generate.sizes) == 2
    assert all(width > height for width, height in generate.sizes)
    assert generate.shown == "First.\n\n Second.\n"
    assert generate.outlines == 2
    assert prepared.seen == page.size
    assert stop_reason is StopReason.END


def test_a_page_stops_at_the_region_that_was_cut_off(family: PaddleOcrVlFamily) -> None:
    generate = _Scripted("Fir", stop_reason=StopReason.LIMIT)

    answer, _, stop_reason = family.read(
        _two_paragraphs(), Request(mode="text", max_pixels=_ALL), generate
    )

    assert [block.text for block in answer.blocks] == ["Fir"]
    assert stop_reason is StopReason.LIMIT


def test_a_page_without_text_is_not_made_up(family: PaddleOcrVlFamily) -> None:
    answer, _, stop_reason = family.read(
        Image.new("RGB", (300, 200), "white"), Request(mode="text", max_pixels=_ALL), _Scripted()
    )

    assert answer.blocks == ()
    assert stop_reason is StopReason.END


def test_an_element_is_the_whole_image(family: PaddleOcrVlFamily) -> None:
    generate = _Scripted("All of it.")

    answer, _, _ = family.read(
        _two_paragraphs(), Request(mode="element", max_pixels=_ALL), generate
    )

    assert [(block.text, block.box) for block in answer.blocks] == [("All of it.", None)]


@pytest.mark.parametrize(
    ("mode", "answer", "kind", "text"),
    [
        (
            *("table", "<fcel>a<lcel><nl><fcel>b<ecel><nl>", BlockKind.TABLE),
            '<table><tr><td colspan="2">a</td></tr><tr><td>b</td><td></td></tr></table>',
        ),
        ("formula", "\\[ x^2 \\]", BlockKind.FORMULA, "x^2"),
        ("formula", "$$x$$", BlockKind.FORMULA, "x"),
        ("formula", "x + y", BlockKind.FORMULA, "x + y"),
        ("element", "two\nlines\n", BlockKind.TEXT, "two\nlines"),
    ],
)
def test_answers(
    family: PaddleOcrVlFamily, mode: str, answer: str, kind: BlockKind, text: str
) -> None:
    page = drawn_page(60, 60)
    request = Request(mode=mode, max_pixels=_ALL)

    (block,) = family.parse(answer, page, request, family.prepare(page, request)).blocks

    assert (block.kind, block.text) == (kind, text)


def test_no_table_where_one_was_asked_for_is_said(family: PaddleOcrVlFamily) -> None:
    page = drawn_page(60, 60)
    request = Request(mode="table", max_pixels=_ALL)

    answer = family.parse("just words", page, request, family.prepare(page, request))

    assert answer.unparsed
    assert answer.blocks[0].text == "just words"


def test_tensors_that_the_published_files_have_and_nobody_uses_are_no_error(
    folder: Path, tmp_path: Path
) -> None:
    copy_with_tensors(
        folder,
        tmp_path,
        "visual.vision_model.head.probe",
        "visual.vision_model.embeddings.packing_position_embedding.weight",
    )
    assert PaddleOcrVlFamily(tmp_path, CPU).model

    copy_with_tensors(folder, tmp_path, "visual.vision_model.spare.weight")
    with pytest.raises(EngineError, match=r"spare\.weight"):
        PaddleOcrVlFamily(tmp_path, CPU)
