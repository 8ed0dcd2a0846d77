"""Checkpoints that load, and those that are refused with a sentence."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
from PIL import Image
from safetensors.torch import load_file, save_file

from doubles.random_qwen import CPU
from textlift.content.attempt import FailureKind
from textlift.engines.contract import EngineError
from textlift.engines.qwen_vl.family import QwenVl
from textlift.engines.vision_language.families import family_of_model_type
from textlift.engines.vision_language.family import Placement, Request


def test_both_generations_are_of_this_family(model_type: str) -> None:
    card = family_of_model_type(model_type)
    assert card is not None
    assert card.name == "qwen_vl"


def test_the_model_runs_on_what_was_prepared(family: QwenVl) -> None:
    prepared = family.prepare(Image.new("RGB", (300, 200), "white"), Request("text", 10**9))
    output = family.model.generate(**prepared.inputs, max_new_tokens=3, do_sample=False)
    assert output.shape[1] == prepared.inputs["input_ids"].shape[1] + 3


def test_half_precision_takes_the_pixels_along(
    make_folder: Callable[..., Path], model_type: str
) -> None:
    family = QwenVl(make_folder(model_type), Placement(torch.device("cpu"), torch.bfloat16))
    prepared = family.prepare(Image.new("RGB", (300, 200), "white"), Request("text", 10**9))
    assert prepared.inputs["pixel_values"].dtype is torch.bfloat16
    assert prepared.inputs["input_ids"].dtype is torch.int64
    family.model.generate(**prepared.inputs, max_new_tokens=1, do_sample=False)


@pytest.mark.parametrize(
    ("config", "images", "words"),
    [
        ({"image_token_id": 151654}, {}, "“<|image_pad|>” is 151654 in config.json and 151655"),
        ({"vision_end_token_id": 1}, {}, "“<|vision_end|>” is 1 in config.json"),
        ({}, {"patch_size": 12}, "its patch size is 1"),
        ({}, {"merge_size": 1}, "its merge size is 2"),
        ({}, {"temporal_patch_size": 1}, "its frames of a patch is 2"),
    ],
)
def test_files_that_do_not_belong_together_are_refused(
    make_folder: Callable[..., Path],
    model_type: str,
    config: dict[str, Any],
    images: dict[str, Any],
    words: str,
) -> None:
    folder = make_folder(model_type, config=config, images=images)
    with pytest.raises(EngineError, match="do not belong together") as caught:
        QwenVl(folder, CPU)
    assert words in str(caught.value)
    assert caught.value.failure is FailureKind.NOT_AVAILABLE


def test_another_kind_of_model_is_refused(make_folder: Callable[..., Path]) -> None:
    folder = make_folder("qwen3_vl", config={"model_type": "qwen2_vl"})
    with pytest.raises(EngineError, match="of the kind “qwen2_vl”, not qwen2_5_vl or qwen3_vl"):
        QwenVl(folder, CPU)


def test_a_missing_tensor_is_refused(make_folder: Callable[..., Path], model_type: str) -> None:
    folder = make_folder(model_type)
    weights = load_file(folder / "model.safetensors")
    name = next(name for name in weights if "blocks.0.attn.qkv" in name)
    del weights[name]
    save_file(weights, folder / "model.safetensors", metadata={"format": "pt"})
    with pytest.raises(EngineError, match="lacks tensors of the model"):
        QwenVl(folder, CPU)


def test_code_in_the_folder_is_never_run(make_folder: Callable[..., Path], tmp_path: Path) -> None:
    folder = make_folder("qwen3_vl", config={"auto_map": {"AutoConfig": "evil.Evil"}})
    mark = tmp_path / "mark"
    (folder / "evil.py").write_text(f"open({str(mark)!r}, 'w').close()\n")
    settings = json.loads((folder / "preprocessor_config.json").read_text())
    settings["auto_map"] = {"AutoImageProcessor": "evil.Evil"}
    (folder / "preprocessor_config.json").write_text(json.dumps(settings))
    QwenVl(folder, CPU)
    assert not mark.exists()
