"""What a model has to do here, from its folder and the options; and one that is too large."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest
import torch

from textlift.content.attempt import FailureKind
from textlift.engines.contract import EngineError, EngineOptions
from textlift.engines.vision_language import page_work as module
from textlift.engines.vision_language.families import families
from textlift.engines.vision_language.family import Placement
from textlift.engines.vision_language.fitting import A4_AT_200_DPI
from textlift.engines.vision_language.page_work import page_work, refuse_too_large, usual_page
from textlift.engines.vision_language.shapes import catalogue_shape
from textlift.models.catalogue import ModelEntry, load_catalogue
from textlift.models.memory_need import Work, memory_need
from textlift.settings import Saving
from tiny_models.checkpoints import CHECKPOINTS

CPU = Placement(device=torch.device("cpu"), dtype=torch.float32)
GPU = Placement(device=torch.device("cuda", 0), dtype=torch.bfloat16)
ENTRY = next(model for model in load_catalogue().models if model.name == "dots.ocr")
CARD = families()["dots_ocr"]
WORK = Work(
    shape=catalogue_shape(ENTRY, CARD),
    pixels=CARD.max_pixels,
    answer_tokens=CARD.token_limit,
    number_bytes=2,
)


def work(placement: Placement = CPU, **options: object) -> Work:
    entry = ModelEntry(name="mine", title="Mine", family="dots_ocr", folder="")
    given = EngineOptions(model=entry, **options)
    return page_work(CHECKPOINTS / "dots_ocr", CARD, given, placement)


def test_the_options_and_the_saving_limit_the_page_and_the_answer() -> None:
    assert work().pixels == CARD.max_pixels
    assert work(max_pixels=700_000).pixels == 700_000
    saving = Saving(max_pixels=600_000)
    assert work(max_pixels=700_000, savings={"mine": saving}).pixels == 600_000
    assert work(savings={"mine": saving}).pixels == 600_000
    assert work(savings={"other": saving}).pixels == CARD.max_pixels
    assert work(token_limit=9).answer_tokens == 9
    assert work().answer_tokens == CARD.token_limit


def test_the_usual_page_is_a4_or_what_the_family_is_shown() -> None:
    assert usual_page(WORK, CARD).pixels == A4_AT_200_DPI
    assert usual_page(work(max_pixels=700_000), CARD).pixels == 700_000
    assert usual_page(WORK, families()["got_ocr2"]).pixels == 1024**2


def test_the_number_format_and_the_bits_are_those_of_the_placement() -> None:
    small = msgspec.structs.replace(CPU, dtype=torch.bfloat16, weights="int8")
    assert (work().number_bytes, work().weights) == (4, "")
    assert (work(small).number_bytes, work(small).weights) == (2, "int8")


def test_a_folder_that_tells_no_sizes_is_not_loaded(tmp_path: Path) -> None:
    (tmp_path / "config.json").write_text("{}")
    (tmp_path / "model.safetensors").write_bytes(b"cut off")
    with pytest.raises(EngineError, match="is damaged; get the model again"):
        page_work(tmp_path, CARD, EngineOptions(), CPU)


def refusal(monkeypatch: pytest.MonkeyPatch, free: float, ram: float) -> str:
    monkeypatch.setattr(
        module, "free_memory", lambda device: int(free if device.type == "cuda" else ram)
    )
    with pytest.raises(EngineError) as raised:
        refuse_too_large(ENTRY, usual_page(WORK, CARD), GPU)
    assert raised.value.failure is FailureKind.DOES_NOT_FIT
    return raised.value.sentence


def test_the_saving_that_would_help_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    in_4_bits = msgspec.structs.replace(WORK, pixels=A4_AT_200_DPI, weights="int4")
    free = memory_need(in_4_bits, "cuda:0").total
    sentence = refusal(monkeypatch, free=free, ram=0)
    assert sentence.startswith("dots.ocr needs 6.1 GB for its weights, and 5.7 GB are free on ")
    assert sentence.endswith("the GPU cuda:0; choose “4-bit weights” as its saving.")
    monkeypatch.setattr(module, "quantizes", lambda device: False)
    beside = refusal(monkeypatch, free=free, ram=16e9)
    assert beside.endswith("choose “a part of it in the system's memory” as its saving.")


def test_where_no_saving_helps_that_is_not_said(monkeypatch: pytest.MonkeyPatch) -> None:
    assert refusal(monkeypatch, free=1e9, ram=0) == (
        "dots.ocr needs 6.1 GB for its weights, and 1.0 GB are free on the GPU cuda:0; "
        "close other programs or choose a smaller model."
    )
