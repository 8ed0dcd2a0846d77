"""Asks engines for the text of one page, one after the other, until one has read it."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping

import msgspec

from textlift.content.attempt import Attempt, FailureKind
from textlift.content.generation import Generation
from textlift.content.page_image import PageImage
from textlift.content.reading import PageReading, PageWarning, WarningKind
from textlift.engines.contract import EngineCard, ReadOptions, ReadProgress
from textlift.engines.process import EngineProcess
from textlift.engines.registry import EngineEntry, Registry
from textlift.processes.cancellation import Cancellation
from textlift.processes.supervised import ProcessCancelled, ProcessFailure
from textlift.recognition.checks.judging import SPECK_INK, judge
from textlift.recognition.engine_pool import EngineNotReadyError, EnginePool, LoadWatcher
from textlift.recognition.events import (
    AttemptFailed,
    EngineLoaded,
    EngineLoading,
    EngineSkipped,
    Event,
    PageProgressed,
)
from textlift.recognition.failures import LACKS_MEMORY, EngineFailure, engine_failure
from textlift.recognition.fallback import (
    History,
    Refusal,
    Step,
    Tried,
    next_move,
    scripts_of_languages,
    step_again,
)
from textlift.recognition.partial_text import StreamedText
from textlift.recognition.pixel_ladder import Rungs
from textlift.recognition.reading_options import read_options
from textlift.recognition.tasks import PageTask

_EMPTY = FailureKind.EMPTY_READING
_UNUSABLE = frozenset({FailureKind.NOT_AVAILABLE, FailureKind.DOES_NOT_FIT})


class PageOutcome(msgspec.Struct, frozen=True):
    """What came of asking: the reading, or None when every engine failed; and every try."""

    reading: PageReading | None
    attempts: tuple[Attempt, ...]


class SkippedEngines:
    """The engines that cannot be loaded in this run. Safe to use from several threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._refusals: dict[str, Refusal] = {}
        self._crashed_loading: set[str] = set()

    def refusals(self) -> Mapping[str, Refusal]:
        with self._lock:
            return dict(self._refusals)

    def add(self, refusal: Refusal) -> bool:
        """Skips an engine from now on; False when that was known already."""
        with self._lock:
            if refusal.engine in self._refusals:
                return False
            self._refusals[refusal.engine] = refusal
            return True

    def crash_may_be_chance(self, engine: str) -> bool:
        """Whether this crash while loading is the engine's first; the second is its nature."""
        with self._lock:
            if engine in self._crashed_loading:
                return False
            self._crashed_loading.add(engine)
            return True


