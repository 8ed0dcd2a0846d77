"""The estimate of memory against what an engine process really takes, where the page matters."""

from __future__ import annotations

import sys

import pytest
from transformers import (
    GotOcr2Config,
    GotOcr2ForConditionalGeneration,
    PretrainedConfig,
    Qwen2_5_VLConfig,
    Qwen2_5_VLForConditionalGeneration,
)

from benchmarks.full_size_models import FULL_SIZE
from benchmarks.memory_fit import Case, measure, within_bound
from tiny_models.byte_tokenizers import byte_tokenizer, save_tokenizer
from tiny_models.random_checkpoint import save_checkpoint

pytestmark = [
    pytest.mark.real_engine,
    pytest.mark.skipif(sys.platform != "linux", reason="the kernel must keep a process's peak"),
]


def got(ids: dict[str, int]) -> PretrainedConfig:
    """Two layers of the true width; the second scores all patches of 768 x 768 pixels."""
    text = {"model_type": "qwen2", "vocab_size": 300, "hidden_size": 64, "intermediate_size": 128,
            "num_hidden_layers": 2, "num_attention_heads": 4, "num_key_value_heads": 4}  # fmt: skip
    vision = {"num_hidden_layers": 2, "global_attn_indexes": [1], "image_size": 768}
    return GotOcr2Config(text_config=text, vision_config=vision, image_token_id=ids["<imgpad>"])


def qwen(ids: dict[str, int]) -> PretrainedConfig:
    """One layer of the true width, which looks at windows only, for it is quicker."""
    text = {"vocab_size": 300, "hidden_size": 64, "intermediate_size": 128, "num_hidden_layers": 2,
            "num_attention_heads": 4, "num_key_value_heads": 2,
            "rope_parameters": {"rope_type": "default", "rope_theta": 1_000_000,
                                "mrope_section": [2, 3, 3]}}  # fmt: skip
    vision = {"depth": 1, "hidden_size": 1280, "num_heads": 16, "intermediate_size": 3420,
              "out_hidden_size": 64, "fullatt_block_indexes": []}  # fmt: skip
    return Qwen2_5_VLConfig(
        text_config=text,
        vision_config=vision,
        image_token_id=ids["<|image_pad|>"],
        video_token_id=ids["<|video_pad|>"],
        vision_start_token_id=ids["<|vision_start|>"],
        vision_end_token_id=ids["<|vision_end|>"],
    )


MODELS = {
    "got-ocr2": (GotOcr2ForConditionalGeneration, got, {"size": {"height": 768, "width": 768}}),
    "qwen2.5-vl-3b": (Qwen2_5_VLForConditionalGeneration, qwen, {}),
}


@pytest.fixture(
    scope="module",
    params=[
        ("got-ocr2", 600_000),
        pytest.param(("qwen2.5-vl-3b", 2_000_000), marks=pytest.mark.slow),
    ],
)
def case(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Case:
    name, pixels = request.param
    model_class, config, image = MODELS[name]
    folder = tmp_path_factory.mktemp(name)
    tokenizer = byte_tokenizer(special=FULL_SIZE[name].tokens)
    settings = {**FULL_SIZE[name].image_settings, **image}
    save_checkpoint(folder, model_class, config(tokenizer.get_vocab()), image_settings=settings)
    save_tokenizer(tokenizer, folder)
    return Case(
        name=name,
        family=FULL_SIZE[name].family,
        folder=str(folder),
        device="cpu",
        dtype="float32",
        weights="",
        pixels=pixels,
        tokens=4,
    )


def test_the_estimate_is_within_the_bound(case: Case) -> None:
    outcome = measure(case)

    need = outcome.need
    assert outcome.within, outcome
    assert not within_bound(need.total - need.activations, outcome.measured), "too small a page"
