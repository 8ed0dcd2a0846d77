"""The inputs put together by hand are those of the library's own processors."""

from __future__ import annotations

from pathlib import Path
from random import Random

import numpy as np
import pytest
import torch
from PIL import Image
from transformers import PreTrainedTokenizerFast
from transformers.models.qwen2_5_vl.processing_qwen2_5_vl import Qwen2_5_VLProcessor
from transformers.models.qwen2_vl.image_processing_pil_qwen2_vl import Qwen2VLImageProcessorPil
from transformers.models.qwen3_vl.processing_qwen3_vl import Qwen3VLProcessor

from doubles.random_qwen import IMAGES
from textlift.content.attempt import FailureKind
from textlift.engines.contract import EngineError
from textlift.engines.qwen_vl.checks import refuse_unlike_inputs
from textlift.engines.qwen_vl.family import QwenVl
from textlift.engines.vision_language.family import Request

PROCESSORS = {"qwen2_5_vl": Qwen2_5_VLProcessor, "qwen3_vl": Qwen3VLProcessor}

# What the chat templates of the checkpoints make of a picture and a question, written out.
ASSISTANT = "<|im_start|>system\nYou are a helpful assistant.<|im_end|>\n"
PARSER = (
    "<|im_start|>system\nYou are an AI specialized in recognizing and extracting text from images. "
    "Your mission is to analyze the image document and generate the result in QwenVL Document "
    "Parser HTML format using specified tags while maintaining user privacy and data integrity."
    "<|im_end|>\n"
)
SYSTEMS = {
    "qwen2_5_vl": {"html": PARSER, "text": ASSISTANT},
    "qwen3_vl": {"html": "", "markdown": "", "text": ""},
}
FRAME = (
    "<|im_start|>user\n<|vision_start|><|image_pad|><|vision_end|>{}<|im_end|>\n"
    "<|im_start|>assistant\n"
)
PROMPTS = {
    "qwen2_5_vl": {"html": "QwenVL HTML", "text": "Read all the text in the image."},
    "qwen3_vl": {
        "html": "qwenvl html",
        "markdown": "qwenvl markdown",
        "text": "Read all the text in the image.",
    },
}
SIZES = [(100, 60), (613, 792), (1000, 31), (45, 800), (28, 28)]


def picture(size: tuple[int, int]) -> Image.Image:
    noise = np.random.default_rng(size[0]).integers(0, 255, (size[1], size[0], 3), np.uint8)
    return Image.fromarray(noise)


@pytest.fixture(scope="session")
def library_tokenizer(tokenizer_file: Path) -> PreTrainedTokenizerFast:
    return PreTrainedTokenizerFast(tokenizer_file=str(tokenizer_file))


def library_inputs(
    model_type: str, tokenizer: PreTrainedTokenizerFast, image: Image.Image, text: str
) -> dict[str, torch.Tensor]:
    """The library's processor at work; made without its constructor, which wants torchvision."""
    processor = object.__new__(PROCESSORS[model_type])
    settings = IMAGES[model_type]
    named = {name: settings[name] for name in settings if not name.endswith(("_type", "_class"))}
    processor.image_processor = Qwen2VLImageProcessorPil(**named)
    processor.tokenizer = tokenizer
    processor.video_processor = None
    processor.chat_template = None
    processor.image_token, processor.image_token_id = "<|image_pad|>", 151655
    processor.video_token, processor.video_token_id = "<|video_pad|>", 151656
    return dict(processor(images=[image], text=[text], return_tensors="pt"))


@pytest.mark.parametrize("size", SIZES)
def test_tensors_and_ids_equal_the_librarys(
    family: QwenVl,
    model_type: str,
    size: tuple[int, int],
    library_tokenizer: PreTrainedTokenizerFast,
) -> None:
    image = picture(size)
    for mode, prompt in PROMPTS[model_type].items():
        prepared = family.prepare(image, Request(mode, 10**9))
        wanted = library_inputs(
            model_type, library_tokenizer, image, SYSTEMS[model_type][mode] + FRAME.format(prompt)
        )
        assert set(prepared.inputs) == set(wanted)
        for name, tensor in wanted.items():
            assert torch.equal(prepared.inputs[name].to(tensor.dtype), tensor), name
        assert prepared.image_tokens == int((wanted["input_ids"] == 151655).sum())