class Asking:
    """Asks the engines of a run. Safe to use from several threads, a page in each."""

    def __init__(
        self,
        *,
        registry: Registry,
        pool: EnginePool,
        on_event: Callable[[Event], None],
        cancellation: Cancellation,
        processes: int,
    ) -> None:
        """Prepares.

        Args:
            registry: The engines that may be asked.
            pool: Their processes.
            on_event: Told what happens, in the thread that asks.
            cancellation: Ends asking.
            processes: Of one engine, to use at once.
        """
        self._registry = registry
        self._pool = pool
        self._on_event = on_event
        self._cancellation = cancellation
        self._processes = processes
        self._cards = {entry.card.name: entry.card for entry in registry}
        self._skipped = SkippedEngines()
        self._rungs = Rungs()

    def read(
        self, task: PageTask, image: PageImage, *, cancellation: Cancellation | None = None
    ) -> PageOutcome:
        """Reads a page with the first engine of its order that can.

        Args:
            task: The page.
            image: As rendered.
            cancellation: Ends asking for this page, where something else does than for all.

        Raises:
            ProcessCancelled: It was stopped; nothing of this page counts.
        """
        stop = cancellation or self._cancellation
        history: list[Tried | Refusal] = []
        attempts: list[Attempt] = []
        if not task.order:
            attempts.append(
                _Clock().attempt(
                    "",
                    device="",
                    failed=EngineFailure(
                        FailureKind.NOT_AVAILABLE, "No model was chosen for this page."
                    ),
                )
            )
        distrusted = 0.0
        step = self._next_step(task, history, attempts)
        while step is not None:
            outcome = self._try(
                task,
                image,
                step,
                history,
                started_after=distrusted if step.fresh else 0.0,
                stop=stop,
            )
            attempt = outcome.attempt
            attempts.append(attempt)
            if outcome.tried is None:
                return PageOutcome(outcome.reading, tuple(attempts))
            if outcome.tried.lingers:
                distrusted = time.monotonic()
            history.append(outcome.tried)
            step = self._next_step(task, history, attempts)
            if not outcome.told:
                title = "" if step is None else self._registry.title(step.engine)
                self._on_event(AttemptFailed(task, attempt, title))
        return PageOutcome(self._agreed_empty(task, history), tuple(attempts))

    def _next_step(
        self, task: PageTask, history: list[Tried | Refusal], attempts: list[Attempt]
    ) -> Step | None:
        """The next engine to ask; those refused on the way there are written down."""
        while True:
            move = next_move(
                task.order,
                history=history,
                cards=self._cards,
                skipped=self._skipped.refusals(),
                scripts=scripts_of_languages(task.languages),
                starts=self._rungs.starts(),
            )
            if not isinstance(move, Refusal):
                return move
            history.append(move)
            failed = EngineFailure(move.failure, move.sentence, scripts=move.scripts)
            attempts.append(_Clock().attempt(move.engine, device="", failed=failed))

    def _try(
        self,
        task: PageTask,
        image: PageImage,
        step: Step,
        history: History,
        *,
        started_after: float,
        stop: Cancellation,
    ) -> _Try:
        clock = _Clock()
        try:
            with self._pool.lease(
                step.engine,
                watcher=LoadWatcher(self._tell_loading, self._tell_loaded),
                cancellation=stop,
                started_after=started_after,
                limit=self._processes,
            ) as process:
                clock = _Clock()
                return self._read(
                    task, image, step, history, process=process, clock=clock, stop=stop
                )
        except EngineNotReadyError as error:
            sentence = error.availability.sentence
            failed = EngineFailure(FailureKind.NOT_AVAILABLE, sentence)
            told = self._skip(step.engine, failed, remedy=error.availability.remedy)
        except ProcessCancelled:
            raise
        except ProcessFailure as error:
            if stop.cancelled:
                raise ProcessCancelled("Stopped.") from error
            failed = engine_failure(error)
            chance = failed.failure is FailureKind.CRASHED and self._skipped.crash_may_be_chance(
                step.engine
            )
            told = not chance and self._skip(step.engine, failed)
        attempt = clock.attempt(step.engine, device="", failed=failed)
        return _Try(attempt, tried=Tried(step, failed.failure), told=told)

    def _read(
        self,
        task: PageTask,
        image: PageImage,
        step: Step,
        history: History,
        *,
        process: EngineProcess,
        clock: _Clock,
        stop: Cancellation,
    ) -> _Try:
        options = read_options(task, step, process.entry.card)
        streamed = StreamedText()

        def progressed(progress: ReadProgress) -> None:
            streamed.add(progress)
            self._on_event(PageProgressed(task, step.engine, progress))

        reading: PageReading | None = None
        garbled = False
        try:
            reading = process.read(image, options, on_progress=progressed, cancellation=stop)
            failed = _verdict(reading, image, process.entry.card, options)
        except ProcessCancelled:
            raise
        except (ProcessFailure, msgspec.DecodeError) as error:
            if stop.cancelled:
                raise ProcessCancelled("Stopped.") from error
            failed = engine_failure(error)
            garbled = isinstance(error, msgspec.DecodeError)
            if failed.failure is _EMPTY and image.ink < SPECK_INK:
                reading, failed = PageReading(blocks=(), read_by=step.engine), None
        pixels = streamed.pixels or _pixels(image, step)
        tried = None
        if failed is not None:
            tried = Tried(
                step,
                failed.failure,
                pixels,
                orderly=failed.orderly,
                lacking=failed.lacking_memory,
                room=streamed.room if failed.orderly else 0,
            )
            # What an engine holds that has too little memory for the page is needed by others.
            starved = failed.failure in LACKS_MEMORY and step_again(tried, history) is None
            if starved and self._rungs.starved(step.engine):
                self._skip(step.engine, _always_starved(failed))
            # A process whose words make no sense may be talking still.
            if tried.lingers or starved or garbled:
                self._pool.retire(process)
        if failed is None or (failed.orderly and failed.failure not in LACKS_MEMORY):
            self._rungs.held(step.engine, step.max_pixels)
        attempt = msgspec.structs.replace(
            clock.attempt(
                step.engine,
                device=process.device,
                failed=failed,
                pixels=pixels,
            ),
            partial=streamed.partial(failed.failure, reading) if failed is not None else "",
            peak_memory=_peak_memory(reading, streamed),
            generation=_generation(reading, streamed) if failed is not None else None,
        )
        if tried is not None:
            return _Try(attempt, tried=tried)
        if reading is not None and options.box is not None:
            reading = msgspec.structs.replace(reading, box=options.box)
        return _Try(attempt, reading=reading)

    def _agreed_empty(self, task: PageTask, history: History) -> PageReading | None:
        """A reading without text when every engine that could be asked found none.

        A photograph or a stain has ink and no text; a page that one engine lost in another way
        may have had some.
        """
        asked = [
            item for item in history if isinstance(item, Tried) and item.failure not in _UNUSABLE
        ]
        if not asked or any(item.failure is not _EMPTY for item in asked):
            return None
        titles = ", ".join(self._registry.title(item.step.engine) for item in asked)
        if task.box is None:
            sentence = f"No text was found, though the page is not blank (asked: {titles})."
        else:
            sentence = f"No text was found in this part of the page (asked: {titles})."
        return PageReading(
            blocks=(),
            read_by=asked[0].step.engine,
            warnings=(PageWarning(WarningKind.MISSED, sentence),),
        )

    def _skip(self, engine: str, failed: EngineFailure, *, remedy: str = "") -> bool:
        """Skips an engine for the rest of the run and says so once; always True."""
        title = self._registry.title(engine)
        if self._skipped.add(Refusal(engine, failed.failure, failed.sentence)):
            sentence = f"{failed.sentence} {remedy}".strip()
            self._on_event(EngineSkipped(engine, title, sentence, failed.failure))
        return True

    def _tell_loading(self, entry: EngineEntry) -> None:
        self._on_event(EngineLoading(entry.card.name, entry.card.title))

    def _tell_loaded(self, entry: EngineEntry, process: EngineProcess) -> None:
        pid = process.process.pid
        self._on_event(
            EngineLoaded(entry.card.name, process.device, pid or 0, memory=process.memory)
        )


