"""Scripted engines, drawn pages and a run over them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from doubles.drawn_reader import DrawnReader, drawn_document
from doubles.engine_script import EngineScript
from doubles.watching import EventLog, MemorySink
from textlift.engines.contract import EngineOptions
from textlift.inspection.client import PageInspector
from textlift.processes.cancellation import Cancellation
from textlift.recognition.engine_pool import EnginePool
from textlift.recognition.run import RecognitionRun, RunSummary
from textlift.recognition.tasks import PageTask, TaskQueue


class Desk:
    """Everything a run needs, put together.

    Attributes:
        script: Add engines before ``run``.
        reader: Draws the pages.
        sink: Holds what was read.
        log: Holds what was told.
        queue: Of the last run.
        cancellation: Of the last run.
        inspector: Looks at the pages; without one they are not checked.
        never: Engines that are not to be asked for that.
    """

    def __init__(self, script: EngineScript, reader: DrawnReader) -> None:
        self.script = script
        self.reader = reader
        self.sink = MemorySink()
        self.log = EventLog()
        self.queue = TaskQueue()
        self.cancellation = Cancellation()
        self.inspector: PageInspector | None = None
        self.never: tuple[str, ...] = ()
        self._pools: list[EnginePool] = []

    def tasks(self, pages: int, *order: str, **fields: object) -> list[PageTask]:
        document = drawn_document(pages)
        return [
            PageTask(document_id=1, document=document, page=page, order=order, **fields)
            for page in range(1, pages + 1)
        ]

    @property
    def pool(self) -> EnginePool:
        if not self._pools:
            self._pools.append(EnginePool(self.script.registry, EngineOptions()))
        return self._pools[0]

    def prepare(self, pages: int, *order: str, lanes: int = 1, **fields: object) -> RecognitionRun:
        self.queue.add(self.tasks(pages, *order, **fields))
        return RecognitionRun(
            self.queue,
            registry=self.script.registry,
            pool=self.pool,
            reader=self.reader,
            sink=self.sink,
            on_event=self.log.add,
            cancellation=self.cancellation,
            lanes=lanes,
            inspector=self.inspector,
            never=self.never,
        )

    def run(self, pages: int, *order: str, lanes: int = 1, **fields: object) -> RunSummary:
        return self.prepare(pages, *order, lanes=lanes, **fields).execute()

    def record(self, page: int):
        return self.sink.records[1, page]

    def failures(self, page: int) -> list[tuple[str, str | None]]:
        """(engine, kind of failure or None) of each attempt at a page."""
        return [
            (attempt.engine, attempt.failure.value if attempt.failure else None)
            for attempt in self.record(page).attempts
        ]

    def close(self) -> None:
        self.cancellation.cancel()
        for pool in self._pools:
            pool.close()


@pytest.fixture
def desk(script: EngineScript, tmp_path: Path) -> Iterator[Desk]:
    folder = tmp_path / "drawn"
    folder.mkdir()
    desk = Desk(script, DrawnReader(folder))
    yield desk
    desk.close()
