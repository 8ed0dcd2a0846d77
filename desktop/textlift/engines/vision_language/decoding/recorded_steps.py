"""Steps that are recorded once and then played: launching them takes longer than their work."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Protocol

import torch

from textlift.engines.vision_language.decoding.row_model import RowModel

log = logging.getLogger(__name__)

WARMING_UP = "Warming up…"

_SPAN = 1024
"""A record looks at so many positions, or twice as many, and so on: what lies behind the longest
answer is looked at in vain, and each record takes a moment to make."""

_TOLERANCE = {torch.float32: 1e-4}
_ROUGH = 3e-2
"""Of scores, as a share of the largest: the same kernels may add in another order."""

Play = Callable[[], torch.Tensor]


class Recorder(Protocol):
    """Records work on a device."""

    def record(self, work: Play, *, before: Callable[[], None]) -> Play:
        """Records.

        Args:
            work: Runs on tensors that stay where they are, and returns one of its own.
            before: Puts those tensors back; called before each time that the work is run to warm
                up.

        Returns:
            Does the same work on what those tensors hold then.

        Raises:
            RuntimeError: The work cannot be recorded.
        """


class RecordedSteps:
    """Records of a model's step, one for each number of rows and length that comes up.

    A record is believed when it has given the scores that the step itself gives; with the first
    one that does not, or cannot be made, all steps are run one by one from there on.
    """

    def __init__(self, model: RowModel, recorder: Recorder) -> None:
        self._model = model
        self._recorder = recorder
        self._records: dict[tuple[int, int], Play] = {}
        self._believed = True

    def forget(self) -> None:
        """Drops the records: the tensors they work on have moved."""
        self._records.clear()

    def step(self, rows: int, *, longest: int, tell: Callable[[str], None]) -> torch.Tensor:
        """Writes a token in each of the first rows; see ``RowModel.step``.

        Args:
            rows: How many.
            longest: Tokens that the longest of them has.
            tell: Told when a record is made.
        """
        if not self._believed:
            return self._model.step(rows, span=longest + 1)
        cache = self._model.cache
        assert cache is not None
        most, span = 1, _SPAN
        while most < rows:
            most *= 2
        while span < longest + 1:
            span += _SPAN
        key = (min(most, cache.rows), min(span, cache.positions))
        play = self._records.get(key)
        if play is not None:
            return play()[:rows]
        tell(WARMING_UP)
        return self._record(key)[:rows]

    def _record(self, key: tuple[int, int]) -> torch.Tensor:
        rows, span = key
        model = self._model
        tokens, lengths = model.tokens.clone(), model.lengths.clone()

        def put_back() -> None:
            model.tokens.copy_(tokens)
            model.lengths.copy_(lengths)

        expected = model.step(rows, span=span).clone()
        after = model.tokens.clone(), model.lengths.clone()
        put_back()
        try:
            play = self._recorder.record(lambda: model.step(rows, span=span), before=put_back)
            put_back()
            scores = play()
            self._believed = _same(expected, scores)
            why = "" if self._believed else "its scores differ"
        except RuntimeError as error:
            self._believed, why = False, f"{type(error).__name__}: {error}"
        if self._believed:
            self._records[key] = play
            log.info("recorded the step of %d rows and %d positions", rows, span)
            return scores
        self._records.clear()
        model.tokens.copy_(after[0])
        model.lengths.copy_(after[1])
        log.warning("steps are run one by one: no record of %d rows is usable: %s", rows, why)
        return expected


def _same(expected: torch.Tensor, scores: torch.Tensor) -> bool:
    difference = (expected.float() - scores.float()).abs().max()
    largest = expected.float().abs().max()
    return bool(difference <= largest * _TOLERANCE.get(expected.dtype, _ROUGH))
