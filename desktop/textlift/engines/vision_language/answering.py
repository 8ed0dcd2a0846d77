"""Has a model write an answer: streams it, counts it, watches it, and stops it."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from typing import Any

import msgspec
import torch
from tokenizers.decoders import DecodeStream
from transformers import GenerationConfig, StoppingCriteria, StoppingCriteriaList

from textlift.content.attempt import FailureKind
from textlift.content.block import Line
from textlift.content.generation import Generation
from textlift.content.reading import StopReason
from textlift.engines.contract import EngineError, OnProgress, ReadProgress
from textlift.engines.vision_language.beginnings import begun
from textlift.engines.vision_language.family import (
    AnswerView,
    Family,
    Generated,
    PlainView,
    Prepared,
)
from textlift.engines.vision_language.model_memory import PageMemory
from textlift.engines.vision_language.watching import RunawayWatch
from textlift.processes.cancellation import Cancellation

_REPORT_INTERVAL = 0.05
"""Seconds; the window paints no faster, and each report crosses a pipe."""

_SAMPLED = {"do_sample": True, "temperature": 0.2, "top_p": 0.9}
"""For the second try after a run-away: near to greedy, and out of the rut."""

_SEED = 1


class Answering:
    """The answers to one page: usually one, for some families one a region.

    Attributes:
        prompt_tokens: Of all questions so far.
        tokens: Of all answers so far.
        first_token_seconds: From the start to the first token; 0 before it.
        repeated: What the model said over and over, when that is why it was stopped.
        repeated_times: How often.
    """

    def __init__(
        self,
        family: Family,
        *,
        token_limit: int,
        positions: int,
        deadline: float,
        variation: int,
        on_progress: OnProgress,
        cancellation: Cancellation,
        memory: PageMemory,
        asked: Generation | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """Prepares.

        Args:
            family: The loaded model.
            token_limit: Of all answers together.
            positions: Tokens of question and answer that the model can tell apart; 0: no limit.
            deadline: Moment, as ``clock`` counts, at which the page is given up.
            variation: As in ``ReadOptions``.
            on_progress: Told of new text.
            cancellation: Stops within a token.
            memory: Looked at with each report, and told of now and then.
            asked: What is known of the generation before it begins.
            clock: Gives seconds.
        """
        self._family = family
        self._positions = positions
        self._deadline = deadline
        self._clock = clock
        self._variation = variation
        self._on_progress = on_progress
        self._cancellation = cancellation
        self._memory = memory
        self._asked = asked or Generation(token_limit=token_limit)
        self._started = time.monotonic()
        self._writing_seconds = 0.0
        self._written_between = 0
        self._speed: float | None = None
        self.token_limit = token_limit
        self.prompt_tokens = 0
        self.tokens = 0
        self.first_token_seconds = 0.0
        self.repeated = ""
        self.repeated_times = 0

    @property
    def tokens_per_second(self) -> float:
        """Of the answers, each without its first token; 0 when there was no second."""
        return self._written_between / self._writing_seconds if self._writing_seconds else 0.0

    def __call__(self, prepared: Prepared, view: AnswerView) -> Generated:
        """Generates one answer; see ``Generate``."""
        prompt = int(prepared.inputs["input_ids"].shape[1])
        self.prompt_tokens += prompt
        room = self.token_limit - self.tokens
        if self._positions:
            room = min(room, self._positions - prompt)
        if room <= 0:
            return Generated("", StopReason.LIMIT)
        writing = _Writing(self, view, prompt)
        torch.manual_seed(_SEED)
        try:
            with self._memory.watching_cache():
                output = self._family.model.generate(
                    **prepared.inputs_on(self._family.model.device),
                    generation_config=self._configuration(room),
                    stopping_criteria=StoppingCriteriaList([writing]),
                )
        except BaseException:
            writing.count()
            raise
        writing.finish()
        writing.count()
        if self._cancellation.cancelled:
            raise EngineError(FailureKind.CANCELLED, "Stopped.")
        return self._generated(output[0, prompt:].tolist(), writing, room)

    def _generated(self, ids: list[int], writing: _Writing, room: int) -> Generated:
        ended = bool(ids) and ids[-1] in self._family.end_tokens
        text = self._family.tokenizer.decode(
            ids[:-1] if ended else ids,
            skip_special_tokens=self._family.skips_special_tokens,
        )
        for end in self._family.end_strings:
            head, found, _ = text.partition(end)
            text, ended = head, ended or bool(found)
        if writing.stop_reason is not None:
            return Generated(text, writing.stop_reason)
        if not ended and len(ids) >= room:
            return Generated(text, StopReason.LIMIT)
        return Generated(text, StopReason.END)

    def _configuration(self, room: int) -> GenerationConfig:
        # Ours alone: what a checkpoint's file says of lengths and sampling is not for pages.
        sampling: Mapping[str, Any] = _SAMPLED if self._variation else {"do_sample": False}
        return GenerationConfig(
            max_new_tokens=room,
            eos_token_id=list(self._family.end_tokens),
            pad_token_id=self._family.pad_token,
            **sampling,
        )

    def first_token(self) -> None:
        """The first token of an answer is there."""
        self.first_token_seconds = self.first_token_seconds or time.monotonic() - self._started

    def count(self, tokens: int, seconds: float) -> None:
        """An answer of so many tokens was written; the seconds are those after its first."""
        if tokens > 1:
            self._written_between += tokens - 1
            self._writing_seconds += seconds
        self._speed = None

    def must_stop(self) -> StopReason | None:
        """Why no further token is wanted, as far as it does not lie in the text."""
        if self._clock() >= self._deadline:
            return StopReason.DEADLINE
        return None

    @property
    def cancelled(self) -> bool:
        return self._cancellation.cancelled

    @property
    def family(self) -> Family:
        """The model that answers."""
        return self._family

    def generation(self) -> Generation:
        """What was done so far; its speed is that of the answer that is being written."""
        return msgspec.structs.replace(
            self._asked,
            prompt_tokens=self.prompt_tokens,
            tokens=self.tokens,
            first_token_seconds=self.first_token_seconds,
            tokens_per_second=self.tokens_per_second if self._speed is None else self._speed,
            peak_memory=self._memory.peak,
        )

    def report(self, text: str, lines: tuple[Line, ...], speed: float | None) -> None:
        """Tells whoever watches."""
        self._speed = speed
        self._on_progress(
            ReadProgress(
                stage="Writing",
                text=text,
                lines=lines,
                tokens_per_second=speed,
                token_share=self.tokens / self.token_limit,
                memory=self._memory.due(),
                generation=self.generation(),
            )
        )


class _Writing(StoppingCriteria):
    """One answer while it is written; asked by ``generate`` after each token."""

    def __init__(self, answering: Answering, view: AnswerView, prompt: int) -> None:
        self._answering = answering
        self._view = view
        self._seen = prompt
        family = answering.family
        self._stream = _new_stream(family)
        self._watch = RunawayWatch()
        # Of what the answer says, where that is not the answer itself: in layout JSON the boxes
        # go on while the words are always the same.
        self._words_watch = None if isinstance(view, PlainView) else RunawayWatch()
        self._held = ""
        self._text = ""
        self._lines: list[Line] = []
        self._tokens = 0
        self._first_at = 0.0
        self._reported_at = 0.0
        self.stop_reason: StopReason | None = None

    def __call__(
        self, input_ids: torch.LongTensor, scores: torch.FloatTensor, **kwargs: Any
    ) -> torch.BoolTensor:
        """Takes the new token; True ends the answer."""
        del scores, kwargs
        ended = False
        for number in input_ids[0, self._seen :].tolist():
            ended = self._take(number) or ended
        self._seen = int(input_ids.shape[1])
        self.stop_reason = self.stop_reason or self._answering.must_stop()
        stop = ended or self.stop_reason is not None or self._answering.cancelled
        now = time.monotonic()
        if now - self._reported_at >= _REPORT_INTERVAL or stop:
            self._report(now)
        done = torch.full((input_ids.shape[0],), stop, device=input_ids.device, dtype=torch.bool)
        return done  # type: ignore[return-value]  # BoolTensor is what torch.full gives

    def count(self) -> None:
        """Counts what was written, however it ended."""
        if self._first_at:
            self._answering.count(self._tokens, time.monotonic() - self._first_at)

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
        self._tokens += 1
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
        speed = (self._tokens - 1) / elapsed if self._tokens > 1 and elapsed > 0 else None
        self._answering.report(self._text, tuple(self._lines), speed)
        self._text = ""
        self._lines.clear()


def _new_stream(family: Family) -> DecodeStream:
    return DecodeStream(skip_special_tokens=family.skips_special_tokens)
