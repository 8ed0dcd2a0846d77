"""A run over the queue: pages rendered ahead, read with fallback, and kept one by one."""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Callable, Container, Iterable
from contextlib import nullcontext

import msgspec

from textlift.content.attempt import Attempt, FailureKind
from textlift.content.page import PageState
from textlift.content.page_image import PageImage
from textlift.content.reading import PageReading, PageWarning, WarningKind
from textlift.documents.client import DocumentError, DocumentReader
from textlift.documents.messages import DocumentFailure, TextLayer
from textlift.engines.registry import Registry
from textlift.inspection.client import PageInspector
from textlift.processes.cancellation import Cancellation
from textlift.processes.supervised import ProcessCancelled
from textlift.recognition.asking import Asking, PageOutcome
from textlift.recognition.brake import Brake
from textlift.recognition.checks.judging import BLANK_INK
from textlift.recognition.engine_pool import EnginePool
from textlift.recognition.events import (
    Event,
    OpinionFinished,
    PageFinished,
    PageStarted,
    RunBraked,
)
from textlift.recognition.inspecting import Inspecting
from textlift.recognition.rendering import RenderAhead
from textlift.recognition.sink import PageSink
from textlift.recognition.tasks import PageTask, TaskQueue

TEXT_LAYER = "text-layer"
"""Stands where an engine's name does when the PDF page's own text was taken."""

_BLANK = PageReading(blocks=(), read_by="", why="The page is blank, so no model was asked.")


class RunSummary(msgspec.Struct, frozen=True):
    """How a run ended.

    Attributes:
        done: Pages read with nothing to say.
        warned: Pages read with something to say.
        failed: Pages without a reading.
        cancelled: It was stopped; pages not finished still wait in the queue.
        braked: Why it gave up (see ``RunBraked``); empty when it did not.
    """

    done: int = 0
    warned: int = 0
    failed: int = 0
    cancelled: bool = False
    braked: str = ""


