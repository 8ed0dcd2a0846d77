"""What the memory of a device allows: the bandwidth of a copy, and what a token needs of it."""

from __future__ import annotations

import time
from typing import Any

import torch

_COPIES = 10


def synchronise(device: torch.device) -> None:
    """Waits until the device has done all that it was given."""
    if device.type == "cuda":
        torch.cuda.synchronize(device)


def copy_bandwidth(device: torch.device) -> float:
    """Bytes a second that a large copy reads and writes."""
    size = 2**30 if device.type == "cuda" else 2**26
    source = torch.zeros(size, dtype=torch.uint8, device=device)
    target = torch.zeros_like(source)
    times = []
    for _ in range(_COPIES):
        synchronise(device)
        begun = time.perf_counter()
        target.copy_(source)
        synchronise(device)
        times.append(time.perf_counter() - begun)
    return 2 * source.nbytes / min(times)


def weight_bytes_per_token(model: torch.nn.Module) -> int:
    """Bytes of weights that one token of the answer needs: of the text model and the head."""
    text = [
        weight
        for name, weight in model.named_parameters()
        if "vis" not in name and "projector" not in name and "embed_tokens" not in name
    ]
    tied = not any("lm_head" in name for name, _ in model.named_parameters())
    head = [model.get_input_embeddings().weight] if tied else []  # type: ignore[operator]
    return sum(weight.nbytes for weight in [*text, *head])


def cache_bytes_per_token(model: Any) -> int:
    """Bytes of keys and values that are kept of each token of the question and the answer."""
    text = model.config.get_text_config()
    heads = text.num_attention_heads
    width = getattr(text, "head_dim", None) or text.hidden_size // heads
    kept = getattr(text, "num_key_value_heads", None) or heads
    weight = next(model.parameters())
    return int(2 * text.num_hidden_layers * kept * width * weight.element_size())


def tokens_per_second_limit(model: Any, *, bandwidth: float, kept: float) -> float:
    """Tokens a second of one page that the memory's bandwidth allows.

    Args:
        model: Of transformers.
        bandwidth: Bytes a second.
        kept: Tokens whose keys and values are read for each token, on average.
    """
    each = weight_bytes_per_token(model) + kept * cache_bytes_per_token(model)
    return bandwidth / each
