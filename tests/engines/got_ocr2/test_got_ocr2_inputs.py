"""What the model is given equals what the library's own processor makes."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image
from transformers import PreTrainedTokenizerFast
from transformers.models.got_ocr2.configuration_got_ocr2 import GotOcr2Config, GotOcr2VisionConfig
from transformers.models.got_ocr2.image_processing_pil_got_ocr2 import GotOcr2ImageProcessorPil
from transformers.models.got_ocr2.processing_got_ocr2 import (
    GotOcr2Processor,
    preprocess_box_annotation,
)

from textlift.content.geometry import Box
from textlift.engines.got_ocr2.card import FAMILY
from textlift.engines.got_ocr2.family import GotOcr2
from textlift.engines.got_ocr2.prompts import box_in_thousandths
from textlift.engines.got_ocr2.squares import tokens_per_square
from textlift.engines.vision_language.family import Prepared, Request
from tiny_models.byte_tokenizers import byte_tokenizer
from tiny_models.got_ocr2_checkpoint import PREPROCESSOR, SIDE, SPECIAL

TOKENS = 16
"""Of a square of the tiny model: 192 pixels, patches of 12, halved twice."""

BOX = Box(31.5, 40.0, 250.0, 199.9)
SIZES = ((300, 200), (120, 400), (SIDE, SIDE), (37, 11))


@pytest.fixture(scope="module")
def spelling_family(random_family: GotOcr2) -> GotOcr2:
    """The family with a tokenizer that spells the prompts out, so that each sign is compared."""
    family = GotOcr2.__new__(GotOcr2)
    family.__dict__.update(random_family.__dict__)
    family.tokenizer = byte_tokenizer(special=SPECIAL)
    family._image_id = family.tokenizer.token_to_id("<imgpad>")
    return family


@pytest.fixture(scope="module")
def processor(spelling_family: GotOcr2) -> GotOcr2Processor:
    settings = {
        key: value for key, value in PREPROCESSOR.items() if not key.endswith(("type", "class"))
    }
    tokenizer = PreTrainedTokenizerFast(
        tokenizer_object=spelling_family.tokenizer, eos_token="<|endoftext|>"
    )
    return GotOcr2Processor(GotOcr2ImageProcessorPil(**settings), tokenizer)


def noise(width: int, height: int) -> Image.Image:
    """Every pixel different, so that none can be exchanged."""
    values = np.random.default_rng(width).integers(0, 256, (height, width, 3), np.uint8)
    return Image.fromarray(values)


def assert_equal(prepared: Prepared, expected: dict[str, torch.Tensor]) -> None:
    assert set(prepared.inputs) == set(expected)
    for name, tensor in expected.items():
        assert torch.equal(prepared.inputs[name], tensor), name


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("mode", [mode.name for mode in FAMILY.modes])
def test_inputs_are_those_of_the_library(
    mode: str, size: tuple[int, int], spelling_family: GotOcr2, processor: GotOcr2Processor
) -> None:
    image = noise(*size)
    box = BOX.scaled(size[0] / 300, size[1] / 200) if mode.endswith("box") else None
    tiled = mode.endswith("tiles")
    prepared = spelling_family.prepare(image, Request(mode, 7 * SIDE**2, box))
    expected = processor(
        image,
        return_tensors="pt",
        num_image_tokens=TOKENS,
        format=mode.startswith("formatted"),
        **({"box": [box.x0, box.y0, box.x1, box.y1]} if box else {}),
        **({"crop_to_patches": True, "max_patches": 6} if tiled else {}),
    )
    assert_equal(prepared, dict(expected))
    squares = len(prepared.inputs["pixel_values"])
    assert prepared.image_tokens == squares * TOKENS
    assert squares > 1 or not tiled or size in {(SIDE, SIDE), (37, 11)}


@pytest.mark.parametrize(
    ("max_pixels", "tiles"), [(1, 1), (3 * SIDE**2 - 1, 1), (3 * SIDE**2, 2), (10**9, 12)]
)
def test_tiles_and_page_stay_within_the_pixels(
    max_pixels: int, tiles: int, random_family: GotOcr2
) -> None:
    wide = noise(12 * 80, 80)
    prepared = random_family.prepare(wide, Request("text-tiles", max_pixels))
    squares = len(prepared.inputs["pixel_values"])
    assert squares == (tiles + 1 if tiles > 1 else 1)
    assert squares * SIDE**2 <= max(max_pixels, SIDE**2)
    assert prepared.seen == (tiles * SIDE, SIDE)


def test_tiles_are_in_reading_order_and_the_page_is_last(random_family: GotOcr2) -> None:
    page = Image.new("RGB", (2 * SIDE, 2 * SIDE))
    for index in range(4):
        page.paste(
            (60 * index + 20,) * 3, (index % 2 * SIDE, index // 2 * SIDE, 2 * SIDE, 2 * SIDE)
        )
    page.paste((80,) * 3, (SIDE, 0, 2 * SIDE, SIDE))
    page.paste((140,) * 3, (0, SIDE, SIDE, 2 * SIDE))
    prepared = random_family.prepare(page, Request("text-tiles", 5 * SIDE**2))
    means = prepared.inputs["pixel_values"].mean((1, 2, 3)).tolist()
    assert len(means) == 5
    assert means[0] < means[1] < means[2] < means[3]
    assert means[4] == pytest.approx(sum(means[:4]) / 4, abs=0.01)


@given(
    st.integers(1, 5000),
    st.integers(1, 5000),
    st.tuples(st.floats(0, 1), st.floats(0, 1), st.floats(0, 1), st.floats(0, 1)),
)
def test_boxes_are_told_as_the_library_tells_them(
    width: int, height: int, shares: tuple[float, float, float, float]
) -> None:
    x0, x1 = sorted(share * width for share in shares[:2])
    y0, y1 = sorted(share * height for share in shares[2:])
    expected = preprocess_box_annotation([x0, y0, x1, y1], (width, height))
    assert list(box_in_thousandths(Box(x0, y0, x1, y1), width=width, height=height)) == expected


def test_a_box_is_cut_to_the_page() -> None:
    assert box_in_thousandths(Box(-20, 10, 150, 900), width=100, height=200) == (0, 50, 1000, 1000)


def test_the_published_model_has_256_tokens_for_a_square() -> None:
    assert tokens_per_square(GotOcr2VisionConfig()) == 256
    assert GotOcr2Config().image_seq_length != 256


@pytest.mark.parametrize(("image_size", "patch"), [(192, 12), (160, 8), (72, 12), (200, 10)])
def test_tokens_are_counted_as_the_model_makes_them(
    image_size: int, patch: int, random_family: GotOcr2
) -> None:
    projector = random_family.model.model.multi_modal_projector
    patches = image_size // patch
    rows = projector(torch.zeros(1, 64, patches, patches))
    vision = GotOcr2VisionConfig(image_size=image_size, patch_size=patch)
    assert tokens_per_square(vision) == rows.shape[1]
