"""The sizes of models that the cards and the catalogue tell, against the library's classes."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import torch
from torch import nn

from benchmarks.library_models import PUBLISHED
from textlift.engines.vision_language.defaults import page_limit
from textlift.engines.vision_language.families import families
from textlift.engines.vision_language.fitting import A4_AT_200_DPI
from textlift.engines.vision_language.shapes import (
    ShapeUnknownError,
    catalogue_shape,
    checkpoint_shape,
)
from textlift.models.catalogue import ModelEntry, load_catalogue
from textlift.models.memory_need import Work, memory_need
from textlift.models.parameter_count import parameter_count
from tiny_models.byte_tokenizers import byte_tokenizer
from tiny_models.checkpoints import CHECKPOINTS

CATALOGUE = {model.name: model for model in load_catalogue().models}
SHRUNK = False
TINY = {"dots_ocr": "dots_ocr", "got_ocr2": "got_ocr2", "qwen2_5_vl": "qwen_vl",
        "qwen3_vl": "qwen_vl"}  # fmt: skip


@pytest.fixture(scope="module", params=PUBLISHED)
def name(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def model_of(name: str) -> nn.Module:
    """The published model without memory."""
    published = PUBLISHED[name]
    config = published.config(byte_tokenizer(special=published.tokens), SHRUNK)
    with torch.device("meta"):
        return published.model_class(config)


def test_the_catalogue_tells_the_sizes_of_the_published_model(name: str) -> None:
    entry = CATALOGUE[name]
    model = model_of(name)
    shape = catalogue_shape(entry, families()[entry.family])
    count = sum(weight.numel() for weight in set(model.parameters()))
    assert shape.parameters == pytest.approx(count, rel=0.01)
    decoder = model.get_decoder()
    layers = next(m for n, m in decoder.named_modules() if n.rpartition(".")[2] == "layers")
    linear = sum(m.weight.numel() for m in layers.modules() if isinstance(m, nn.Linear))
    assert shape.text.linear == pytest.approx(linear, rel=0.01)
    text = model.config.get_text_config()
    assert shape.text.layers == len(layers)
    assert shape.text.vocabulary == text.vocab_size
    assert shape.text.width == decoder.get_input_embeddings().weight.shape[1]
    keys = [m for n, m in layers.named_modules() if n.endswith("k_proj")]
    assert {layer.out_features for layer in keys} == {shape.text.keys}


def test_a_config_tells_the_same_as_the_catalogue(name: str, tmp_path: Path) -> None:
    """What the library writes of the published model; a file of weights with one tensor."""
    published, entry = PUBLISHED[name], CATALOGUE[name]
    card = families()[entry.family]
    config = published.config(byte_tokenizer(special=published.tokens), SHRUNK)
    config.save_pretrained(tmp_path)
    header = json.dumps({"x": {"dtype": "BF16", "shape": [10**6], "data_offsets": [0, 0]}}).encode()
    (tmp_path / "model.safetensors").write_bytes(len(header).to_bytes(8, "little") + header)
    there, told = checkpoint_shape(tmp_path, card), catalogue_shape(entry, card)
    assert there.parameters == 10**6
    assert there.tower == told.tower
    assert there.text == told.text


@pytest.mark.parametrize("entry", CATALOGUE.values(), ids=CATALOGUE)
def test_the_memory_in_the_catalogue_is_the_estimate(entry: ModelEntry) -> None:
    """For an A4 page at 200 dpi on a GPU, rounded up to half a GB."""
    card = families()[entry.family]
    shape = catalogue_shape(entry, card)
    limit = page_limit(card, limit=0, device="cuda", parameters=shape.parameters)
    pixels = min(A4_AT_200_DPI, limit, card.page_pixels or limit)
    work = Work(shape, pixels=pixels, answer_tokens=card.token_limit, number_bytes=2)
    estimate = memory_need(work, "cuda:0").total
    half = 500_000_000
    assert entry.memory == -(-estimate // half) * half


@pytest.mark.parametrize(("checkpoint", "family"), TINY.items())
def test_a_tiny_checkpoint_tells_its_sizes(checkpoint: str, family: str) -> None:
    folder = CHECKPOINTS / checkpoint
    shape = checkpoint_shape(folder, families()[family])
    assert shape.parameters == parameter_count([folder / "model.safetensors"])
    assert 0 < shape.text.linear < shape.parameters < 2_000_000
    assert shape.text.width <= 256


@pytest.mark.parametrize(
    "config", [{"vision_config": "none"}, {"hidden_size": "wide"}, {"num_attention_heads": 0}]
)
def test_a_config_that_tells_no_sizes_is_said(config: dict, tmp_path: Path) -> None:
    (tmp_path / "config.json").write_text(json.dumps(config))
    source = CHECKPOINTS / "dots_ocr" / "model.safetensors"
    (tmp_path / "model.safetensors").write_bytes(source.read_bytes())
    with pytest.raises(ShapeUnknownError, match="does not say how large the model is"):
        checkpoint_shape(tmp_path, families()["dots_ocr"])


def test_a_model_of_unknown_size_has_no_shape() -> None:
    entry = ModelEntry(name="mine", title="Mine", family="dots_ocr", folder="/nowhere")
    with pytest.raises(ShapeUnknownError, match="does not say how large Mine is"):
        catalogue_shape(entry, families()["dots_ocr"])
