"""A run over the queue: pages rendered ahead, read with fallback, and kept one by one."""

from __future__ import annotations

from collections.abc import Callable

import msgspec

from textlift.documents.client import DocumentReader
from textlift.engines.registry import Registry
from textlift.processes.cancellation import Cancellation
from textlift.recognition.engine_pool import EnginePool
from textlift.recognition.events import Event
from textlift.recognition.sink import PageSink
from textlift.recognition.tasks import TaskQueue


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
    ) -> None:
        """Prepares; ``execute`` does it.

        Args:
            queue: The pages; those not finished are in it when the run ends.
            registry: The engines that may be asked.
            pool: Their processes; stays open after the run.
            reader: Renders the pages. Its calls are one after the other: a window that wants
                thumbnails meanwhile needs a reader of its own.
            sink: Keeps each page the moment it is read.
            on_event: Called from the run's threads, also from several at once.
            cancellation: Ends the run within about a second.
            lanes: Processes of one engine to use at once.
        """
        self._queue = queue
        self._registry = registry
        self._pool = pool
        self._reader = reader
        self._sink = sink
        self._on_event = on_event
        self._cancellation = cancellation
        self._lanes = lanes

    def execute(self) -> RunSummary:
        """Blocks until the queue is empty, the run is cancelled or it gives up.

        Raises:
            SessionError: A page could not be kept; it waits in the queue again.
        """
        return RunSummary()
