"""How many pixels of a page a model is shown: by its own limit, the user's, and the memory."""

from __future__ import annotations

import torch
from transformers import PretrainedConfig

from textlift.content.attempt import FailureKind
from textlift.engines.contract import EngineError
from textlift.engines.vision_language.devices import device_title
from textlift.engines.vision_language.family import Placement
from textlift.engines.vision_language.memory import free_memory

CPU_PIXELS = 1_000_000
"""Of a page on a CPU, unless the user sets more: a model of 3 B parameters takes 80 s for the
image alone, and 14 minutes for an A4 page at 200 dpi (two cores, bfloat16)."""

_LARGE = 100_000_000
"""Parameters of a model that is slow on a CPU."""

_LEAST = 50_000
"""Pixels; of less than a strip of a page nothing can be read."""

_RESERVE = 300_000_000
"""Bytes left free: for the CUDA context's own needs and for other programs."""


def pixel_budget(
    *,
    config: PretrainedConfig,
    placement: Placement,
    token_limit: int,
    limits: tuple[int, ...],
) -> int:
    """Pixels that the model may be shown.

    Args:
        config: Of the model.
        placement: Where it is loaded.
        token_limit: Of the answer, whose keys and values need memory too.
        limits: Of the model, the user and this try; 0 sets none.

    Raises:
        EngineError: OUT_OF_MEMORY when there is not enough for any page.
    """
    free = free_memory(placement.device)
    answer = token_limit * cache_bytes_per_token(config, placement.dtype)
    fitting = int((free - _RESERVE - answer) / working_bytes_per_pixel(config, placement.dtype))
    if fitting < _LEAST:
        raise EngineError(
            FailureKind.OUT_OF_MEMORY,
            f"Only {free / 1e9:.1f} GB of memory are free on {device_title(placement.device)}, "
            "too little to read a page with this model; close other programs.",
        )
    return min([fitting, *(limit for limit in limits if limit > 0)])


def default_pixels(placement: Placement, *, parameters: int) -> int:
    """The limit where the user sets none; 0 for none."""
    return CPU_PIXELS if is_slow(placement, parameters=parameters) else 0


def is_slow(placement: Placement, *, parameters: int) -> bool:
    """Whether a page takes minutes."""
    return placement.device.type == "cpu" and parameters >= _LARGE


def cache_bytes_per_token(config: PretrainedConfig, dtype: torch.dtype) -> int:
    """Keys and values of all layers of the language model for one token, in bytes."""
    text = config.get_text_config()
    heads = int(getattr(text, "num_key_value_heads", None) or text.num_attention_heads)
    head = getattr(text, "head_dim", None) or text.hidden_size // text.num_attention_heads
    return 2 * int(text.num_hidden_layers) * heads * int(head) * dtype.itemsize


def working_bytes_per_pixel(config: PretrainedConfig, dtype: torch.dtype) -> float:
    """Memory for one pixel of the image while it is read, in bytes.

    The largest of what lives at once in a layer, without gradients: twelve rows of the width and
    three of the feed-forward width for a patch in the vision tower; ten and three, and the keys
    and values of every layer, for an image token in the language model.
    """
    text = config.get_text_config()
    vision = getattr(config, "vision_config", None)
    per_token = cache_bytes_per_token(config, dtype) + dtype.itemsize * (
        10 * int(text.hidden_size) + 3 * int(text.intermediate_size)
    )
    if vision is None:
        return per_token / (28 * 28)
    width = int(getattr(vision, "embed_dim", None) or vision.hidden_size)
    inner = int(
        getattr(vision, "intermediate_size", None) or getattr(vision, "mlp_dim", None) or 4 * width
    )
    patch = vision.patch_size if isinstance(vision.patch_size, int) else vision.patch_size[0]
    merge = int(getattr(vision, "spatial_merge_size", None) or 2)
    per_patch = dtype.itemsize * (12 * width + 3 * inner)
    return (per_patch + per_token / merge**2) / patch**2