class RecognitionRun:
    """Reads the pages of a queue, also those added while it runs."""

    def __init__(
        self,
        queue: TaskQueue,
        *,
        registry: Registry,
        pool: EnginePool,
        reader: DocumentReader,
        sink: PageSink,
        on_event: Callable[[Event], None],
        cancellation: Cancellation,
        lanes: int = 1,
        inspector: PageInspector | None = None,
        never: Container[str] = (),
    ) -> None:
        """Prepares; ``execute`` does it.

        Args:
            queue: The pages and second opinions; those not finished are in it when the run ends.
            registry: The engines that may be asked.
            pool: Their processes; stays open after the run.
            reader: Renders the pages. Its calls are one after the other: a window that wants
                thumbnails meanwhile needs a reader of its own.
            sink: Keeps each page the moment it is read.
            on_event: Called from the run's threads, also from several at once.
            cancellation: Ends the run within about a second.
            lanes: Processes of one engine to use at once.
            inspector: Looks at each page independently, so that what was read can be checked;
                None: it is not checked. Stays open after the run.
            never: Engines that are not to be asked what they read to check another; those of a
                page's order are asked for the page all the same.
        """
        self._queue = queue
        self._reader = reader
        self._sink = sink
        self._on_event = on_event
        self._cancellation = cancellation
        self._registry = registry
        self._processes = lanes
        # The user's stop, or an error that ends the run: whatever waits gives up.
        self._stop = Cancellation()
        # Also set when the run ends by itself, for nobody waits for these pages then.
        self._stop_rendering = Cancellation()
        self._ahead = RenderAhead(queue, reader=reader, cancellation=self._stop_rendering)
        self._asking = Asking(
            registry=registry,
            pool=pool,
            on_event=on_event,
            cancellation=self._stop,
            processes=lanes,
        )
        self._inspecting = (
            Inspecting(
                inspector, registry=registry, pool=pool, cancellation=self._stop, never=never
            )
            if inspector is not None
            else None
        )
        self._brake = Brake()
        # Lanes that wait are told of whatever lets them go on, or ends them.
        self._lock = threading.Condition()
        self._lanes: list[threading.Thread] = []
        self._over = False
        self._in_hand = 0
        self._states: Counter[PageState] = Counter()
        self._taken = 0
        self._opinions_in_hand: dict[tuple[object, ...], Cancellation] = {}
        self._interrupted: list[tuple[int, PageTask]] = []
        self._error: BaseException | None = None

    def stop_opinion(self, task: PageTask) -> None:
        """Stops a second opinion, waiting or in hand; nothing of it is kept, and the run goes on.

        Callable from any thread.
        """
        with self._lock:
            self._queue.remove_opinion(task)
            stop = self._opinions_in_hand.get(task.identity)
        if stop is not None:
            stop.cancel()

    def execute(self) -> RunSummary:
        """Blocks until the queue is empty, the run is cancelled or it gives up. Call it once.

        Raises:
            SessionError: A page could not be kept; it waits in the queue again. Whatever
                ``on_event`` raises ends the run likewise.
        """
        with (
            self._cancellation.watching(self._stop.cancel),
            self._stop.watching(self._stop_rendering.cancel),
            self._stop.watching(self._wake_lanes),
            self._ahead.open(),
            self._inspecting.open() if self._inspecting is not None else nullcontext(),
        ):
            try:
                self._run_lanes()
            finally:
                self._stop_rendering.cancel()
        self._interrupted.sort(key=lambda item: item[0])
        self._queue.put_back(task for _, task in self._interrupted)
        if self._error is not None:
            raise self._error
        return RunSummary(
            done=self._states[PageState.DONE],
            warned=self._states[PageState.WARNED],
            failed=self._states[PageState.FAILED],
            cancelled=self._cancellation.cancelled
            or (bool(self._interrupted) and not self._brake.sentence),
            braked=self._brake.sentence,
        )

    def _run_lanes(self) -> None:
        try:
            with self._queue.watching(self._on_added):
                self._on_added(self._queue.peek(len(self._queue)))
                self._lane()
            for thread in self._lanes:
                thread.join()
        finally:
            # Reached early only when this thread is interrupted while it waits for the others.
            if any(thread.is_alive() for thread in self._lanes):
                self._stop.cancel()

    def _on_added(self, tasks: tuple[PageTask, ...]) -> None:
        """Has as many lanes as the engines asked first can have pages in flight."""
        wanted = self._processes * _pages_in_flight(tasks, self._registry)
        with self._lock:
            # The thread that ``execute`` was called in is a lane, too.
            while not self._over and len(self._lanes) < wanted - 1:
                name = f"lane-{len(self._lanes) + 2}"
                self._lanes.append(threading.Thread(target=self._lane, name=name))
                self._lanes[-1].start()
            self._ahead.depth = len(self._lanes) + 1
            self._lock.notify_all()

    def _wake_lanes(self) -> None:
        with self._lock:
            self._lock.notify_all()

    def _next(self) -> tuple[int, PageTask, Cancellation] | None:
        """The next page, its number in this run, and what stops it alone; None: there is no more.

        While others have pages in hand more may come: documents are opened one after the other,
        and the first one's pages are being read then.
        """
        with self._lock:
            while not self._over and not self._stop.cancelled and not self._brake.sentence:
                task = self._queue.take()
                if task is not None:
                    self._in_hand += 1
                    self._taken += 1
                    stop = Cancellation()
                    if task.opinion:
                        self._opinions_in_hand[task.identity] = stop
                    return self._taken, task, stop
                if not self._in_hand:
                    break
                self._lock.wait()
            # Pages that come from now on are the next run's.
            self._over = True
            self._lock.notify_all()
        return None

    def _lane(self) -> None:
        while (taken := self._next()) is not None:
            number, task, stop = taken
            finished = False
            try:
                finished = self._read_opinion(task, stop) if task.opinion else self._read_page(task)
            except ProcessCancelled:
                self._stop.cancel()
            except BaseException as error:  # noqa: BLE001 - raised again by ``execute``
                with self._lock:
                    self._error = self._error or error
                self._stop.cancel()
            finally:
                with self._lock:
                    if self._opinions_in_hand.get(task.identity) is stop:
                        del self._opinions_in_hand[task.identity]
                    if not finished:
                        self._interrupted.append((number, task))
                    self._in_hand -= 1
                    self._lock.notify_all()

    def _read_page(self, task: PageTask) -> bool:
        """Reads a page and keeps the outcome; False when the page has to wait."""
        try:
            image = self._ahead.image(task)
        except DocumentError as error:
            if error.failure is DocumentFailure.CACHE_FULL:
                self._tell_braked(self._brake.pull(error.sentence))
                return False
            self._keep(task, None, None, (_document_attempt(error),))
            return True
        self._on_event(PageStarted(task, image))
        # The text layer knows whole pages only.
        asks_layer = task.use_text_layer and task.box is None
        layer = self._text_layer(task) if asks_layer else None
        if layer is not None and layer.reading is not None:
            attempt = Attempt(TEXT_LAYER, device="", started_at=time.time(), seconds=0.0)
            self._keep(task, image, layer.reading, (attempt,))
        elif image.ink <= BLANK_INK:
            self._keep(task, image, _BLANK, ())
        else:
            outcome = self._ask(task, image)
            reading = outcome.reading
            if reading is not None and layer is not None:
                reading = _with_verdict_on(layer, reading)
            self._keep(task, image, reading, outcome.attempts)
            if reading is not None:
                self._brake.page_read()
            else:
                self._tell_braked(self._brake.page_lost(_last_reason(outcome.attempts)))
        return True

    def _read_opinion(self, task: PageTask, stop: Cancellation) -> bool:
        """Reads a page for a second opinion and keeps that; always True.

        Neither the text layer nor the brake has a part in it: an engine was asked what it
        reads there, and a lost opinion is no lost page.

        Args:
            task: What was asked for.
            stop: Set when nobody wants it any more.
        """
        image: PageImage | None = None
        reading: PageReading | None = None
        try:
            image = self._ahead.image(task)
        except DocumentError as error:
            attempts: tuple[Attempt, ...] = (_document_attempt(error),)
        else:
            self._on_event(PageStarted(task, image))
            if image.ink <= BLANK_INK:
                reading, attempts = _BLANK, ()
            else:
                try:
                    with self._stop.watching(stop.cancel):
                        outcome = self._asking.read(task, image, cancellation=stop)
                except ProcessCancelled:
                    if self._stop.cancelled:
                        raise
                    return True
                reading, attempts = outcome.reading, outcome.attempts
        if reading is not None and image is not None:
            reading = _to_keep(image, reading)
        opinion = self._sink.finish_opinion(
            task.document_id,
            task.page,
            asked=task.order[0] if task.order else "",
            reading=reading,
            attempts=attempts,
            width=image.width if image is not None else 0,
            height=image.height if image is not None else 0,
            box=task.box,
        )
        if opinion is not None:
            self._on_event(OpinionFinished(task, opinion))
        return True

    def _ask(self, task: PageTask, image: PageImage) -> PageOutcome:
        """Has a page read by an engine, and what it read compared with the page."""
        if self._inspecting is None:
            return self._asking.read(task, image)
        with self._inspecting.beside(task, image) as beside:
            outcome = self._asking.read(task, image)
            if outcome.reading is None:
                return outcome
            return msgspec.structs.replace(outcome, reading=beside.checked(outcome.reading))

    def _text_layer(self, task: PageTask) -> TextLayer | None:
        """What the PDF page says itself; None when it cannot be had, for its image was."""
        try:
            return self._reader.text_layer(
                task.document, task.page, password=task.password, cancellation=self._stop
            )
        except DocumentError:
            return None

    def _keep(
        self,
        task: PageTask,
        image: PageImage | None,
        reading: PageReading | None,
        attempts: tuple[Attempt, ...],
    ) -> None:
        if reading is not None and image is not None:
            reading = _to_keep(image, reading)
        record = self._sink.finish_page(
            task.document_id,
            task.page,
            reading=reading,
            attempts=attempts,
            width=image.width if image is not None else 0,
            height=image.height if image is not None else 0,
        )
        if record is None:
            return
        with self._lock:
            self._states[record.state] += 1
        self._on_event(PageFinished(task, record))

    def _tell_braked(self, now: bool) -> None:
        if now:
            self._on_event(RunBraked(self._brake.sentence))


