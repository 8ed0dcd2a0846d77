"""Where the tiny checkpoints lie, how fresh ones begin, and how a trained one is kept."""

from __future__ import annotations

import json
import math
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import save_file
from tokenizers import Tokenizer
from torch import nn
from torch.nn import functional
from transformers import PreTrainedModel

CHECKPOINTS = Path(__file__).parent / "checkpoints"
"""A folder for each tiny model, of the same files as a published one."""

WORK = Path(__file__).parents[2] / "build" / "tiny_models"
"""For what is made on the way; git ignores it."""

SIZE_LIMIT = 3_000_000
"""Bytes of all files of a tiny checkpoint."""

_EMBEDDING = 0.2

_BLOBS = 5
"""Side of the coarse grid that filters are drawn from."""

_BLOB_WEIGHT = 2.0
"""Sum of a filter's weights, whatever their sign."""

_PAPER_WEIGHT = 0.15
"""Standard deviation of the sum of a filter's weights, which paper answers to."""


def fresh_weights(model: PreTrainedModel, *, seed: int) -> None:
    """Weights to start from, far larger than the library's.

    From a standard deviation of 0.02 so narrow a model does not learn to look at the image: what
    it sees drowns in what it expects. One over the root of the inputs keeps signals as they are.
    The convolutions that cut an image into patches begin as soft blobs that answer to ink and not
    to paper: noise would answer at random to every shift by a pixel.
    """
    torch.manual_seed(seed)
    for module in model.modules():
        if isinstance(module, nn.Conv2d | nn.Conv3d) and module.kernel_size[-1] > _BLOBS:
            module.weight.data.copy_(_blobs(module.weight.shape))
            if module.bias is not None:
                nn.init.zeros_(module.bias)
        elif isinstance(module, nn.Linear | nn.Conv2d | nn.Conv3d):
            fan_in = math.prod(module.weight.shape[1:])
            nn.init.normal_(module.weight, std=fan_in**-0.5)
            if module.bias is not None:
                nn.init.zeros_(module.bias)
        elif isinstance(module, nn.Embedding):
            nn.init.normal_(module.weight, std=_EMBEDDING)


def _blobs(shape: torch.Size) -> torch.Tensor:
    """Smooth filters, alike in all colours and frames, that give little for an even area.

    Not nothing: a norm would blow up what is left of it, and its gradient all the more.
    """
    coarse = torch.randn(shape[0], 1, _BLOBS, _BLOBS)
    fine = functional.interpolate(coarse, shape[-2:], mode="bicubic", align_corners=True)
    fine = fine - fine.mean((-2, -1), keepdim=True)
    filters = fine.reshape(shape[0], *[1] * (len(shape) - 3), *shape[-2:]).expand(shape)
    filters = filters * (_BLOB_WEIGHT / filters.abs().flatten(1).sum(1).mean())
    paper = torch.randn(shape[0], *[1] * (len(shape) - 1)) * (_PAPER_WEIGHT / shape[1:].numel())
    return filters + paper


def write_checkpoint(
    folder: Path,
    model: PreTrainedModel,
    *,
    tokenizer: Tokenizer,
    files: Mapping[str, Mapping[str, Any]],
    dtype: torch.dtype = torch.float32,
) -> None:
    """Writes a folder as it is published: configuration, tokenizer, weights.

    Args:
        folder: Made anew.
        model: With its configuration.
        tokenizer: Goes to ``tokenizer.json``.
        files: Further JSON files, such as ``preprocessor_config.json``.
        dtype: Of the weights.
    """
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    weights = {
        name: tensor.detach().to(dtype).contiguous() for name, tensor in model.state_dict().items()
    }
    save_file(weights, folder / "model.safetensors", metadata={"format": "pt"})
    configuration = model.config.to_dict()
    # Where the fresh weights lay is nobody's business.
    configuration.pop("_name_or_path", None)
    configuration["architectures"] = [type(model).__name__]
    configuration["dtype"] = str(dtype).removeprefix("torch.")
    for name, content in {"config.json": configuration, **files}.items():
        text = json.dumps(content, indent=1, ensure_ascii=False)
        (folder / name).write_text(text + "\n", encoding="utf-8")
    tokenizer.save(str(folder / "tokenizer.json"))


def folder_size(folder: Path) -> int:
    """Bytes of all files."""
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
