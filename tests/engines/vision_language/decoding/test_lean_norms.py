"""Norms of one kernel give what the library's give, and leave no trace."""

from __future__ import annotations

import torch
from torch import nn

from doubles.small_writer import small_writer
from textlift.engines.vision_language.decoding.lean_norms import lean_norms


class OtherRMSNorm(nn.Module):
    """Of a formula of its own, as Gemma's."""

    def __init__(self) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.ones(48))
        self.eps = 1e-6

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return x * (1 + self.weight)


def test_they_give_the_same() -> None:
    model = small_writer()
    norm = model.model.norm
    with torch.no_grad():
        norm.weight.copy_(torch.linspace(0.2, 3, 48))
    x = torch.randn(3, 1, 48)
    expected = norm(x)
    with lean_norms(model):
        assert "forward" in vars(norm)
        torch.testing.assert_close(norm(x), expected)
    assert "forward" not in vars(norm)


def test_others_are_left_alone() -> None:
    norm = OtherRMSNorm()
    wrapped = small_writer().model.norm
    wrapped.forward = lambda x: x
    with lean_norms(nn.ModuleList([norm, wrapped])):
        assert "forward" not in vars(norm)
        assert wrapped(torch.ones(1)) == 1
    assert wrapped(torch.ones(1)) == 1
