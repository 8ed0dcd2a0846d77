"""Attention of one new token a row to the keys and values of its row."""

# The library's functions are not all typed.
# mypy: disable-error-code="no-untyped-call"

from __future__ import annotations

import enum
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

import msgspec
import torch
from torch.nn import functional
from torch.nn.attention import varlen
from transformers import AttentionInterface, AttentionMaskInterface
from transformers.integrations.sdpa_attention import sdpa_attention_forward
from transformers.masking_utils import sdpa_mask

NAME = "textlift_rows"
"""By which the library knows this attention."""


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


class Way(enum.Enum):
    """How the rows of a step attend."""

    MASKED = "masked"
    """To as many positions as the longest has, with a mask; any device and number format can."""
    FLASH = "flash"
    """Each to as many as it has, by a kernel that cuts long rows into parts for the many
    processors of a GPU (Dao et al. 2023, Flash-Decoding)."""
    FLASH_PAGES = "flash pages"
    """The same, with rows told as tables of pages; for models whose heads share no keys the kernel
    cuts rows into parts only then."""


class RowLengths(msgspec.Struct, frozen=True):
    """What the kernels for rows of different lengths are told.

    Attributes:
        used: Positions of each row to look at, (rows,).
        queries: Where each row's query begins, and where the last ends, (rows + 1,).
        span: More positions than that no row has.
        keys: Where each row begins among the positions of all, (rows + 1,); None: by ``pages``.
        pages: Numbers of the pages of each row, (rows, pages).
    """

    used: torch.Tensor
    queries: torch.Tensor
    span: int
    keys: torch.Tensor | None = None
    pages: torch.Tensor | None = None


PAGE = 256
"""Positions of a page: the kernel takes multiples of it."""

_LENGTHS: ContextVar[RowLengths | None] = ContextVar("lengths of rows", default=None)


def row_lengths(lengths: torch.Tensor, way: Way, *, span: int, positions: int) -> RowLengths:
    """What a kernel is told of rows.

    Args:
        lengths: What each holds beside the new token, (rows,).
        way: With or without pages.
        span: Positions that are looked at at most.
        positions: Of a row in the cache.
    """
    rows, device = len(lengths), lengths.device
    starts = torch.arange(rows + 1, dtype=torch.int32, device=device)
    used = (lengths + 1).to(torch.int32)
    if way is Way.FLASH:
        return RowLengths(used, starts, span, keys=starts * positions)
    of_row = positions // PAGE
    pages = torch.arange(-(-span // PAGE), dtype=torch.int32, device=device)
    return RowLengths(used, starts, span, pages=starts[:-1, None] * of_row + pages)


@contextmanager
def told(lengths: RowLengths | None) -> Iterator[None]:
    """Inside, ``row_attention`` attends by a kernel for rows of these lengths, if any."""
    token = _LENGTHS.set(lengths)
    try:
        yield
    finally:
        _LENGTHS.reset(token)


def ways_of(device: torch.device, dtype: torch.dtype) -> tuple[Way, ...]:
    """The ways that a device may attend; which it can, and which is quickest, must be tried."""
    if device.type == "cuda" and dtype in {torch.float16, torch.bfloat16}:
        return (Way.FLASH, Way.FLASH_PAGES, Way.MASKED)
    return (Way.MASKED,)


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
        return sdpa_attention_forward(
            module, query, key, value, attention_mask, scaling=scaling, **kwargs
        )
    lengths = _LENGTHS.get()
    if lengths is not None:
        return _flash(query[:, :, 0], key, value, lengths, scaling)[:, None], None
    rows, heads, _, width = query.shape
    mask = attention_mask
    if mask is not None and mask.shape[-1] == 1:
        mask = None
    groups = query.reshape(rows, key.shape[1], -1, width)
    seen = functional.scaled_dot_product_attention(
        groups, key, value, attn_mask=mask, scale=scaling
    )
    return seen.reshape(rows, 1, heads, value.shape[3]), None


def _flash(
    query: torch.Tensor,
    key: torch.Tensor,
    value: torch.Tensor,
    lengths: RowLengths,
    scaling: float | None,
) -> torch.Tensor:
    """Attends by the kernel; (rows, heads, numbers of a head), as the query."""
    _, key_heads, _, width = key.shape
    shape = (-1, key_heads, width) if lengths.pages is None else (-1, PAGE, key_heads, width)
    seen = varlen.varlen_attn(
        query,
        key.transpose(1, 2).reshape(shape),
        value.transpose(1, 2).reshape(shape),
        lengths.queries,
        lengths.keys,
        1,
        lengths.span,
        scale=scaling,
        enable_gqa=query.shape[1] != key_heads,
        seqused_k=lengths.used,
        block_table=lengths.pages,
    )
    assert isinstance(seen, torch.Tensor)
    return seen


AttentionInterface.register(NAME, row_attention)
AttentionMaskInterface.register(NAME, sdpa_mask)
