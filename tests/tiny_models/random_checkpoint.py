"""Checkpoints of the library's architectures with random weights, and what tests do with them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch
from PIL import Image, ImageDraw
from safetensors.torch import load_file, save_file
from transformers import GenerationConfig, PretrainedConfig, PreTrainedModel

from textlift.engines.vision_language.family import Family, Placement, Prepared

CPU = Placement(device=torch.device("cpu"), dtype=torch.float32)


def save_checkpoint(
    folder: Path,
    model_class: type[PreTrainedModel],
    config: PretrainedConfig,
    *,
    image_settings: Mapping[str, Any],
) -> None:
    """Writes a model with random weights, and the settings of its image processing."""
    torch.manual_seed(0)
    model_class(config).save_pretrained(folder)
    (folder / "preprocessor_config.json").write_text(json.dumps(image_settings))


def copy_with_tensors(source: Path, target: Path, *names: str) -> None:
    """Copies a checkpoint and adds tensors of these names to its weights."""
    for file in source.iterdir():
        (target / file.name).write_bytes(file.read_bytes())
    weights = target / "model.safetensors"
    more = {name: torch.ones(2, 2) for name in names}
    save_file({**load_file(weights), **more}, weights, metadata={"format": "pt"})


def drawn_page(width: int, height: int) -> Image.Image:
    """A page with some ink, different in each corner."""
    page = Image.new("RGB", (width, height), "white")
    draw = ImageDraw.Draw(page)
    for row in range(10, height - 10, 24):
        left = row % 31 * width // 90
        draw.rectangle((left, row, width - 1 - left // 2, row + 9), fill=(0, row % 90, 9))
    return page


def generated(family: Family, prepared: Prepared, *, tokens: int = 3) -> torch.Tensor:
    """The ids that the model writes after the question."""
    output = family.model.generate(
        **prepared.inputs,
        generation_config=GenerationConfig(
            max_new_tokens=tokens,
            do_sample=False,
            eos_token_id=list(family.end_tokens),
            pad_token_id=family.pad_token,
        ),
    )
    return output[0, prepared.inputs["input_ids"].shape[1] :]
