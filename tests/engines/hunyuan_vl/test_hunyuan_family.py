"""HunyuanOCR is loaded from its parts and shown an image as the library would show it."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch
from transformers import (
    HunYuanVLConfig,
    HunYuanVLForConditionalGeneration,
    HunYuanVLProcessor,
    PreTrainedTokenizerFast,
)
from transformers.models.hunyuan_vl.image_processing_pil_hunyuan_vl import (
    HunYuanVLImageProcessorPil,
)

from textlift.content.block import BlockKind
from textlift.engines.hunyuan_vl.family import HunyuanVlFamily
from textlift.engines.vision_language.family import Request
from tiny_models.byte_tokenizers import byte_tokenizer, save_tokenizer
from tiny_models.random_checkpoint import CPU, drawn_page, generated, save_checkpoint

_IMAGE = "<｜hy_place▁holder▁no▁102｜>"
_START = "<｜hy_place▁holder▁no▁100｜>"
_STOP = "<｜hy_place▁holder▁no▁101｜>"
_SPECIAL = (
    *("<｜hy_begin▁of▁sentence｜>", "<｜hy_place▁holder▁no▁2｜>", "<｜hy_place▁holder▁no▁3｜>"),
    *("<｜hy_User｜>", "<｜hy_Assistant｜>", _START, _STOP, _IMAGE),
)
_SETTINGS = {
    "image_processor_type": "HunYuanVLImageProcessor",
    "min_pixels": 4 * 32 * 32,
    "max_pixels": 60 * 32 * 32,
    "patch_size": 16,
    "temporal_patch_size": 1,
    "merge_size": 2,
}
_ALL = 10**8


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("hunyuan")
    tokenizer = byte_tokenizer(special=_SPECIAL)
    save_tokenizer(tokenizer, folder)
    config = HunYuanVLConfig(
        text_config={
            "vocab_size": 300,
            "hidden_size": 32,
            "intermediate_size": 48,
            "num_hidden_layers": 2,
            "num_attention_heads": 2,
            "num_key_value_heads": 1,
            "head_dim": 16,
            "max_position_embeddings": 4096,
            "rope_parameters": {
                "rope_type": "default",
                "rope_theta": 10000.0,
                "mrope_section": [2, 2, 2, 2],
            },
        },
        vision_config={
            "hidden_size": 32,
            "intermediate_size": 48,
            "out_hidden_size": 32,
            "text_hidden_size": 32,
            "num_hidden_layers": 2,
            "num_attention_heads": 2,
            "patch_size": 16,
            "max_image_size": 256,
        },
        image_token_id=tokenizer.token_to_id(_IMAGE),
        im_start_id=tokenizer.token_to_id(_START),
        im_end_id=tokenizer.token_to_id(_STOP),
    )
    save_checkpoint(folder, HunYuanVLForConditionalGeneration, config, image_settings=_SETTINGS)
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
            "image_token": _IMAGE,
            "image_start_token": _START,
            "image_end_token": _STOP,
        },
    )
    processor = HunYuanVLProcessor(HunYuanVLImageProcessorPil(**_SETTINGS), tokenizer)

    prepared = family.prepare(page, Request(mode="text", max_pixels=_ALL))

    library = processor(
        text=f"<｜hy_begin▁of▁sentence｜><｜hy_place▁holder▁no▁3｜>{_START}{_IMAGE}{_STOP}"
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
