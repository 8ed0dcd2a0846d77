"""Drills with a real model in its process: killed at every stage, and its folder gone."""

from __future__ import annotations

import os
import shutil
import signal
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest
from PIL import Image

from doubles.drawn_reader import drawn_document
from doubles.watching import EventLog, MemorySink
from textlift.content.attempt import FailureKind
from textlift.content.page_image import PageImage
from textlift.content.text_lines import page_text
from textlift.engines.contract import EngineOptions
from textlift.engines.registry import Registry
from textlift.engines.vision_language.entries import folder_engine
from textlift.processes.cancellation import Cancellation
from textlift.recognition.engine_pool import EnginePool
from textlift.recognition.events import (
    EngineLoaded,
    EngineLoading,
    EngineSkipped,
    Event,
    PageProgressed,
)
from textlift.recognition.run import RecognitionRun
from textlift.recognition.tasks import PageTask, TaskQueue
from tiny_models.checkpoints import CHECKPOINTS
from tiny_models.reading_matter import unseen_lines

pytestmark = pytest.mark.real_engine

MODEL = "qwen2_5_vl"
PAGES = 3


class LineReader:
    """Gives printed lines as pages."""

    def __init__(self, folder: Path, lines: list[tuple[str, Image.Image]]) -> None:
        self._pages: list[PageImage] = []
        for number, (_, image) in enumerate(lines, start=1):
            path = folder / f"line-{number}.png"
            image.save(path)
            self._pages.append(PageImage(str(path), image.width, image.height, ink=0.05))

    def render(self, document, page: int, **_: object) -> PageImage:
        return self._pages[page - 1]


class Drill:
    """A run over three lines with a copy of a tiny model."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder / MODEL
        shutil.copytree(CHECKPOINTS / MODEL, self.folder)
        # The longest, so that there is time while the model writes.
        lines = sorted(unseen_lines(MODEL, 20), key=lambda line: -len(line[0]))[:PAGES]
        self.printed = [text for text, _ in lines]
        self.reader = LineReader(folder, lines)
        self.entry = folder_engine(self.folder)
        self.name = self.entry.card.name
        self.pool = EnginePool(Registry([self.entry]), EngineOptions(device="cpu", threads=1))
        self.sink = MemorySink()
        self.log = EventLog()
        self.disturb: Callable[[Event], None] = lambda _: None

    def run(self, *pages: int) -> None:
        document = drawn_document(PAGES)
        modes = ((self.name, "text"),)
        RecognitionRun(
            TaskQueue(PageTask(1, document, page, (self.name,), modes=modes) for page in pages),
            registry=Registry([self.entry]),
            pool=self.pool,
            reader=self.reader,
            sink=self.sink,
            on_event=self._on_event,
            cancellation=Cancellation(),
        ).execute()

    def record(self, page: int):
        return self.sink.records[1, page]

    def failures(self, page: int) -> list[FailureKind | None]:
        return [attempt.failure for attempt in self.record(page).attempts]

    def texts(self) -> list[str]:
        return [page_text(self.sink.records[key]) for key in sorted(self.sink.records)]

    def kill_once(self, when: Callable[[Event], bool]) -> None:
        """Kills the engine at the first event that is meant, from where it is told."""
        killed: list[int] = []

        def disturb(event: Event) -> None:
            if not killed and when(event):
                killed.extend(self.pool.pids())
                for pid in killed:
                    os.kill(pid, signal.SIGKILL)

        self.disturb = disturb

    def _on_event(self, event: Event) -> None:
        self.log.add(event)
        self.disturb(event)


@pytest.fixture
def drill(tmp_path: Path) -> Iterator[Drill]:
    drill = Drill(tmp_path)
    with closing(drill.pool):
        yield drill


@pytest.mark.slow  # The drills with scripted engines kill processes before the first word too.
def test_killed_before_the_first_word(drill: Drill) -> None:
    drill.kill_once(
        lambda event: (
            isinstance(event, PageProgressed) and event.task.page == 2 and not event.progress.text
        )
    )
    drill.run(1, 2, 3)
    assert drill.failures(2) == [FailureKind.CRASHED, None]
    assert "exit code: -9" in drill.record(2).attempts[0].details
    assert drill.texts() == drill.printed


def test_killed_while_it_writes(drill: Drill) -> None:
    drill.kill_once(
        lambda event: (
            isinstance(event, PageProgressed) and event.task.page == 2 and event.progress.text != ""
        )
    )
    drill.run(1, 2, 3)
    assert drill.failures(2) == [FailureKind.CRASHED, None]
    first, _ = drill.record(2).attempts
    assert drill.printed[1].startswith(first.partial)
    assert first.generation is not None
    assert first.generation.tokens > 0
    assert first.peak_memory > 0
    assert drill.texts() == drill.printed


def test_a_folder_that_vanishes_is_missed_when_the_model_is_loaded_next(drill: Drill) -> None:
    drill.run(1)
    shutil.rmtree(drill.folder)
    drill.run(2)
    assert drill.failures(2) == [None], "what is loaded needs no file"
    drill.pool.unload(drill.name)
    drill.run(3)
    assert drill.failures(3) == [FailureKind.NOT_AVAILABLE]
    sentence = drill.record(3).attempts[0].sentence
    assert str(drill.folder) in sentence
    assert len(drill.log.all(EngineSkipped)) == 1
    assert drill.texts()[:2] == drill.printed[:2]


def test_a_folder_that_vanishes_while_the_model_is_loaded(drill: Drill) -> None:
    """Whatever it had read of the folder by then, there is a sentence, or it reads."""

    def disturb(event: Event) -> None:
        if isinstance(event, EngineLoading):
            shutil.rmtree(drill.folder)

    drill.disturb = disturb
    drill.run(1)
    assert drill.log.all(EngineLoaded) == []
    assert drill.failures(1) == [FailureKind.NOT_AVAILABLE]
    assert str(drill.folder) in drill.record(1).attempts[0].sentence
