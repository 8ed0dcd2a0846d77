"""Models with weights in 8 or 4 bits, or partly elsewhere: they load, take less, and still read."""

from __future__ import annotations

import importlib
import importlib.util
from pathlib import Path

import bitsandbytes
import msgspec
import pytest
import torch
from torch import nn
from transformers import Qwen2Config, Qwen2ForCausalLM

from textlift.content.attempt import FailureKind
from textlift.content.page_image import PageImage
from textlift.engines.contract import EngineError, EngineOptions, ReadOptions
from textlift.engines.vision_language import page_work
from textlift.engines.vision_language.engine import VisionLanguageEngine
from textlift.engines.vision_language.families import families
from textlift.engines.vision_language.family import Family, Placement, Request
from textlift.engines.vision_language.loading import load_weights
from textlift.engines.vision_language.memory import free_memory
from textlift.engines.vision_language.model_memory import ModelMemory
from textlift.engines.vision_language.page_work import with_room
from textlift.engines.vision_language.weight_saving import placing, refuse_unusable_saving
from textlift.models.catalogue import ModelEntry
from textlift.models.memory_need import Work, least_on_gpu, memory_need, weight_need
from textlift.models.model_shape import ModelShape, TextShape, TowerShape
from textlift.processes.cancellation import Cancellation
from textlift.settings import Saving
from tiny_models.checkpoints import CHECKPOINTS
from tiny_models.random_checkpoint import CPU, drawn_page, generated
from tiny_models.reading_matter import TINY_MODELS, unseen_lines
from tiny_models.scoring import character_error_rate

LIBRARY = (
    *("paddleocr_vl", "lighton_ocr", "glm_ocr", "deepseek_ocr2"),
    *("qianfan_ocr", "hunyuan_vl", "granite_docling", "kosmos_2_5"),
)
FAMILY_OF = {"dots_ocr": "dots_ocr", "got_ocr2": "got_ocr2", "qwen2_5_vl": "qwen_vl",
             "qwen3_vl": "qwen_vl"}  # fmt: skip
INT8 = msgspec.structs.replace(CPU, weights="int8")


def loaded(family: str, folder: Path, placement: Placement) -> Family:
    module, _, name = families()[family].implementation.partition(":")
    return getattr(importlib.import_module(module), name)(folder, placement)


def parts(model: nn.Module, kind: type[nn.Module]) -> set[str]:
    return {name for name, module in model.named_modules() if type(module) is kind}


@pytest.mark.real_engine
@pytest.mark.parametrize("weights", ["int8", "int4"])
@pytest.mark.parametrize("name", TINY_MODELS)
def test_it_still_reads(name: str, weights: str, tmp_path: Path) -> None:
    entry = ModelEntry(
        name=name, title=name, family=FAMILY_OF[name], folder=str(CHECKPOINTS / name)
    )
    options = EngineOptions(
        device="cpu", threads=1, model=entry, savings={name: Saving(weights=weights)}
    )
    engine = VisionLanguageEngine(options)
    read = []
    for text, image in unseen_lines(name, 8):
        path = tmp_path / "page.png"
        image.save(path)
        reading = engine.read(
            PageImage(path=str(path), width=image.width, height=image.height),
            ReadOptions(mode="text"),
            on_progress=lambda _: None,
            cancellation=Cancellation(),
        )
        assert reading.generation.dtype == weights
        read.append((text, reading.text))
    assert character_error_rate(read) < 0.1, read


@pytest.mark.parametrize("name", TINY_MODELS)
def test_only_the_layers_that_write_have_fewer_bits(name: str) -> None:
    plain = loaded(FAMILY_OF[name], CHECKPOINTS / name, CPU)
    family = loaded(FAMILY_OF[name], CHECKPOINTS / name, INT8)
    small = parts(family.model, bitsandbytes.nn.Linear8bitLt)
    layers = {part for part in parts(plain.model, nn.Linear) if ".layers." in part} - {
        part for part in parts(plain.model, nn.Linear) if "vi" in part.partition(".layers.")[0]
    }
    assert small == layers
    assert parts(family.model, nn.Linear) == parts(plain.model, nn.Linear) - layers


@pytest.fixture(scope="module", params=LIBRARY)
def made(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory):
    folder = tmp_path_factory.mktemp(request.param)
    importlib.import_module(f"tiny_models.random_checkpoints.{request.param}").make_checkpoint(
        folder
    )
    return request.param, folder


def test_every_family_loads_in_fewer_bits_and_writes(
    made: tuple[str, Path], caplog: pytest.LogCaptureFixture
) -> None:
    family = loaded(*made, INT8)
    assert parts(family.model, bitsandbytes.nn.Linear8bitLt)
    assert written(family)
    assert not [record for record in caplog.records if record.name.startswith("bitsandbytes")]


def test_every_family_writes_the_same_with_its_layers_elsewhere(made: tuple[str, Path]) -> None:
    """On a CPU elsewhere is the disk; the library moves layers in and out alike on a GPU."""
    if made[0] == "deepseek_ocr2":
        pytest.skip("experts are joined when they are loaded, and are not read from the disk again")
    plain = loaded(*made, CPU)
    room = sum(weight.nbytes for weight in plain.model.parameters()) - 100
    split = loaded(*made, msgspec.structs.replace(CPU, room=room))
    elsewhere = [part for part, place in split.model.hf_device_map.items() if place == "disk"]
    assert elsewhere
    assert all(".layers." in part for part in elsewhere)
    there = sum(weight.nbytes for weight in split.model.parameters() if not weight.is_meta)
    assert there < room
    assert written(split) == written(plain)


