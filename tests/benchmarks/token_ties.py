"""Whether two answers are the same, and if not, whether the first difference is a tie of scores."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import msgspec
import torch

from textlift.engines.vision_language.family import Prepared

_BITS = {torch.bfloat16: 7, torch.float16: 10, torch.float32: 23}
"""Of a number's fraction."""

TIE = 2
"""Steps of the number format between the scores of two tokens that are a tie: each score is
rounded to a step, by two ways that add in another order."""


class Difference(msgspec.Struct, frozen=True):
    """Where two answers part.

    Attributes:
        place: Of the first token that differs, from 0.
        steps: Of the number format between the scores of the two tokens, at their size.
    """

    place: int
    steps: float

    @property
    def is_tie(self) -> bool:
        """Rounding decided."""
        return self.steps <= TIE


def compared(
    model: Any, prepared: Prepared, one: Sequence[int], other: Sequence[int]
) -> Difference | None:
    """Where the answers to a question part; None: nowhere."""
    place = next((at for at, (a, b) in enumerate(zip(one, other, strict=True)) if a != b), None)
    if place is None:
        return None
    scores = _scores_after(model, prepared, one[:place])
    first, second = float(scores[one[place]]), float(scores[other[place]])
    size = max(abs(first), abs(second))
    step = 2.0 ** (math.floor(math.log2(size)) - _BITS[scores.dtype]) if size else 1.0
    return Difference(place, abs(first - second) / step)


def said(differences: Sequence[Difference | None]) -> str:
    """The same in words."""
    equal = sum(difference is None for difference in differences)
    words = f"{equal} of {len(differences)} equal"
    parted = [difference for difference in differences if difference is not None]
    if not parted:
        return words
    worst = max(parted, key=lambda difference: difference.steps)
    ties = sum(difference.is_tie for difference in parted)
    first = min(difference.place for difference in parted) + 1
    return (
        f"{words}, {ties} of {len(parted)} part at a tie "
        f"(from token {first}; at most {worst.steps:.1f} steps)"
    )


def _scores_after(model: Any, prepared: Prepared, written: Sequence[int]) -> torch.Tensor:
    """Of the next token, when question and answer so far are read at once."""
    inputs = prepared.inputs_on(model.device)
    question = inputs["input_ids"]
    answer = torch.tensor([list(written)], dtype=question.dtype, device=question.device)
    for name, tensor in list(inputs.items()):
        if tensor.shape != question.shape:
            continue
        follow = answer if name == "input_ids" else torch.zeros_like(answer, dtype=tensor.dtype)
        if name == "attention_mask":
            follow = torch.ones_like(answer, dtype=tensor.dtype)
        inputs[name] = torch.cat([tensor, follow], dim=1)
    with torch.inference_mode():
        scores: torch.Tensor = model(**inputs, use_cache=False, logits_to_keep=1).logits[0, -1]
    return scores
