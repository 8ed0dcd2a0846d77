"""The tiny Qwen-VL models read lines they have never seen, and only because they look at them."""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest
import torch

from textlift.content.block import Block, BlockKind
from textlift.content.page_image import PageImage
from textlift.content.reading import StopReason
from textlift.engines.contract import EngineOptions, ReadOptions, ReadProgress
from textlift.engines.qwen_vl.family import QwenVl
from textlift.engines.vision_language.engine import VisionLanguageEngine
from textlift.engines.vision_language.family import Placement, Prepared, Request
from textlift.models.catalogue import ModelEntry
from textlift.processes.cancellation import Cancellation
from tiny_models.checkpoints import CHECKPOINTS, SIZE_LIMIT, folder_size
from tiny_models.lines import Line, held_out_lines
from tiny_models.qwen_checkpoint import CAPITALS, UNITS
from tiny_models.scoring import character_error_rate
from tiny_models.training import read_lines

REQUEST = Request("text", 10**9)


@pytest.fixture(scope="module", params=UNITS)
def tiny_type(request: pytest.FixtureRequest) -> str:
    return request.param


@pytest.fixture(scope="module")
def tiny(tiny_type: str) -> QwenVl:
    return QwenVl(CHECKPOINTS / tiny_type, Placement(torch.device("cpu"), torch.float32))


@pytest.fixture(scope="module")
def lines(tiny_type: str) -> list[Line]:
    unit = UNITS[tiny_type]
    return held_out_lines(60, size=(9 * unit, 2 * unit), capitals=CAPITALS[tiny_type])


def error_rate(lines: Sequence[Line], read: Sequence[str]) -> float:
    return character_error_rate(zip([line.text for line in lines], read, strict=True))


def change_features(
    family: QwenVl,
    monkeypatch: pytest.MonkeyPatch,
    change: Callable[[tuple[torch.Tensor, ...]], tuple[torch.Tensor, ...]],
) -> None:
    """Changes what the vision tower says of the images, a tensor each."""
    look = family.model.model.get_image_features

    @functools.wraps(look)  # generate looks at the names of its parameters
    def changed(*arguments: Any, **settings: Any) -> Any:
        output = look(*arguments, **settings)
        output.pooler_output = change(tuple(output.pooler_output))
        if "deepstack_features" in output:
            output.deepstack_features = [change(tuple(part)) for part in output.deepstack_features]
        return output

    monkeypatch.setattr(family.model.model, "get_image_features", changed)


def change_inputs(
    family: QwenVl, monkeypatch: pytest.MonkeyPatch, change: Callable[[dict[str, Any]], Any]
) -> None:
    """Changes what is prepared for the model, after it was checked."""
    prepare = family.prepare

    def changed(*arguments: Any) -> Prepared:
        prepared = prepare(*arguments)
        inputs = dict(prepared.inputs)
        change(inputs)
        return Prepared(inputs=inputs, seen=prepared.seen, image_tokens=prepared.image_tokens)

    monkeypatch.setattr(family, "prepare", changed)


def test_the_checkpoint_is_small(tiny_type: str) -> None:
    assert folder_size(CHECKPOINTS / tiny_type) <= SIZE_LIMIT


def test_held_out_lines_are_read(tiny: QwenVl, lines: list[Line]) -> None:
    assert error_rate(lines, read_lines(tiny, lines, mode="text")) < 0.05


def test_a_line_is_one_paragraph(tiny: QwenVl, lines: list[Line]) -> None:
    answer = read_lines(tiny, lines[:1], mode="text")[0]
    prepared = tiny.prepare(lines[0].image, REQUEST)
    assert tiny.parse(answer, lines[0].image, REQUEST, prepared).blocks == (
        Block(BlockKind.TEXT, answer),
    )


def test_half_precision_reads_too(tiny_type: str, lines: list[Line]) -> None:
    placement = Placement(torch.device("cpu"), torch.bfloat16)
    family = QwenVl(CHECKPOINTS / tiny_type, placement)
    assert error_rate(lines, read_lines(family, lines, mode="text")) < 0.1


