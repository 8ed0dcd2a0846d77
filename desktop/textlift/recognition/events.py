"""What a run tells those who watch it, while it reads."""

from __future__ import annotations

import msgspec

from textlift.content.attempt import Attempt, FailureKind
from textlift.content.opinion import Opinion
from textlift.content.page import PageRecord
from textlift.content.page_image import PageImage
from textlift.engines.contract import ReadProgress
from textlift.models.engine_memory import EngineMemory
from textlift.recognition.tasks import PageTask


class PageStarted(msgspec.Struct, frozen=True):
    """A page was rendered and reading begins."""

    task: PageTask
    image: PageImage


class EngineLoading(msgspec.Struct, frozen=True):
    """An engine's process is being started; ``title`` is for people."""

    engine: str
    title: str


class EngineLoaded(msgspec.Struct, frozen=True):
    """An engine is ready.

    Attributes:
        engine: Its name.
        device: That it runs on.
        pid: Of its process.
        memory: What its model takes; None where it does not say.
    """

    engine: str
    device: str
    pid: int
    memory: EngineMemory | None = None


class PageProgressed(msgspec.Struct, frozen=True):
    """Part of a page was read by ``engine``."""

    task: PageTask
    engine: str
    progress: ReadProgress


class AttemptFailed(msgspec.Struct, frozen=True):
    """An engine gave no text for the page. What it streamed before is void.

    Attributes:
        task: The page.
        attempt: The record.
        next_engine: Title of the engine that tries next; empty when none is left.
    """

    task: PageTask
    attempt: Attempt
    next_engine: str = ""


class PageFinished(msgspec.Struct, frozen=True):
    """A page's outcome is stored. ``record`` holds its reading, or why there is none."""

    task: PageTask
    record: PageRecord


class OpinionFinished(msgspec.Struct, frozen=True):
    """A second opinion is stored."""

    task: PageTask
    opinion: Opinion


class EngineSkipped(msgspec.Struct, frozen=True):
    """An engine cannot be loaded and is not asked again in this run; told once."""

    engine: str
    title: str
    sentence: str
    failure: FailureKind = FailureKind.NOT_AVAILABLE


class RunBraked(msgspec.Struct, frozen=True):
    """The run gave up: too many pages in a row were lost by every engine."""

    sentence: str


Event = (
    PageStarted
    | EngineLoading
    | EngineLoaded
    | PageProgressed
    | AttemptFailed
    | PageFinished
    | OpinionFinished
    | EngineSkipped
    | RunBraked
)

TaskEvent = PageStarted | PageProgressed | AttemptFailed | PageFinished | OpinionFinished
"""Events about one page, or one second opinion."""
