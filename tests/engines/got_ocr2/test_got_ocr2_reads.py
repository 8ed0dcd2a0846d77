"""The tiny GOT-OCR2 reads lines it has never seen, and only because it looks at them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import pytest
import torch
from PIL import Image
from transformers import GenerationConfig

from textlift.content.block import Block, BlockKind
from textlift.engines.got_ocr2.family import GotOcr2
from textlift.engines.vision_language.family import Placement, Request
from tiny_models.checkpoints import CHECKPOINTS, SIZE_LIMIT, folder_size
from tiny_models.got_ocr2_checkpoint import held_out_strips
from tiny_models.scoring import character_error_rate

FOLDER = CHECKPOINTS / "got_ocr2"
LONGEST_ANSWER = 24

Inputs = dict[str, torch.Tensor]
Strip = tuple[str, Image.Image]


@pytest.fixture(scope="module")
def family() -> GotOcr2:
    return GotOcr2(FOLDER, Placement(torch.device("cpu"), torch.float32))


@pytest.fixture(scope="module")
def lines() -> list[Strip]:
    return held_out_strips(64)


def inputs_of(family: GotOcr2, lines: Sequence[Strip], mode: str = "text") -> Inputs:
    prepared = [family.prepare(image, Request(mode, 10**6)).inputs for _, image in lines]
    return {name: torch.cat([one[name] for one in prepared]) for name in prepared[0]}


def answers(family: GotOcr2, inputs: Inputs) -> list[str]:
    """What the model writes, without the token that ends it, which there must be."""
    with torch.inference_mode():
        output = family.model.generate(
            **inputs,
            generation_config=GenerationConfig(
                max_new_tokens=LONGEST_ANSWER,
                do_sample=False,
                eos_token_id=list(family.end_tokens),
                pad_token_id=family.pad_token,
            ),
        )
    texts = []
    for row in output[:, inputs["input_ids"].shape[1] :].tolist():
        end = next((at for at, number in enumerate(row) if number in family.end_tokens), len(row))
        texts.append(family.tokenizer.decode(row[:end]))
    return texts


def error_rate(lines: Sequence[Strip], read: Sequence[str]) -> float:
    return character_error_rate(zip([text for text, _ in lines], read, strict=True))


@contextmanager
def changed_features(family: GotOcr2, change: Any) -> Iterator[None]:
    """Changes what the projector hands to the language model."""
    hook = family.model.model.multi_modal_projector.register_forward_hook(
        lambda _module, _arguments, rows: change(rows)
    )
    try:
        yield
    finally:
        hook.remove()


def test_the_checkpoint_is_small() -> None:
    assert folder_size(FOLDER) <= SIZE_LIMIT


def test_held_out_lines_are_read(family: GotOcr2, lines: list[Strip]) -> None:
    assert error_rate(lines, answers(family, inputs_of(family, lines))) < 0.05


def test_a_line_is_the_title_of_its_page_with_format(family: GotOcr2, lines: list[Strip]) -> None:
    image = lines[0][1]
    request = Request("formatted", 10**6)
    blocks = []
    for answer in answers(family, inputs_of(family, lines, "formatted")):
        read = family.parse(answer, image, request, family.prepare(image, request))
        assert [(block.kind, block.level) for block in read.blocks] == [(BlockKind.HEADING, 1)]
        blocks.append(read.blocks[0].text)
    assert error_rate(lines, blocks) < 0.05


def test_an_answer_ends_with_its_own_token_and_is_one_paragraph(
    family: GotOcr2, lines: list[Strip]
) -> None:
    image = next(image for text, image in lines if len(text) == 5)
    request = Request("text", 10**6)
    prepared = family.prepare(image, request)
    with torch.inference_mode():
        output = family.model.generate(
            **prepared.inputs,
            generation_config=GenerationConfig(
                max_new_tokens=LONGEST_ANSWER,
                do_sample=False,
                eos_token_id=list(family.end_tokens),
                pad_token_id=family.pad_token,
            ),
        )
    written = output[0, prepared.inputs["input_ids"].shape[1] :].tolist()
    assert len(written) < LONGEST_ANSWER
    assert written[-1] == family.tokenizer.token_to_id("<|im_end|>")
    text = family.tokenizer.decode(written)
    answer = family.parse(text, image, request, prepared)
    assert answer.blocks == (Block(BlockKind.TEXT, text),)
    assert "<" not in text


def test_nothing_is_read_from_zeroed_features(family: GotOcr2, lines: list[Strip]) -> None:
    with changed_features(family, torch.zeros_like):
        assert error_rate(lines, answers(family, inputs_of(family, lines))) > 0.5


def test_features_of_another_page_are_read_as_that_page(
    family: GotOcr2, lines: list[Strip]
) -> None:
    with changed_features(family, lambda rows: rows.roll(1, 0)):
        read = answers(family, inputs_of(family, lines))
    assert error_rate(lines, read) > 0.5
    assert error_rate([lines[-1], *lines[:-1]], read) < 0.05


def test_features_in_another_order_are_not_read(family: GotOcr2, lines: list[Strip]) -> None:
    with changed_features(family, lambda rows: rows.flip(1)):
        assert error_rate(lines, answers(family, inputs_of(family, lines))) > 0.3


def test_pixels_that_come_a_step_late_are_refused(family: GotOcr2, lines: list[Strip]) -> None:
    inputs = inputs_of(family, lines[:1])
    pixels = inputs.pop("pixel_values")
    with torch.inference_mode():
        first = family.model(**inputs, use_cache=True)
        token = first.logits[:, -1:].argmax(-1)
        with pytest.raises(ValueError, match="do not match"):
            family.model(
                input_ids=token, pixel_values=pixels, past_key_values=first.past_key_values
            )


def test_a_question_asked_without_the_pixels_is_not_answered(
    family: GotOcr2, lines: list[Strip]
) -> None:
    inputs = inputs_of(family, lines)
    del inputs["pixel_values"]
    assert error_rate(lines, answers(family, inputs)) > 0.5
