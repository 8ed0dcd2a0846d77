"""One answer while it is written: streamed, and watched for its end and for repetition."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import Protocol

from tokenizers.decoders import DecodeStream

from textlift.content.block import Line
from textlift.content.reading import StopReason
from textlift.engines.vision_language.beginnings import begun
from textlift.engines.vision_language.family import AnswerView, Family, PlainView
from textlift.engines.vision_language.watching import RunawayWatch

_REPORT_INTERVAL = 0.05
"""Seconds; the window paints no faster, and each report crosses a pipe."""


class Answers(Protocol):
    """What all answers to a page have together."""

    tokens: int
    repeated: str
    repeated_times: int

    @property
    def family(self) -> Family: ...

    @property
    def cancelled(self) -> bool: ...

    def wait(self) -> None: ...

    def begin(self) -> None: ...

    def tell(self, stage: str) -> None: ...

    def first_token(self) -> None: ...

    def count(self, tokens: int, seconds: float) -> None: ...

    def must_stop(self) -> StopReason | None: ...

    def report(self, text: str, lines: tuple[Line, ...], speed: float | None) -> None: ...


class Writing:
    """One answer while it is written.

    Attributes:
        tokens: So far.
        stop_reason: Why no more of them are wanted; None while there is no reason.
    """

    def __init__(self, answering: Answers, view: AnswerView) -> None:
        self._answering = answering
        self._view = view
        family = answering.family
        self._stream = _new_stream(family)
        self._watch = RunawayWatch()
        # Of what the answer says, where that is not the answer itself: in layout JSON the boxes
        # go on while the words are always the same.
        self._words_watch = None if isinstance(view, PlainView) else RunawayWatch()
        self._held = ""
        self._text = ""
        self._lines: list[Line] = []
        self._first_at = 0.0
        self._reported_at = 0.0
        self.tokens: list[int] = []
        self.stop_reason: StopReason | None = None

    @property
    def unwanted(self) -> bool:
        """See ``Listener``."""
        return self._answering.cancelled

    def wait(self) -> None:
        """See ``Listener``."""
        self._answering.wait()

    def begin(self) -> None:
        """See ``Listener``."""
        self._answering.begin()

    def tell(self, stage: str) -> None:
        """See ``Listener``."""
        self._answering.tell(stage)

    def take(self, tokens: Sequence[int]) -> bool:
        """Takes the new tokens; True ends the answer, and what comes after the end is dropped."""
        ended = False
        for number in tokens:
            ended = self._take(number)
            if ended or self.stop_reason is not None:
                break
        self.stop_reason = self.stop_reason or self._answering.must_stop()
        stop = ended or self.stop_reason is not None or self._answering.cancelled
        now = time.monotonic()
        if now - self._reported_at >= _REPORT_INTERVAL or stop:
            self._report(now)
        return stop

    def count(self) -> None:
        """Counts what was written, however it ended."""
        if self._first_at:
            self._answering.count(len(self.tokens), time.monotonic() - self._first_at)

    def finish(self) -> None:
        """Shows what was held back."""
        now = time.monotonic()
        if self._held:
            self._show(self._held)
            self._held = ""
        if self._text or self._lines:
            self._report(now)

    def _take(self, number: int) -> bool:
        """Takes a token; True when it ends the answer."""
        self.tokens.append(number)
        self._answering.tokens += 1
        if not self._first_at:
            self._first_at = time.monotonic()
            self._answering.first_token()
        family = self._answering.family
        if number in family.end_tokens:
            return True
        piece = self._decoded(number)
        if not piece:
            return False
        self._held += piece
        for end in family.end_strings:
            if end in self._held:
                self._held = self._held.partition(end)[0]
                return True
        # What may be the beginning of the end string is not shown yet.
        keep = max((begun(self._held, end) for end in family.end_strings), default=0)
        ready = self._held[: len(self._held) - keep]
        self._held = self._held[len(self._held) - keep :]
        self._show(ready)
        return False

    def _decoded(self, number: int) -> str | None:
        """The characters that a token completes; None while one is not complete."""
        family = self._answering.family
        try:
            return self._stream.step(family.tokenizer, number)
        except Exception:  # noqa: BLE001  # the library raises nothing narrower
            # Bytes that are no character make those before them unreadable too, in tokenizers
            # that fall back to bytes; what follows can be read.
            self._stream = _new_stream(family)
            return self._stream.step(family.tokenizer, number)

    def _show(self, text: str) -> None:
        shown = self._view.add(text)
        self._text += shown.text
        self._lines.extend(shown.lines)
        self._look_for_repetition(self._watch, text)
        if self._words_watch is not None:
            self._look_for_repetition(self._words_watch, shown.text)

    def _look_for_repetition(self, watch: RunawayWatch, new: str) -> None:
        if watch.add(new) and self.stop_reason is None:
            self.stop_reason = StopReason.REPETITION
            self._answering.repeated = watch.shown_unit
            self._answering.repeated_times = watch.times

    def _report(self, now: float) -> None:
        self._reported_at = now
        elapsed = now - self._first_at if self._first_at else 0.0
        written = len(self.tokens)
        speed = (written - 1) / elapsed if written > 1 and elapsed > 0 else None
        self._answering.report(self._text, tuple(self._lines), speed)
        self._text = ""
        self._lines.clear()


def _new_stream(family: Family) -> DecodeStream:
    return DecodeStream(skip_special_tokens=family.skips_special_tokens)
