"""Has an answer written by the library's own loop, for models that ours cannot drive."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import torch
from transformers import GenerationConfig, StoppingCriteria, StoppingCriteriaList

from textlift.engines.vision_language.family import Family, Prepared
from textlift.engines.vision_language.writing import Writing

_BY_CHANCE = {"do_sample": True, "temperature": 0.2, "top_p": 0.9}
"""For the second try after a run-away: near to greedy, and out of the rut."""

_SEED = 1


def generate(
    family: Family, prepared: Prepared, writing: Writing, *, room: int, by_chance: bool
) -> None:
    """Writes an answer.

    Args:
        family: The loaded model.
        prepared: The question.
        writing: Takes each token.
        room: Tokens at most.
        by_chance: Tokens are drawn among the likely.
    """
    # Ours alone: what a checkpoint's file says of lengths and sampling is not for pages.
    sampling: Mapping[str, Any] = _BY_CHANCE if by_chance else {"do_sample": False}
    torch.manual_seed(_SEED)
    family.model.generate(
        **prepared.inputs_on(family.model.device),
        generation_config=GenerationConfig(
            max_new_tokens=room,
            eos_token_id=list(family.end_tokens),
            pad_token_id=family.pad_token,
            **sampling,
        ),
        stopping_criteria=StoppingCriteriaList([_EachToken(writing)]),
    )


class _EachToken(StoppingCriteria):
    """Hands on each token that ``generate`` writes."""

    def __init__(self, writing: Writing) -> None:
        self._writing = writing

    def __call__(
        self, input_ids: torch.LongTensor, scores: torch.FloatTensor, **kwargs: Any
    ) -> torch.BoolTensor:
        """Takes the new token; True ends the answer."""
        del scores, kwargs
        stop = self._writing.take([int(input_ids[0, -1])])
        done = torch.full((input_ids.shape[0],), stop, device=input_ids.device, dtype=torch.bool)
        return done  # type: ignore[return-value]  # BoolTensor is what torch.full gives
