"""Attention of one new token a row to the keys and values of its row."""

# The library's functions are not all typed.
# mypy: disable-error-code="no-untyped-call"

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import torch
from torch.nn import functional
from transformers import AttentionInterface, AttentionMaskInterface
from transformers.integrations.sdpa_attention import sdpa_attention_forward
from transformers.masking_utils import sdpa_mask

NAME = "textlift_rows"
"""By which the library knows this attention."""

_CHUNK = 512
"""Positions that one part of a GPU goes through: a page has thousands, and a batch has fewer
heads than a GPU has parts (Dao et al. 2023, Flash-Decoding)."""


class RowAttention:
    """Has a model's language model attend by the function here; its vision tower stays as it is."""

    def __init__(self, model: Any) -> None:
        """Looks which configurations say how it attends."""
        configs = (getattr(module, "config", None) for module in model.get_decoder().modules())
        self._configs = {id(config): config for config in configs if config is not None}.values()

    @contextmanager
    def used(self) -> Iterator[None]:
        """Inside, by that function; outside as before."""
        # Not by the setter of the configuration, which would reach that of the tower too.
        before = [config._attn_implementation_internal for config in self._configs]  # noqa: SLF001
        for config in self._configs:
            config._attn_implementation_internal = NAME  # noqa: SLF001
        try:
            yield
        finally:
            for config, name in zip(self._configs, before, strict=True):
                config._attn_implementation_internal = name  # noqa: SLF001


def row_attention(  # noqa: PLR0917  # the library's signature
    module: torch.nn.Module,
    query: torch.Tensor,
    key: torch.Tensor,
    value: torch.Tensor,
    attention_mask: torch.Tensor | None,
    scaling: float | None = None,
    **kwargs: Any,
) -> tuple[torch.Tensor, None]:
    """Attends.

    Heads that share keys are asked together as so many queries of one head, so that keys and
    values are read once and never repeated.

    Args:
        module: The layer.
        query: (rows, heads, tokens, numbers of a head).
        key: (rows, key heads, positions, numbers of a head).
        value: Likewise.
        attention_mask: (rows, 1, 1, positions), True where a row looks; (1, 1, 1, 1): everywhere.
        scaling: Of the scores.
        kwargs: Of the library.

    Returns:
        (rows, tokens, heads, numbers of a head), and no scores.
    """
    if query.shape[2] != 1:
        return sdpa_attention_forward(  # type: ignore[no-any-return]
            module, query, key, value, attention_mask, scaling=scaling, **kwargs
        )
    rows, heads, _, width = query.shape
    groups = query.reshape(rows, key.shape[1], -1, width)
    mask = attention_mask
    if mask is not None and mask.shape[-1] == 1:
        mask = None
    if query.device.type == "cuda":
        scale = width**-0.5 if scaling is None else scaling
        seen = attend_in_chunks(groups, key, value, mask, scale=scale)
    else:
        seen = functional.scaled_dot_product_attention(
            groups, key, value, attn_mask=mask, scale=scaling
        )
    return seen.reshape(rows, 1, heads, value.shape[3]), None


def attend_in_chunks(
    query: torch.Tensor,
    key: torch.Tensor,
    value: torch.Tensor,
    mask: torch.Tensor | None,
    *,
    scale: float,
    chunk: int = _CHUNK,
) -> torch.Tensor:
    """Attention by products of matrices that are cut along the positions.

    Args:
        query: (rows, key heads, queries, numbers of a head).
        key: (rows, key heads, positions, numbers of a head).
        value: Likewise.
        mask: (rows, 1, 1, positions), True where a row looks.
        scale: Of the scores.
        chunk: Positions summed by one product; the last may have fewer.

    Returns:
        (rows, key heads, queries, numbers of a head).
    """
    rows, heads, queries, width = query.shape
    positions = key.shape[2]
    flat = rows * heads
    scores = _exact_product(
        query.reshape(flat, queries, width), key.reshape(flat, positions, width).transpose(1, 2)
    ).view(rows, heads, queries, positions)
    scores = scores.mul_(scale)
    if mask is not None:
        scores = scores.masked_fill_(~mask, float("-inf"))
    shares = torch.softmax(scores, dim=-1, dtype=torch.float32).to(value.dtype)
    whole = positions // chunk
    if whole < 2:
        return torch.matmul(shares, value)
    cut = whole * chunk
    parts = torch.matmul(
        shares[..., :cut].unflatten(-1, (whole, chunk)).transpose(2, 3),
        value[:, :, :cut].unflatten(2, (whole, chunk)),
    )
    seen = parts.sum(2, dtype=torch.float32)
    if cut < positions:
        seen = seen + torch.matmul(shares[..., cut:], value[:, :, cut:])
    return seen.to(value.dtype)


def _exact_product(one: torch.Tensor, other: torch.Tensor) -> torch.Tensor:
    """Products of matrices, in 32 bits where the device can give them."""
    if one.device.type == "cuda" and one.dtype != torch.float32:
        return torch.bmm(one, other, out_dtype=torch.float32)
    return torch.bmm(one, other)


AttentionInterface.register(NAME, row_attention)
AttentionMaskInterface.register(NAME, sdpa_mask)
