"""Chooses the next token: the likeliest, or by chance among the likely."""

from __future__ import annotations

import torch

_TEMPERATURE = 0.2
_MOST = 50
_SHARE = 0.9
"""For the second try after a run-away: near to greedy, and out of the rut. Top-p (Holtzman et
al. 2020, The Curious Case of Neural Text Degeneration) among the fifty likeliest."""

_SEED = 1


def seeded(device: torch.device) -> torch.Generator:
    """Chance that is the same at each try."""
    return torch.Generator(device).manual_seed(_SEED)


def likeliest(logits: torch.Tensor) -> torch.Tensor:
    """The token with the highest score in each row, (rows,) of (rows, vocabulary)."""
    return logits.argmax(-1)


def by_chance(logits: torch.Tensor, generator: torch.Generator) -> torch.Tensor:
    """A token of one row's scores, () of (vocabulary,); nothing waits for the device."""
    scores, tokens = logits.float().topk(min(_MOST, logits.shape[-1]))
    shares = torch.softmax(scores / _TEMPERATURE, dim=-1)
    shares = shares.masked_fill(shares.cumsum(-1) - shares >= _SHARE, 0.0)
    # The least of exponential times, each divided by its share, falls on each by its share.
    times = torch.empty_like(shares).exponential_(generator=generator)
    return tokens[(shares / times).argmax()]
