"""Attention in chunks is attention."""

from __future__ import annotations

import pytest
import torch
from torch.nn import functional

from doubles.small_writer import small_writer
from textlift.engines.vision_language.decoding.row_attention import (
    NAME,
    RowAttention,
    attend_in_chunks,
)


@pytest.mark.parametrize("positions", [1, 7, 16, 31, 32, 33, 100])
@pytest.mark.parametrize("masked", [True, False])
def test_chunks_give_what_the_whole_gives(positions: int, masked: bool) -> None:
    generator = torch.Generator().manual_seed(positions)
    query = torch.randn(3, 2, 6, 8, generator=generator)
    key, value = (torch.randn(3, 2, positions, 8, generator=generator) for _ in range(2))
    seen = torch.tensor([1, positions, (positions + 1) // 2])
    mask = (torch.arange(positions) < seen[:, None])[:, None, None] if masked else None
    wanted = functional.scaled_dot_product_attention(query, key, value, mask, scale=0.3)
    got = attend_in_chunks(query, key, value, mask, scale=0.3, chunk=16)
    torch.testing.assert_close(got, wanted)


def test_half_precision_keeps_its_format() -> None:
    query, key, value = (torch.randn(1, 2, 40, 8).bfloat16() for _ in range(3))
    got = attend_in_chunks(query, key, value, None, scale=0.3, chunk=16)
    wanted = functional.scaled_dot_product_attention(query, key, value, scale=0.3)
    assert got.dtype is torch.bfloat16
    torch.testing.assert_close(got, wanted, atol=0.03, rtol=0.03)


def test_only_the_language_model_attends_so_and_only_inside() -> None:
    model = small_writer()
    configs = [model.model.config, *(layer.self_attn.config for layer in model.model.layers)]

    def names() -> set[str]:
        return {config._attn_implementation for config in configs}

    with RowAttention(model).used():
        assert names() == {NAME}
    assert names() == {"sdpa"}
