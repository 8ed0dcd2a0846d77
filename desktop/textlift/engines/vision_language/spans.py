"""Attention within spans: of patches that stand in one row, those of an image or a window.

A mask that keeps the images of a row apart has as many numbers as patches squared, and one call
for each of several hundred windows keeps a GPU waiting. Spans of one length make one call, without
a mask, for which torch has kernels whose memory grows with the patches only (FlashAttention, Dao et
al. 2022, and the like).
"""

from __future__ import annotations

import collections
from collections.abc import Callable, Sequence

import msgspec
import torch
from torch.nn import functional

Attend = Callable[[torch.Tensor, torch.Tensor, torch.Tensor], torch.Tensor]
"""From queries, keys and values, (spans, heads, length, width) each, to as many new values."""

_CALLS_A_LENGTH = 2
"""Beyond it, spans of one length are brought together, which copies queries, keys and values."""


class _Run(msgspec.Struct, frozen=True):
    """Spans of one length that follow each other."""

    length: int
    count: int

    @property
    def patches(self) -> int:
        return self.length * self.count


class Spans:
    """How patches are divided, worked out once for all layers of a tower."""

    def __init__(self, lengths: Sequence[int], device: torch.device) -> None:
        """Works it out.

        Args:
            lengths: Patches of each span; they sum up to all patches.
            device: Of the patches.
        """
        self._runs = _runs(lengths)
        self._order: torch.Tensor | None = None
        self._back: torch.Tensor | None = None
        counts = collections.Counter(lengths)
        if len(self._runs) > _CALLS_A_LENGTH * len(counts):
            sizes = torch.tensor(lengths)
            # The sort is stable: within a length the spans stay in their order.
            spans = sizes.argsort(stable=True)
            starts = (sizes.cumsum(0) - sizes)[spans].repeat_interleave(sizes[spans])
            within = torch.cat([torch.arange(length) for length in sizes[spans].tolist()])
            order = starts + within
            self._order = order.to(device)
            self._back = order.argsort().to(device)
            self._runs = [_Run(length, counts[length]) for length in sorted(counts)]

    def attend(
        self,
        query: torch.Tensor,
        key: torch.Tensor,
        value: torch.Tensor,
        *,
        by: Attend = functional.scaled_dot_product_attention,
    ) -> torch.Tensor:
        """Lets each patch look at those of its span.

        Args:
            query: (patches, heads, width).
            key: Likewise.
            value: Likewise.
            by: Attention over whole spans.

        Returns:
            (patches, heads, width).
        """
        parts = (query, key, value)
        if self._order is not None:
            parts = (query[self._order], key[self._order], value[self._order])
        sizes = [run.patches for run in self._runs]
        by_run = zip(*(torch.split(part, sizes) for part in parts), strict=True)
        made = [
            by(*(_by_span(part, run) for part in of_run)).transpose(1, 2).flatten(0, 1)
            for run, of_run in zip(self._runs, by_run, strict=True)
        ]
        joined = torch.cat(made) if len(made) > 1 else made[0]
        return joined if self._back is None else joined[self._back]


def _by_span(part: torch.Tensor, run: _Run) -> torch.Tensor:
    return part.reshape(run.count, run.length, *part.shape[1:]).transpose(1, 2)


def _runs(lengths: Sequence[int]) -> list[_Run]:
    runs: list[_Run] = []
    for length in lengths:
        if runs and runs[-1].length == length:
            runs[-1] = _Run(length, runs[-1].count + 1)
        else:
            runs.append(_Run(length, 1))
    return runs