def _pages_in_flight(tasks: Iterable[PageTask], registry: Registry) -> int:
    """Pages that one process of the engines asked first can have in flight."""
    first = {task.order[0] for task in tasks if task.order}
    return max((entry.card.capacity for entry in registry if entry.card.name in first), default=1)


def _document_attempt(error: DocumentError) -> Attempt:
    return Attempt(
        engine="",
        device="",
        started_at=time.time(),
        seconds=0.0,
        failure=FailureKind.DOCUMENT,
        sentence=error.sentence,
        details=error.details,
    )


def _last_reason(attempts: tuple[Attempt, ...]) -> str:
    """Of the last engine that saw the page, else of the last that was named for it."""
    seen = [attempt.sentence for attempt in attempts if attempt.pixels]
    return seen[-1] if seen else attempts[-1].sentence


def _with_verdict_on(layer: TextLayer, reading: PageReading) -> PageReading:
    verdict = f"The text in the PDF was not used: {layer.sentence}"
    return msgspec.structs.replace(reading, why=f"{verdict} {reading.why}".strip())


def _to_keep(image: PageImage, reading: PageReading) -> PageReading:
    """The reading without what the checks needed, with a warning when the image has a defect."""
    reading = msgspec.structs.replace(reading, detected=None)
    kinds = {warning.kind for warning in reading.warnings}
    if not image.defect or WarningKind.PARTIAL_IMAGE in kinds:
        return reading
    warning = PageWarning(WarningKind.PARTIAL_IMAGE, image.defect)
    return msgspec.structs.replace(reading, warnings=(*reading.warnings, warning))
