"""Every architecture writes in our loop what it writes in the library's, alone and together."""

from __future__ import annotations

import importlib
from collections.abc import Sequence
from pathlib import Path

import pytest
import torch
import transformers

from doubles.answer_listener import Listening, write_all
from textlift.engines.vision_language.decoding.batch import Pace
from textlift.engines.vision_language.decoding.decoder import Decoder
from textlift.engines.vision_language.decoding.job import Job
from textlift.engines.vision_language.families import families, family_of_model_type
from textlift.engines.vision_language.family import Family, Prepared, Request
from textlift.engines.vision_language.loading import read_json
from tiny_models.checkpoints import CHECKPOINTS
from tiny_models.random_checkpoint import CPU, drawn_page, generated
from tiny_models.reading_matter import TINY_MODELS, unseen_lines

RANDOM = (
    *("paddleocr_vl", "lighton_ocr", "glm_ocr", "deepseek_ocr2"),
    *("qianfan_ocr", "hunyuan_vl", "granite_docling"),
)
"""Families whose checkpoints have random weights."""

SIZES = ((400, 180), (240, 240), (160, 300))
TOKENS = 14


@pytest.fixture(autouse=True)
def no_progress_bar() -> None:
    transformers.utils.logging.disable_progress_bar()


def load(folder: Path) -> Family:
    card = family_of_model_type(read_json(folder, "config.json")["model_type"])
    assert card is not None
    module, _, name = card.implementation.partition(":")
    family: Family = getattr(importlib.import_module(module), name)(folder, CPU)
    return family


def check(family: Family, questions: Sequence[Prepared]) -> list[list[int]]:
    """Has the questions answered in our loop, all at once, and compares with ``generate``."""
    expected = [generated(family, one, tokens=TOKENS).tolist() for one in questions]
    device = torch.device("cpu")
    for pace in (Pace(), Pace(stride=3, lag=1)):
        decoder = Decoder(family.model, device, capacity=3, pace=pace)
        listeners = [Listening(ends=family.end_tokens) for _ in questions]
        jobs = [
            Job(one.inputs, room=TOKENS, listener=listener)
            for one, listener in zip(questions, listeners, strict=True)
        ]
        assert write_all(decoder, jobs) == [None] * len(jobs)
        assert [listener.tokens for listener in listeners] == expected
    return expected


@pytest.mark.parametrize("name", TINY_MODELS)
def test_models_that_read_say_the_same(name: str) -> None:
    family = load(CHECKPOINTS / name)
    request = Request(mode="text", max_pixels=1_000_000)
    lines = unseen_lines(name, 3)
    questions = [family.prepare(image, request) for _, image in lines]
    # A line that is half as wide: another number of image tokens, where the model has any number.
    width, height = lines[0][1].size
    narrow = lines[0][1].crop((0, 0, width // 2, height))
    questions.append(family.prepare(narrow, request))
    expected = check(family, questions)
    assert sum(tokens[-1] in family.end_tokens for tokens in expected) > 1, "they come to an end"


@pytest.mark.parametrize("name", RANDOM)
def test_architectures_with_random_weights_write_the_same(name: str, tmp_path: Path) -> None:
    module = importlib.import_module(f"tiny_models.random_checkpoints.{name}")
    module.make_checkpoint(tmp_path)
    family = load(tmp_path)
    assert families()[name].pages_at_once > 1
    mode = families()[name].modes[-1].name
    questions = [
        family.prepare(page, Request(mode=mode, max_pixels=500_000))
        for page in (drawn_page(*size) for size in SIZES)
    ]
    check(family, questions)


def test_kosmos_is_left_to_the_library() -> None:
    assert families()["kosmos_2_5"].pages_at_once == 1


def test_a_tower_keeps_its_own_attention() -> None:
    """Its configuration hangs on that of the language model."""
    family = load(CHECKPOINTS / "dots_ocr")
    inside: list[str] = []
    tower = family.model.vision_tower
    tower.register_forward_hook(lambda *_: inside.append(tower.config._attn_implementation))
    prepared = family.prepare(drawn_page(56, 56), Request(mode="text", max_pixels=10_000))
    Decoder(family.model, torch.device("cpu")).write(
        Job(prepared.inputs, room=2, listener=Listening())
    )
    assert inside == ["sdpa"]
