"""Steps that are recorded once and then played: launching them takes longer than their work."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from typing import Protocol

import msgspec
import torch

from textlift.engines.vision_language.decoding.row_attention import Way
from textlift.engines.vision_language.decoding.row_model import RowModel

log = logging.getLogger(__name__)

WARMING_UP = "Warming up…"

_SPAN = 1024
"""A record looks at a multiple of so many positions: what lies behind the longest answer may be
looked at in vain, and each record takes a moment to make."""

_TOLERANCE = {torch.float32: 1e-4}
_ROUGH = 3e-2
"""Of scores, as a share of the largest: other kernels round and add in other orders."""

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

    def seconds(self, play: Play) -> float:
        """How long it takes to play a record."""


class _State(msgspec.Struct, frozen=True):
    """What a step changes; keys and values are written again to the same place."""

    tokens: torch.Tensor
    lengths: torch.Tensor


class RecordedSteps:
    """Records of a model's step, one for each number of rows and length that comes up.

    A record is believed when it has given the scores that the step itself gives. Of the ways to
    attend the quickest is taken, measured with the first record; a way whose record is wrong, or
    cannot be made, is not used again, and when none is left all steps are run one by one.
    """

    def __init__(
        self, model: RowModel, recorder: Recorder, *, ways: Sequence[Way] = (Way.MASKED,)
    ) -> None:
        """Prepares.

        Args:
            model: Steps.
            recorder: Of its device.
            ways: To try, to attend.
        """
        self._model = model
        self._recorder = recorder
        self._ways = list(ways)
        self._measured = len(self._ways) == 1
        self._records: dict[tuple[int, int], Play] = {}

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
        if not self._ways:
            return self._model.step(rows, span=longest + 1)
        cache = self._model.cache
        assert cache is not None
        most = 1
        while most < rows:
            most *= 2
        span = -(-(longest + 1) // _SPAN) * _SPAN
        key = (min(most, cache.rows), min(span, cache.positions))
        play = self._records.get(key)
        if play is not None:
            return play()[:rows]
        tell(WARMING_UP)
        return self._record(key)[:rows]

    def _record(self, key: tuple[int, int]) -> torch.Tensor:
        """Takes the step, and keeps a record of it if one can be had."""
        rows, span = key
        before = self._state()
        scores = self._model.step(rows, span=span).clone()
        after = self._state()
        made = []
        for way in tuple(self._ways):
            play = self._made(key, way, before, scores)
            if play is None:
                self._ways.remove(way)
                continue
            made.append((way, play))
            if self._measured:
                break
        if not self._measured and made:
            made = [min(made, key=lambda pair: self._seconds(pair[1], before))]
            self._ways, self._measured = [made[0][0]], True
        self._put(after)
        for way, play in made:
            self._records[key] = play
            log.info("recorded the step of %d rows, %d positions, %s", rows, span, way.value)
        if not made:
            self._records.clear()
            log.warning("steps are run one by one: no record of them is usable")
        return scores

    def _made(
        self, key: tuple[int, int], way: Way, before: _State, expected: torch.Tensor
    ) -> Play | None:
        """A record that gives what is expected; None when there is none."""
        rows, span = key
        try:
            play = self._recorder.record(
                lambda: self._model.step(rows, span=span, way=way, lean=True),
                before=lambda: self._put(before),
            )
            self._put(before)
            right = _same(expected, play())
            why = "" if right else "its scores differ"
        except RuntimeError as error:
            right, why = False, f"{type(error).__name__}: {error}"
        if right:
            return play
        log.warning("a record of %d rows, %s, is not usable: %s", rows, way.value, why)
        return None

    def _seconds(self, play: Play, before: _State) -> float:
        def again() -> torch.Tensor:
            self._put(before)
            return play()

        return self._recorder.seconds(again)

    def _state(self) -> _State:
        return _State(self._model.tokens.clone(), self._model.lengths.clone())

    def _put(self, state: _State) -> None:
        self._model.tokens.copy_(state.tokens)
        self._model.lengths.copy_(state.lengths)


def _same(expected: torch.Tensor, scores: torch.Tensor) -> bool:
    difference = (expected.float() - scores.float()).abs().max()
    largest = expected.float().abs().max()
    return bool(difference <= largest * _TOLERANCE.get(expected.dtype, _ROUGH))
