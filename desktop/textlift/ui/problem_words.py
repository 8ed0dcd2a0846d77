"""What went wrong in words: its kind, and its story to copy."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping

import msgspec

from textlift.content.attempt import Attempt, FailureKind
from textlift.content.attempt_story import (
    EngineTitle,
    device_words,
    duration_words,
    pixel_words,
    size_words,
)
from textlift.ui.journal import Matter
from textlift.ui.reader_thread import PageKey

Kind = FailureKind | Matter

KIND_WORDS: Mapping[Kind, str] = {
    FailureKind.NOT_AVAILABLE: "Not available",
    FailureKind.DOES_NOT_FIT: "Does not fit",
    FailureKind.OUT_OF_MEMORY: "Out of memory",
    FailureKind.CRASHED: "Crashed",
    FailureKind.TIMED_OUT: "Took too long",
    FailureKind.WRONG_SCRIPT: "Other script",
    FailureKind.EMPTY_READING: "Found no text",
    FailureKind.RAN_AWAY: "Ran away",
    FailureKind.CUT_OFF: "Cut off",
    FailureKind.MALFORMED: "Broken answer",
    FailureKind.CANCELLED: "Stopped",
    FailureKind.DOCUMENT: "Page not opened",
    Matter.OPENING: "File not opened",
    Matter.EXPORT: "Not exported",
    Matter.DOWNLOAD: "Download failed",
    Matter.MODEL: "Model not usable",
    Matter.READING: "Reading given up",
    Matter.SESSION: "Session not kept",
    Matter.SETTINGS: "Settings",
    Matter.PROGRAM: "Unforeseen error",
}

_COUNTED = {
    FailureKind.DOES_NOT_FIT: "did not fit",
    FailureKind.WRONG_SCRIPT: "in another script",
    FailureKind.EMPTY_READING: "without text",
    FailureKind.MALFORMED: "broken",
}
"""After a number, where the usual words do not go there."""


class Problem(msgspec.Struct, frozen=True):
    """One thing that went wrong, on a page or anywhere else.

    Attributes:
        at: Seconds since the Unix epoch, UTC.
        kind: Of an attempt's failure, or what else it was about.
        sentence: For a person.
        title: Of the document or the model.
        place: The page; None where it belongs to none.
        engine: Name of the engine that failed; empty where none did.
        attempt: Its record, without what had been read; None where it belongs to no page.
        details: For a bug report.
        written: Characters that had been read before it failed.
        read_by: Name of the engine that read the page afterwards; empty where none did.
    """

    at: float
    kind: Kind
    sentence: str
    title: str = ""
    place: PageKey | None = None
    engine: str = ""
    attempt: Attempt | None = None
    details: str = ""
    written: int = 0
    read_by: str = ""


def page_problem(attempt: Attempt, *, place: PageKey, title: str, read_by: str) -> Problem:
    """The problem that a failed attempt at a page is."""
    assert attempt.failure is not None
    return Problem(
        at=attempt.started_at,
        kind=attempt.failure,
        sentence=attempt.sentence,
        title=title,
        place=place,
        engine=attempt.engine,
        # What had been read may be long, and is with the page.
        attempt=msgspec.structs.replace(attempt, partial="", details=""),
        details=attempt.details,
        written=len(attempt.partial),
        read_by=read_by,
    )


def when_words(at: float) -> str:
    """The local time, to the second."""
    return time.strftime("%Y-%m-%d %H:%M:%S", time.localtime(at))


def counted_kinds(failures: Mapping[FailureKind, int]) -> str:
    """Such as "3 out of memory, 1 ran away"."""
    return ", ".join(f"{count:,} {_counted(kind)}" for kind, count in failures.items())


def _counted(kind: FailureKind) -> str:
    return _COUNTED.get(kind) or KIND_WORDS[kind].lower()


def problem_story(problem: Problem, *, engine_title: EngineTitle) -> str:
    """All that is known of it, as plain text for a person and a bug report."""
    return "\n".join(_story(problem, engine_title)) + "\n"


def _story(problem: Problem, engine_title: EngineTitle) -> Iterator[str]:
    yield f"{KIND_WORDS[problem.kind]}, {when_words(problem.at)}"
    where = problem.title
    if problem.place is not None:
        where = f"{where}, page {problem.place.page}"
    if where:
        yield where
    if problem.engine:
        yield engine_title(problem.engine)
    yield problem.sentence
    if problem.attempt is not None:
        facts = list(_facts(problem.attempt))
        if facts:
            yield " · ".join(facts)
    if problem.written:
        yield f"Had written {problem.written:,} characters, which are kept with the page."
    if problem.place is not None and problem.engine:
        yield _outcome(problem, engine_title)
    if problem.details.strip():
        yield ""
        yield problem.details.strip()


def _facts(attempt: Attempt) -> Iterator[str]:
    if attempt.seconds:
        yield f"after {duration_words(attempt.seconds)}"
    if attempt.device:
        yield device_words(attempt.device)
    if attempt.pixels:
        yield pixel_words(attempt.pixels)
    if attempt.lacking_memory:
        yield f"needed {size_words(attempt.lacking_memory)} more"
    if attempt.peak_memory:
        yield f"{size_words(attempt.peak_memory)} of memory at most"
    generation = attempt.generation
    if generation is not None and generation.tokens:
        limit = f" of {generation.token_limit:,}" if generation.token_limit else ""
        yield f"{generation.tokens:,}{limit} tokens"
    yield f"[{attempt.failure.value if attempt.failure is not None else ''}]"


def _outcome(problem: Problem, engine_title: EngineTitle) -> str:
    if not problem.read_by:
        return "No model read it at that time."
    if problem.read_by == problem.engine:
        return "It read the page when it was asked again."
    return f"{engine_title(problem.read_by)} read the page then."
