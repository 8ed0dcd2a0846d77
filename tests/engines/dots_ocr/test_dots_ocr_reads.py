"""The tiny dots.ocr reads lines it has never seen, and only because it looks at them."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence

import pytest
import torch

from textlift.content.block import Block, BlockKind
from textlift.engines.dots_ocr.family import DotsOcr
from textlift.engines.dots_ocr.inputs import InputMismatchError
from textlift.engines.vision_language.family import Placement, Request
from tiny_models.checkpoints import CHECKPOINTS, SIZE_LIMIT, folder_size
from tiny_models.lines import Line, held_out_lines
from tiny_models.scoring import character_error_rate
from tiny_models.train_dots_ocr import HELD_OUT_SIZE, NAME, layout_scores
from tiny_models.training import read_lines

FOLDER = CHECKPOINTS / NAME
REQUEST = Request("text", 10**9)

Change = Callable[[torch.Tensor], torch.Tensor]


@pytest.fixture(scope="module")
def tiny() -> DotsOcr:
    return DotsOcr(FOLDER, Placement(torch.device("cpu"), torch.float32))


@pytest.fixture(scope="module")
def lines() -> list[Line]:
    return held_out_lines(60, size=HELD_OUT_SIZE)


def error_rate(lines: Sequence[Line], read: Sequence[str]) -> float:
    return character_error_rate(zip([line.text for line in lines], read, strict=True))


def change_features(family: DotsOcr, monkeypatch: pytest.MonkeyPatch, change: Change) -> None:
    """Changes what the vision tower says of the images."""
    see = family.model.vision_tower.forward
    monkeypatch.setattr(
        family.model.vision_tower, "forward", lambda *arguments: change(see(*arguments))
    )


def test_the_checkpoint_is_small_and_laid_out_as_the_published_ones() -> None:
    assert folder_size(FOLDER) <= SIZE_LIMIT
    config = json.loads((FOLDER / "config.json").read_text())
    assert (config["model_type"], config["dtype"]) == ("dots_ocr", "bfloat16")
    assert {path.name for path in FOLDER.iterdir()} == {
        "config.json",
        "generation_config.json",
        "model.safetensors",
        "preprocessor_config.json",
        "tokenizer.json",
    }


def test_held_out_lines_are_read_as_text(tiny: DotsOcr, lines: list[Line]) -> None:
    assert error_rate(lines, read_lines(tiny, lines, mode="text")) < 0.05


def test_held_out_lines_are_read_with_their_places(tiny: DotsOcr, lines: list[Line]) -> None:
    rate, overlap = layout_scores(tiny, lines)
    assert rate < 0.05
    assert overlap > 0.6


def test_a_layout_is_one_block_without_repairs(tiny: DotsOcr, lines: list[Line]) -> None:
    request = Request("layout", 10**9)
    (text,) = read_lines(tiny, lines[:1], mode="layout")
    image = lines[0].image
    answer = tiny.parse(text, image, request, tiny.prepare(image, request))
    (block,) = answer.blocks
    assert (answer.repairs, answer.unparsed) == ((), "")
    assert block.kind is BlockKind.TEXT
    assert block.box is not None


def test_a_line_of_text_is_one_paragraph(tiny: DotsOcr, lines: list[Line]) -> None:
    (text,) = read_lines(tiny, lines[:1], mode="text")
    prepared = tiny.prepare(lines[0].image, REQUEST)
    answer = tiny.parse(text, lines[0].image, REQUEST, prepared)
    assert answer.blocks == (Block(BlockKind.TEXT, text),)


def test_eager_attention_reads_the_same(tiny: DotsOcr, lines: list[Line]) -> None:
    eager = DotsOcr(FOLDER, Placement(torch.device("cpu"), torch.float32, "eager"))
    assert read_lines(eager, lines, mode="text") == read_lines(tiny, lines, mode="text")


def test_half_precision_reads_too(lines: list[Line]) -> None:
    half = DotsOcr(FOLDER, Placement(torch.device("cpu"), torch.bfloat16))
    assert error_rate(lines, read_lines(half, lines, mode="text")) < 0.1


def test_nothing_is_read_from_zeroed_features(
    tiny: DotsOcr, lines: list[Line], monkeypatch: pytest.MonkeyPatch
) -> None:
    change_features(tiny, monkeypatch, torch.zeros_like)
    assert error_rate(lines, read_lines(tiny, lines, mode="text")) > 0.5


def test_features_of_another_page_are_read_as_that_page(
    tiny: DotsOcr, lines: list[Line], monkeypatch: pytest.MonkeyPatch
) -> None:
    tokens = tiny.prepare(lines[0].image, REQUEST).image_tokens
    change_features(tiny, monkeypatch, lambda features: features.roll(-tokens, dims=0))
    read = read_lines(tiny, lines, mode="text")
    assert error_rate(lines, read) > 0.5
    assert error_rate([*lines[1:], lines[0]], read) < 0.05


def test_shuffled_features_are_not_read(
    tiny: DotsOcr, lines: list[Line], monkeypatch: pytest.MonkeyPatch
) -> None:
    change_features(tiny, monkeypatch, lambda features: features.flip(0))
    assert error_rate(lines, read_lines(tiny, lines, mode="text")) > 0.5


def test_a_grid_with_sides_swapped_is_not_read(
    tiny: DotsOcr, lines: list[Line], monkeypatch: pytest.MonkeyPatch
) -> None:
    see = tiny.model.vision_tower.forward
    monkeypatch.setattr(
        tiny.model.vision_tower,
        "forward",
        lambda pixels, grid: see(pixels, grid[:, [0, 2, 1]]),
    )
    assert error_rate(lines, read_lines(tiny, lines, mode="text")) > 0.3


def test_pixels_that_come_a_step_late_are_refused(tiny: DotsOcr, lines: list[Line]) -> None:
    """The first step has places for an image that is not there; the second has none for it."""
    inputs = dict(tiny.prepare(lines[0].image, REQUEST).inputs)
    pixels = {name: inputs.pop(name) for name in ("pixel_values", "image_grid_thw")}
    with pytest.raises(InputMismatchError, match="no image came with it"):
        tiny.model(**inputs)
    embeddings = tiny.model.model.embed_tokens(inputs["input_ids"])
    with torch.inference_mode():
        first = tiny.model(inputs_embeds=embeddings, use_cache=True)
        token = first.logits[:, -1:].argmax(-1)
        with pytest.raises(InputMismatchError, match="belongs to the first step only"):
            tiny.model(input_ids=token, past_key_values=first.past_key_values, **pixels)


def test_one_page_after_another_is_read_like_all_at_once(tiny: DotsOcr, lines: list[Line]) -> None:
    together = read_lines(tiny, lines[:4], mode="text")
    alone = [read_lines(tiny, [line], mode="text")[0] for line in lines[:4]]
    assert alone == together
