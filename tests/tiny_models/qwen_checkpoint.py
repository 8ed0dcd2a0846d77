"""What the tiny Qwen2.5-VL and Qwen3-VL have in common: tokens, image settings, training."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import torch
from tokenizers import Tokenizer
from transformers import PreTrainedModel

from textlift.engines.qwen_vl.family import QwenVl
from textlift.engines.qwen_vl.generations import GENERATIONS
from textlift.engines.vision_language.family import Placement
from tiny_models.byte_tokenizers import byte_tokenizer
from tiny_models.checkpoints import (
    CHECKPOINTS,
    SIZE_LIMIT,
    WORK,
    folder_size,
    fresh_weights,
    write_checkpoint,
)
from tiny_models.training import Plan, Task, held_out_error_rate, text_of, train

SPECIAL = (
    "<|endoftext|>",
    "<|im_start|>",
    "<|im_end|>",
    "<|vision_start|>",
    "<|vision_end|>",
    "<|image_pad|>",
    "<|video_pad|>",
)

UNITS = {"qwen2_5_vl": 28, "qwen3_vl": 32}
"""Side in pixels of what becomes one image token."""

CAPITALS = {"qwen2_5_vl": (20.0, 28.0), "qwen3_vl": (22.0, 31.0)}
"""Heights of capitals, in pixels, that the models learn to read."""

_MEAN = {"qwen2_5_vl": [0.48145466, 0.4578275, 0.40821073], "qwen3_vl": [0.5, 0.5, 0.5]}
_DEVIATION = {"qwen2_5_vl": [0.26862954, 0.26130258, 0.27577711], "qwen3_vl": [0.5, 0.5, 0.5]}


def qwen_tokenizer(model_type: str) -> Tokenizer:
    """Bytes, Qwen's own marks, and what frames a question as one token on each side."""
    generation = GENERATIONS[model_type]
    questions = [generation.question("", mode=mode) for mode in generation.prompts]
    before = generation.question("", mode="text").partition("<|vision_start|>")[0]
    after = [question.partition("<|vision_end|>")[2] for question in questions]
    return byte_tokenizer(special=SPECIAL, whole=[before, *after])


def token_settings(tokenizer: Tokenizer) -> dict[str, Any]:
    """The ids that a configuration names."""
    return {
        "image_token_id": tokenizer.token_to_id("<|image_pad|>"),
        "video_token_id": tokenizer.token_to_id("<|video_pad|>"),
        "vision_start_token_id": tokenizer.token_to_id("<|vision_start|>"),
        "vision_end_token_id": tokenizer.token_to_id("<|vision_end|>"),
    }


def image_settings(model_type: str, *, patch: int) -> dict[str, Any]:
    """As ``preprocessor_config.json`` has them, for images of a few lines."""
    return {
        "image_processor_type": "Qwen2VLImageProcessor",
        "size": {"shortest_edge": 16 * patch**2, "longest_edge": 1024 * patch**2},
        "patch_size": patch,
        "temporal_patch_size": 2,
        "merge_size": 2,
        "image_mean": _MEAN[model_type],
        "image_std": _DEVIATION[model_type],
    }


def train_qwen(model: PreTrainedModel, tokenizer: Tokenizer, *, steps: int) -> None:
    """Trains from fresh weights and keeps the result, when it is good, among the checkpoints."""
    name = model.config.model_type
    plan = Plan(unit=UNITS[name], steps=steps, capitals=CAPITALS[name])
    files = {"preprocessor_config.json": image_settings(name, patch=plan.unit // 2)}
    print(f"{name}: {sum(p.numel() for p in model.parameters()):,} parameters", flush=True)
    fresh_weights(model, seed=plan.seed)
    write_checkpoint(WORK / name / "fresh", model, tokenizer=tokenizer, files=files)
    family = _load(WORK / name / "fresh")
    task = Task("text", text_of)
    tower = family.model.model.visual
    train(family, plan, [task], state=WORK / name / "state.pt", tower=tower)
    write_checkpoint(
        WORK / name / "trained", family.model, tokenizer=tokenizer, files=files, dtype=torch.float16
    )
    rate = held_out_error_rate(
        _load(WORK / name / "trained"), task, unit=plan.unit, count=400, capitals=plan.capitals
    )
    size = folder_size(WORK / name / "trained")
    print(f"{name}: held-out CER {rate:.2%} as kept, {size:,} bytes", flush=True)
    if rate < 0.05 and size <= SIZE_LIMIT:
        write_checkpoint(
            CHECKPOINTS / name, family.model, tokenizer=tokenizer, files=files, dtype=torch.float16
        )


def _load(folder: Path) -> QwenVl:
    return QwenVl(folder, Placement(torch.device("cpu"), torch.float32))
