"""What is taken from a checkpoint's files, and what is refused or passed over."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import torch
import transformers
from transformers import GenerationConfig, Qwen2Config, Qwen2ForCausalLM

from textlift.engines.contract import EngineError
from textlift.engines.vision_language.family import Placement
from textlift.engines.vision_language.loading import load_config, load_weights

CPU = Placement(torch.device("cpu"), torch.float32)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    transformers.utils.logging.disable_progress_bar()
    torch.manual_seed(3)
    config = Qwen2Config(
        vocab_size=40, hidden_size=16, intermediate_size=16, num_hidden_layers=1,
        num_attention_heads=2, num_key_value_heads=2, initializer_range=1.0,
    )  # fmt: skip
    Qwen2ForCausalLM(config).save_pretrained(tmp_path)
    return tmp_path


def load(folder: Path) -> Qwen2ForCausalLM:
    config = load_config(Qwen2Config, folder, model_types=("qwen2",))
    return load_weights(Qwen2ForCausalLM, folder, CPU, config=config)


def change_config(folder: Path, **values: Any) -> None:
    path = folder / "config.json"
    path.write_text(json.dumps({**json.loads(path.read_text()), **values}))


def answer(model: Qwen2ForCausalLM) -> list[int]:
    ours = GenerationConfig(max_new_tokens=12, eos_token_id=39, pad_token_id=0, do_sample=False)
    ids = torch.tensor([[1, 2, 3]])
    output = model.generate(ids, attention_mask=torch.ones_like(ids), generation_config=ours)
    return output[0].tolist()


def test_the_checkpoints_settings_for_generation_are_not_used(folder: Path) -> None:
    """Those of Qwen2.5-VL have a penalty for what was said before, which empties tables."""
    plain = answer(load(folder))
    settings = {"repetition_penalty": 50.0, "no_repeat_ngram_size": 1, "num_beams": 2}
    (folder / "generation_config.json").write_text(json.dumps(settings))
    penalised = Qwen2ForCausalLM.from_pretrained(folder)
    assert answer(penalised) != plain, "the settings would make a difference"
    assert answer(load(folder)) == plain


@pytest.mark.parametrize(
    "damage", [{"hidden_size": "wide"}, {"num_hidden_layers": None}, {"rope_parameters": "x"}]
)
def test_a_config_with_a_value_of_the_wrong_kind_is_named(
    folder: Path, damage: dict[str, Any]
) -> None:
    change_config(folder, **damage)
    with pytest.raises(EngineError, match=r"config\.json of the model in .* does not describe"):
        load(folder)


def test_quantized_weights_are_refused_before_they_are_looked_at(folder: Path) -> None:
    change_config(folder, quantization_config={"quant_method": "awq", "bits": 4})
    with pytest.raises(EngineError, match="are quantized, which Textlift cannot load"):
        load(folder)


def test_a_checkpoint_cannot_turn_the_cache_off(folder: Path) -> None:
    """The published PaddleOCR-VL would: every step would read the whole page again."""
    (folder / "generation_config.json").write_text(json.dumps({"use_cache": False}))
    change_config(folder, use_cache=False)
    model = load(folder)
    lengths: list[int] = []
    model.model.layers[0].register_forward_pre_hook(
        lambda _, states: lengths.append(states[0].shape[1])
    )
    answer(model)
    assert set(lengths[1:]) == {1}
