"""Patches look at those of their own span only, whatever the spans' lengths and order."""

from __future__ import annotations

import pytest
import torch
from torch.nn import functional

from textlift.engines.vision_language.spans import Spans

CPU = torch.device("cpu")


def heads(patches: int) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    generator = torch.Generator().manual_seed(patches)
    query, key, value = (torch.randn(patches, 3, 8, generator=generator) for _ in range(3))
    return query, key, value


def masked(lengths: list[int]) -> torch.Tensor:
    """The same by one call with a mask."""
    span = torch.arange(len(lengths)).repeat_interleave(torch.tensor(lengths))
    query, key, value = (part.transpose(0, 1) for part in heads(sum(lengths)))
    mask = span[:, None] == span
    return functional.scaled_dot_product_attention(query, key, value, mask).transpose(0, 1)


@pytest.mark.parametrize(
    "lengths",
    [[7], [4, 4, 4], [5, 3], [4, 4, 2, 4, 4, 2, 4, 4, 2, 3, 3, 1], [2, 5, 2, 5, 2, 5, 2, 5]],
    ids=["one image", "a batch of pages", "two images", "windows", "by turns"],
)
def test_attention_equals_that_under_a_mask(lengths: list[int]) -> None:
    made = Spans(lengths, CPU).attend(*heads(sum(lengths)))

    torch.testing.assert_close(made, masked(lengths))


def test_windows_of_a_page_make_a_call_for_each_size() -> None:
    """Of 310 windows nearly all are alike; those at the edges are smaller."""
    calls: list[tuple[int, ...]] = []

    def counted(query: torch.Tensor, key: torch.Tensor, value: torch.Tensor) -> torch.Tensor:
        calls.append(tuple(query.shape))
        return functional.scaled_dot_product_attention(query, key, value)

    lengths = [*[64] * 14, 48] * 20 + [32] * 14 + [24]

    Spans(lengths, CPU).attend(*heads(sum(lengths)), by=counted)

    assert sorted(shape[:3] for shape in calls) == [
        (1, 3, 24),
        (14, 3, 32),
        (20, 3, 48),
        (280, 3, 64),
    ]