class _Try(msgspec.Struct, frozen=True):
    """One try.

    Attributes:
        attempt: Its record.
        tried: For the policy, after a failure.
        reading: On success.
        told: The failure was told already.
    """

    attempt: Attempt
    tried: Tried | None = None
    reading: PageReading | None = None
    told: bool = False


def _pixels(image: PageImage, step: Step) -> int:
    """Of the image that an engine is given, where it does not say itself."""
    pixels = image.width * image.height
    return min(pixels, step.max_pixels) if step.max_pixels else pixels


def _verdict(
    reading: PageReading, image: PageImage, card: EngineCard, options: ReadOptions
) -> EngineFailure | None:
    """Why a reading is not taken; the engine that gave it did nothing wrong to its process."""
    wants_text = all(mode.returns != "layout" for mode in card.modes if mode.name == options.mode)
    check = judge(reading, image, wants_text=wants_text)
    if check is None:
        return None
    return EngineFailure(check.failure, check.sentence, orderly=True, repetition=check.repetition)


def _always_starved(failed: EngineFailure) -> EngineFailure:
    sentence = "It ran out of memory on two pages in a row, however small they were made."
    return msgspec.structs.replace(failed, sentence=sentence)


def _generation(reading: PageReading | None, streamed: StreamedText) -> Generation | None:
    """Of the reading, where there is one that says; else as far as was told."""
    own = reading.generation if reading is not None else None
    return own or streamed.generation


def _peak_memory(reading: PageReading | None, streamed: StreamedText) -> int:
    generation = _generation(reading, streamed)
    told = streamed.memory.peak if streamed.memory is not None else 0
    return max(generation.peak_memory if generation is not None else 0, told)


class _Clock:
    """When a try began, on the wall and for durations."""

    def __init__(self) -> None:
        self.wall = time.time()
        self.monotonic = time.monotonic()

    def attempt(
        self, engine: str, *, device: str, failed: EngineFailure | None, pixels: int = 0
    ) -> Attempt:
        return Attempt(
            engine=engine,
            device=device,
            started_at=self.wall,
            seconds=time.monotonic() - self.monotonic,
            failure=failed.failure if failed is not None else None,
            sentence=failed.sentence if failed is not None else "",
            details=failed.details if failed is not None else "",
            scripts=failed.scripts if failed is not None else (),
            pixels=pixels,
            lacking_memory=failed.lacking_memory if failed is not None else 0,
            repetition=failed.repetition if failed is not None else None,
        )
