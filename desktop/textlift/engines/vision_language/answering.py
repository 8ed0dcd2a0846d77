"""Has a model write the answers to a page: counts them, and keeps them to their limits."""

from __future__ import annotations

import time
from collections.abc import Callable

import msgspec

from textlift.content.attempt import FailureKind
from textlift.content.block import Line
from textlift.content.generation import Generation
from textlift.content.reading import StopReason
from textlift.engines.contract import EngineError, OnProgress, ReadProgress
from textlift.engines.vision_language.decoding.decoder import Decoder
from textlift.engines.vision_language.decoding.job import Job
from textlift.engines.vision_language.family import (
    AnswerView,
    Family,
    Generated,
    Prepared,
)
from textlift.engines.vision_language.library_generation import generate
from textlift.engines.vision_language.model_memory import PageMemory
from textlift.engines.vision_language.writing import Writing
from textlift.processes.cancellation import Cancellation

_LONG_WAIT = 0.05
"""Seconds; what was said of the page before it waited is not true any more."""


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
        decoder: Decoder | None = None,
        working: int = 0,
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
            decoder: Writes; None: the library's ``generate`` does.
            working: Bytes that reading a question takes beside keys and values.
        """
        self._decoder = decoder
        self._working = working
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
        self._waits_since: tuple[float, float] | None = None
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
        writing = Writing(self, view)
        try:
            self._write(prepared, writing, room)
        except BaseException:
            writing.count()
            raise
        writing.finish()
        writing.count()
        if self._cancellation.cancelled:
            raise EngineError(FailureKind.CANCELLED, "Stopped.")
        return self._generated(writing, room)

    def _write(self, prepared: Prepared, writing: Writing, room: int) -> None:
        by_chance = bool(self._variation)
        if self._decoder is None:
            with self._memory.watching_cache():
                generate(self._family, prepared, writing, room=room, by_chance=by_chance)
            return
        with self._cancellation.watching(self._decoder.wake):
            self._decoder.write(
                Job(
                    prepared.inputs,
                    room=room,
                    listener=writing,
                    by_chance=by_chance,
                    working=self._working,
                )
            )

    def _generated(self, writing: Writing, room: int) -> Generated:
        ids = writing.tokens
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

    def wait(self) -> None:
        """The page waits for others: its time does not run."""
        self._waits_since = (self._clock(), time.monotonic())

    def begin(self) -> None:
        """It has waited."""
        if self._waits_since is None:
            return
        since, started = self._waits_since
        if self._clock() - since > _LONG_WAIT:
            self.tell("Looking at the page")
        self._deadline += self._clock() - since
        self._started += time.monotonic() - started
        self._waits_since = None

    def tell(self, stage: str) -> None:
        """Says what is done instead of writing."""
        self._on_progress(ReadProgress(stage=stage))

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