def test_nothing_is_read_from_zeroed_features(
    tiny: QwenVl, lines: list[Line], monkeypatch: pytest.MonkeyPatch
) -> None:
    change_features(tiny, monkeypatch, lambda parts: tuple(torch.zeros_like(p) for p in parts))
    assert error_rate(lines, read_lines(tiny, lines, mode="text")) > 0.5


def test_features_of_another_page_are_read_as_that_page(
    tiny: QwenVl, lines: list[Line], monkeypatch: pytest.MonkeyPatch
) -> None:
    change_features(tiny, monkeypatch, lambda parts: (*parts[1:], parts[0]))
    read = read_lines(tiny, lines, mode="text")
    assert error_rate(lines, read) > 0.5
    assert error_rate([*lines[1:], lines[0]], read) < 0.05


def test_a_grid_with_sides_swapped_is_not_read(
    tiny: QwenVl, lines: list[Line], monkeypatch: pytest.MonkeyPatch
) -> None:
    def swap(inputs: dict[str, Any]) -> None:
        inputs["image_grid_thw"] = inputs["image_grid_thw"][:, [0, 2, 1]]

    change_inputs(tiny, monkeypatch, swap)
    assert error_rate(lines, read_lines(tiny, lines, mode="text")) > 0.3


def test_placeholders_that_are_another_token_are_refused(
    tiny: QwenVl, lines: list[Line], monkeypatch: pytest.MonkeyPatch
) -> None:
    video = tiny.tokenizer.token_to_id("<|video_pad|>")

    def replace(inputs: dict[str, Any]) -> None:
        ids = inputs["input_ids"]
        wanted = tiny.model.config.image_token_id
        inputs["input_ids"] = torch.where(ids == wanted, torch.full_like(ids, video), ids)

    change_inputs(tiny, monkeypatch, replace)
    with pytest.raises(ValueError, match="do not match"):
        read_lines(tiny, lines[:2], mode="text")


def test_pixels_that_come_a_step_late_are_refused(tiny: QwenVl, lines: list[Line]) -> None:
    inputs = dict(tiny.prepare(lines[0].image, REQUEST).inputs)
    pixels = {name: inputs.pop(name) for name in ("pixel_values", "image_grid_thw")}
    del inputs["mm_token_type_ids"]
    with torch.inference_mode():
        first = tiny.model(**inputs, use_cache=True)
        token = first.logits[:, -1:].argmax(-1)
        with pytest.raises(ValueError, match="do not match"):
            tiny.model(input_ids=token, past_key_values=first.past_key_values, **pixels)


def test_a_question_without_the_pixels_is_not_answered(
    tiny: QwenVl, lines: list[Line], monkeypatch: pytest.MonkeyPatch
) -> None:
    change_inputs(tiny, monkeypatch, lambda inputs: inputs.pop("pixel_values"))
    assert error_rate(lines, read_lines(tiny, lines, mode="text")) > 0.5


def test_one_page_after_another_is_read_like_all_at_once(tiny: QwenVl, lines: list[Line]) -> None:
    """Nothing of a page, such as its positions, is left for the next."""
    together = read_lines(tiny, lines[:4], mode="text")
    alone = [read_lines(tiny, [line], mode="text")[0] for line in lines[:4]]
    assert alone == together


def test_the_engine_reads_pages_of_their_own_size(tiny_type: str, tmp_path: Path) -> None:
    entry = ModelEntry(
        name="tiny", title="Tiny", family="qwen_vl", folder=str(CHECKPOINTS / tiny_type)
    )
    engine = VisionLanguageEngine(
        EngineOptions(device="cpu", dtype="float32", threads=1, model=entry)
    )
    read = []
    lines = held_out_lines(12, size=(260, 60), seed=7, capitals=CAPITALS[tiny_type])
    for line in lines:
        path = tmp_path / f"{line.text}.png"
        line.image.save(path)
        shown: list[ReadProgress] = []
        reading = engine.read(
            PageImage(path=str(path), width=line.image.width, height=line.image.height),
            ReadOptions(mode="text"),
            on_progress=shown.append,
            cancellation=Cancellation(),
        )
        assert reading.stop_reason is StopReason.END
        assert "".join(progress.text for progress in shown) == reading.text
        read.append(reading.text)
    assert error_rate(lines, read) < 0.1
