"""Has the library's vision towers attend within images and windows by few calls, without a mask.

The library's own way for torch's attention cuts queries, keys and values at every span and asks
for the spans' lengths in each layer: a page is several hundred windows to Qwen2.5-VL, in 28
layers, and for each length a GPU must have caught up.
"""

# The library's classes are not all typed, nor are torch's weak references.
# mypy: disable-error-code="no-untyped-call"

from __future__ import annotations

import functools
import inspect
import itertools
from typing import Any

import torch
from torch import nn
from torch.nn import functional
from torch.utils.weak import WeakTensorKeyDictionary
from transformers import AttentionInterface

from textlift.engines.vision_language.spans import Spans

NAME = "textlift_flash_spans"
"""Where a name has "flash" in it, the library hands over where the spans begin."""

_SPANS = WeakTensorKeyDictionary()
"""By the tensor of where they begin, which is one for all layers of a tower's run."""


def attend_in_spans(model: nn.Module) -> None:
    """Has those layers of a model attend so that are told where the spans of a row begin."""
    for module in model.modules():
        if "cu_seqlens" in inspect.signature(module.forward).parameters:
            config = getattr(module, "config", None)
            if config is not None and hasattr(module, "scaling"):
                # Not by the setter, which refuses what this kind of model has not been tried with.
                config._attn_implementation_internal = NAME  # noqa: SLF001


def span_attention(
    module: nn.Module,  # noqa: ARG001  # the library's signature
    query: torch.Tensor,
    key: torch.Tensor,
    value: torch.Tensor,
    attention_mask: torch.Tensor | None = None,  # noqa: ARG001
    *,
    scaling: float,
    cu_seq_lens_q: torch.Tensor,
    **kwargs: Any,  # noqa: ARG001
) -> tuple[torch.Tensor, None]:
    """Attention as the library calls it.

    Args:
        module: That attends.
        query: (1, heads, patches, width).
        key: Likewise.
        value: Likewise.
        attention_mask: None.
        scaling: Of the scores.
        cu_seq_lens_q: Where the spans begin, and where the last one ends.
        kwargs: Of other ways to attend.

    Returns:
        (1, patches, heads, width), and no scores.
    """
    if cu_seq_lens_q in _SPANS:
        spans = _SPANS[cu_seq_lens_q]
    else:
        begins = cu_seq_lens_q.tolist()
        lengths = [after - begin for begin, after in itertools.pairwise(begins)]
        spans = Spans(lengths, query.device)
        _SPANS[cu_seq_lens_q] = spans
    parts = (part[0].transpose(0, 1) for part in (query, key, value))
    by = functools.partial(functional.scaled_dot_product_attention, scale=scaling)
    return spans.attend(*parts, by=by).unsqueeze(0), None


AttentionInterface.register(NAME, span_attention)