def test_the_grid_gives_the_size_that_was_seen(family: QwenVl, model_type: str) -> None:
    prepared = family.prepare(picture((613, 792)), Request("text", 10**9))
    _, rows, columns = prepared.inputs["image_grid_thw"][0].tolist()
    side = IMAGES[model_type]["patch_size"]
    assert prepared.seen == (columns * side, rows * side)
    assert prepared.seen == {"qwen2_5_vl": (616, 784), "qwen3_vl": (608, 800)}[model_type]


@pytest.mark.parametrize("most", [5_000, 60_000, 200_000])
def test_pixels_are_capped(family: QwenVl, most: int) -> None:
    width, height = family.prepare(picture((613, 792)), Request("text", most)).seen
    assert width * height <= most


def test_the_checkpoints_own_limit_counts(family: QwenVl, model_type: str) -> None:
    longest = family.image_processor.size["longest_edge"]
    assert longest == {"qwen2_5_vl": 12845056, "qwen3_vl": 16777216}[model_type]
    assert longest <= family.card.max_pixels


def test_too_thin_an_image_is_refused(family: QwenVl) -> None:
    with pytest.raises(EngineError, match="1000 x 3 pixels has a shape") as caught:
        family.prepare(picture((1000, 3)), Request("text", 10**9))
    assert caught.value.failure is FailureKind.MALFORMED


def test_missing_placeholders_are_refused(family: QwenVl, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(family, "question", lambda placeholders, request: "Read this.")
    with pytest.raises(EngineError, match="has 0 places for the image"):
        family.prepare(picture((100, 60)), Request("text", 10**9))


def test_a_placeholder_in_the_wrong_number_is_refused(
    family: QwenVl, monkeypatch: pytest.MonkeyPatch
) -> None:
    question = family.question
    monkeypatch.setattr(
        family, "question", lambda placeholders, request: question("<|image_pad|>", request)
    )
    with pytest.raises(EngineError, match="has 1 places for the image"):
        family.prepare(picture((613, 792)), Request("text", 10**9))


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"image_grid_thw": torch.tensor([[1, 1, 32]])}, "cannot be merged 2 by 2"),
        ({"image_grid_thw": torch.tensor([[1, 4, 6]])}, "names 24 patches, and there are 32"),
        ({"image_grid_thw": torch.tensor([[0, 4, 8]])}, "cannot be merged"),
        ({"image_grid_thw": torch.tensor([4, 8])}, "frames, rows and columns"),
        ({"pixel_values": torch.zeros(32, 588)}, "numbers each are expected"),
        ({"pixel_values": torch.zeros(1, 3, 56, 112)}, "numbers each are expected"),
    ],
)
def test_pixels_and_grid_that_do_not_fit_are_refused(
    family: QwenVl, change: dict[str, torch.Tensor], words: str
) -> None:
    vision = family.model.config.vision_config
    width = 3 * 2 * vision.patch_size**2
    fitting = {"pixel_values": torch.zeros(32, width), "image_grid_thw": torch.tensor([[1, 4, 8]])}
    refuse_unlike_inputs(fitting, vision)
    with pytest.raises(EngineError, match=words):
        refuse_unlike_inputs({**fitting, **change}, vision)


def test_any_size_fits_the_model(families: dict[str, QwenVl]) -> None:
    random = Random(5)
    for family in families.values():
        for _ in range(20):
            size = (random.randint(9, 900), random.randint(9, 900))
            most = random.randint(4_000, 400_000)
            prepared = family.prepare(picture(size), Request("html", most))
            assert prepared.image_tokens * 4 == len(prepared.inputs["pixel_values"])