def written(family: Family) -> list[int]:
    page = drawn_page(300, 200)
    request = Request(mode=family.card.modes[0].name, max_pixels=200_000)
    with torch.inference_mode():
        return generated(family, family.prepare(page, request), tokens=4).tolist()


@pytest.mark.parametrize(("weights", "number_bytes"), [("int8", 1), ("int4", 0.5)])
def test_weights_take_as_little_as_the_estimate_says(
    weights: str, number_bytes: float, tmp_path: Path
) -> None:
    config = Qwen2Config(
        hidden_size=256, intermediate_size=1024, num_hidden_layers=4, num_attention_heads=4,
        num_key_value_heads=2, vocab_size=500, tie_word_embeddings=False,
    )  # fmt: skip
    model = Qwen2ForCausalLM(config)
    model.save_pretrained(tmp_path)
    linear = sum(
        layer.weight.numel()
        for layer in model.model.layers.modules()
        if isinstance(layer, nn.Linear)
    )
    shape = ModelShape(
        parameters=sum(weight.numel() for weight in model.parameters()),
        tower=TowerShape(width=1, heads=1, patch=1, merge=1, rows=1.0),
        text=TextShape(
            layers=4, width=256, inner=1024, queries=256, keys=128, vocabulary=500, linear=linear
        ),
    )
    placement = Placement(device=CPU.device, dtype=torch.bfloat16, weights=weights)
    small = load_weights(Qwen2ForCausalLM, tmp_path, placement, config=config)
    taken = ModelMemory(small, CPU.device).now().weights
    estimate = weight_need(shape, number_bytes=2, weights=weights)
    assert taken == pytest.approx(estimate, rel=0.03)
    assert taken < 2 * shape.parameters - (2 - 1.2 * number_bytes) * linear


def test_what_is_missing_is_said_with_the_command(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    with pytest.raises(EngineError) as raised:
        refuse_unusable_saving("int8", torch.device("cuda"))
    assert raised.value.failure is FailureKind.NOT_AVAILABLE
    assert raised.value.sentence == (
        "For weights in 8 bits the Python package bitsandbytes is missing; "
        'type: pip install "textlift[quantization]".'
    )
    refuse_unusable_saving("", torch.device("cuda"))


def test_what_cannot_be_is_said() -> None:
    with pytest.raises(EngineError, match="in 4 bits cannot be used on the Apple GPU"):
        refuse_unusable_saving("int4", torch.device("mps"))
    with pytest.raises(EngineError, match="cannot be stored as “int3”; choose int8 or int4"):
        refuse_unusable_saving("int3", torch.device("cpu"))


WORK = Work(
    shape=ModelShape(
        parameters=3_000_000_000,
        tower=TowerShape(width=1280, heads=16, patch=14, merge=2, rows=17.0),
        text=TextShape(
            layers=36, width=2048, inner=11008, queries=2048, keys=256, vocabulary=150_000,
            linear=2_500_000_000,
        ),
    ),
    pixels=4_000_000,
    answer_tokens=4096,
    number_bytes=2,
)  # fmt: skip
GPU = Placement(device=torch.device("cuda", 1), dtype=torch.bfloat16)


def with_free(monkeypatch: pytest.MonkeyPatch, free: int) -> None:
    monkeypatch.setattr(
        page_work,
        "free_memory",
        lambda device: free if device.type == "cuda" else free_memory(device),
    )


def test_weights_leave_room_on_the_gpu_for_the_page(monkeypatch: pytest.MonkeyPatch) -> None:
    """Scripted: there is no GPU here that layers could really be moved to."""
    need = memory_need(WORK, "cuda:1")
    free = least_on_gpu(WORK, "cuda:1").total + 1_000_000_000
    with_free(monkeypatch, free)
    placement = with_room(GPU, WORK, Saving(offload=True))
    assert placement.room == free - (need.total - need.weights)
    config = Qwen2Config(
        hidden_size=2048, intermediate_size=11008, num_hidden_layers=36, num_attention_heads=16,
        num_key_value_heads=2, vocab_size=150_000,
    )  # fmt: skip
    asked = placing(Qwen2ForCausalLM, config, placement)
    places = asked["device_map"]
    assert {places[part] for part in ("lm_head", "model.embed_tokens", "model.norm")} == {1}
    layers = [place for part, place in places.items() if ".layers." in part]
    assert layers == sorted(layers, key=lambda place: place == "cpu")
    assert set(layers) == {1, "cpu"}


def test_where_all_has_room_nothing_lies_elsewhere(monkeypatch: pytest.MonkeyPatch) -> None:
    with_free(monkeypatch, memory_need(WORK, "cuda:1").total)
    assert with_room(GPU, WORK, Saving(offload=True)) == GPU
    with_free(monkeypatch, 1_000_000_000)
    assert with_room(GPU, WORK, Saving()) == GPU
    in_bits = msgspec.structs.replace(GPU, weights="int8")
    assert with_room(in_bits, WORK, Saving(weights="int8", offload=True)) == in_bits
