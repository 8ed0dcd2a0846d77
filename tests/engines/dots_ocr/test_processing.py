"""An image is shown to dots.ocr at the size and in the patches that the published code makes."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image
from safetensors.torch import load_file

from textlift.content.attempt import FailureKind
from textlift.content.geometry import Box
from textlift.engines.contract import EngineError
from textlift.engines.dots_ocr import prompts
from textlift.engines.dots_ocr.family import DotsOcr
from textlift.engines.dots_ocr.processing import DotsImageProcessor
from textlift.engines.vision_language.family import Request
from tiny_models.train_dots_ocr import PREPROCESSOR

MANY = 10**9


@pytest.fixture
def processor() -> DotsImageProcessor:
    return DotsImageProcessor(PREPROCESSOR)


def drawn(width: int, height: int) -> Image.Image:
    pixels = np.random.default_rng(5).integers(0, 255, (height, width, 3), np.uint8)
    return Image.fromarray(pixels)


def test_patches_are_squares_of_the_image_two_by_two(processor: DotsImageProcessor) -> None:
    image = drawn(84, 56)
    patches, grid, seen = processor(image, max_pixels=MANY)
    assert (seen, grid.tolist(), patches.shape) == ((84, 56), [[1, 4, 6]], (24, 588))
    mean, deviation = (np.array(PREPROCESSOR[name]) for name in ("image_mean", "image_std"))
    values = (np.asarray(image) / 255 - mean) / deviation
    # The seventh patch is the third of the second square: second row, third column.
    expected = values[14:28, 28:42].transpose(2, 0, 1).reshape(-1)
    assert np.abs(patches[6].numpy() - expected).max() < 1e-5


def test_the_kit_of_the_published_code(processor: DotsImageProcessor, shared: Path) -> None:
    kit = shared / "conformance" / "dots_ocr"
    expected = load_file(kit / "preproc.safetensors")
    told = json.loads((kit / "preproc.json").read_text())
    for name, facts in told["images"].items():
        image = Image.open(kit / f"img_{name}.png").convert("RGB")
        patches, grid, seen = processor(image, max_pixels=MANY)
        assert torch.equal(patches, expected[f"{name}.pixel_values"])
        assert torch.equal(grid, expected[f"{name}.image_grid_thw"])
        assert seen[0] * seen[1] // 28**2 == facts["n_imgpad"]
    for row in told["smart_resize"]:
        if row["dots"] == "ValueError":
            with pytest.raises(EngineError):
                processor.seen_size(row["w"], row["h"], max_pixels=MANY)
        else:
            seen = processor.seen_size(row["w"], row["h"], max_pixels=MANY)
            assert [seen[1], seen[0]] == row["dots"], row


@pytest.mark.parametrize(
    ("size", "seen"),
    [
        ((1654, 2339), (1652, 2352)),
        ((9000, 12000), (2884, 3864)),
        ((200, 1), (196, 28)),
        ((20, 13), (84, 56)),
        ((28, 28), (56, 56)),
        ((6600, 33), (6608, 28)),
    ],
)
def test_sizes(processor: DotsImageProcessor, size: tuple[int, int], seen: tuple) -> None:
    assert processor.seen_size(*size, max_pixels=MANY) == seen


@pytest.mark.parametrize("max_pixels", [1, 784, 5000, 100_000, 1_000_000])
@pytest.mark.parametrize("size", [(1654, 2339), (60, 5000), (3, 4), (4000, 21)])
def test_no_image_is_larger_than_the_limit_allows(
    processor: DotsImageProcessor, size: tuple[int, int], max_pixels: int
) -> None:
    width, height = processor.seen_size(*size, max_pixels=max_pixels)
    assert width % 28 == height % 28 == 0
    # A strip cannot be thinner than a token.
    assert width * height <= max_pixels or min(width, height) == 28


def test_a_strip_is_refused_in_a_sentence(processor: DotsImageProcessor) -> None:
    with pytest.raises(EngineError, match="3000 by 10 pixels is a strip") as caught:
        processor(drawn(3000, 10), max_pixels=MANY)
    assert caught.value.failure is FailureKind.MALFORMED


def test_settings_as_version_5_of_the_library_writes_them() -> None:
    settings = {name: value for name, value in PREPROCESSOR.items() if "pixels" not in name}
    settings["size"] = {"shortest_edge": 3136, "longest_edge": 56 * 56}
    processor = DotsImageProcessor(settings)
    assert processor.seen_size(1000, 1000, max_pixels=MANY) == (56, 56)


def test_the_question_fits_the_image(family: DotsOcr) -> None:
    image = drawn(200, 120)
    prepared = family.prepare(image, Request("text", MANY))
    assert prepared.seen == (196, 112)
    assert prepared.image_tokens == 28
    ids = prepared.inputs["input_ids"][0].tolist()
    assert ids.count(family.model.config.image_token_id) == 28
    assert family.tokenizer.decode(ids, skip_special_tokens=False) == (
        "<|user|><|img|>" + "<|imgpad|>" * 28 + "<|endofimg|>"
        "Extract the text content from this image.<|endofuser|><|assistant|>"
    )
    assert prepared.inputs["attention_mask"].sum() == len(ids)
    assert prepared.inputs["pixel_values"].shape == (4 * 28, 588)


def test_a_box_is_asked_for_in_pixels_of_what_the_model_sees(family: DotsOcr) -> None:
    image = drawn(1000, 500)
    request = Request("box", 28 * 28 * 18 * 9, box=Box(100, 50, 900.5, 250))
    prepared = family.prepare(image, request)
    assert prepared.seen == (504, 252)
    text = family.tokenizer.decode(prepared.inputs["input_ids"][0].tolist())
    assert text == f"{prompts.BOX}[50, 25, 453, 126]"


def test_without_a_box_the_whole_image_is_asked_for(family: DotsOcr) -> None:
    prepared = family.prepare(drawn(112, 56), Request("box", MANY))
    text = family.tokenizer.decode(prepared.inputs["input_ids"][0].tolist())
    assert text.endswith("[0, 0, 112, 56]")


@pytest.mark.parametrize("mode", prompts.PROMPTS)
def test_every_mode_of_the_card_has_its_prompt(family: DotsOcr, mode: str) -> None:
    assert mode in {known.name for known in family.card.modes}
    request = Request(mode, MANY, box=Box(1, 2, 30, 40))
    prepared = family.prepare(drawn(56, 56), request)
    text = family.tokenizer.decode(prepared.inputs["input_ids"][0].tolist())
    assert text.startswith(prompts.PROMPTS[mode])


def test_every_mode_is_on_the_card(family: DotsOcr) -> None:
    assert [mode.name for mode in family.card.modes] == list(prompts.PROMPTS)
    assert [mode.name for mode in family.card.modes if mode.needs_box] == [prompts.BOX_MODE]
