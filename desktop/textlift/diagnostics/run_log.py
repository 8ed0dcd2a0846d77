"""Writes what a run tells into the log: kinds, models and seconds, never text or names of files."""

from __future__ import annotations

import logging

from textlift.content.attempt import Attempt
from textlift.content.page import PageRecord
from textlift.diagnostics.privacy import harmless_sentence, without_person, without_quotations
from textlift.recognition.events import (
    AttemptFailed,
    EngineLoaded,
    EngineLoading,
    EngineSkipped,
    Event,
    OpinionFinished,
    PageFinished,
    RunBraked,
)
from textlift.recognition.tasks import PageTask

log = logging.getLogger(__name__)


def log_event(event: Event) -> None:
    """Writes an event down; from any thread."""
    match event:
        case EngineLoading(engine=engine):
            log.info("loading %s", engine)
        case EngineLoaded(engine=engine, device=device, pid=pid):
            log.info("loaded %s on %s, process %d", engine, device, pid)
        case EngineSkipped(engine=engine, failure=failure, sentence=sentence):
            harmless = without_person(without_quotations(sentence))
            log.warning("%s is not asked again: %s. %s", engine, failure.value, harmless)
        case AttemptFailed(task=task, attempt=attempt):
            _log_attempt(task, attempt)
        case PageFinished(task=task, record=record):
            _log_page(task, record)
        case OpinionFinished(task=task, opinion=opinion):
            # Its failures were told one by one.
            read = [attempt for attempt in opinion.attempts if attempt.failure is None]
            for attempt in read:
                _log_attempt(task, attempt)
        case RunBraked():
            log.warning("the run gave up")
        case _:
            return


def _log_page(task: PageTask, record: PageRecord) -> None:
    for attempt in record.attempts:
        if attempt.failure is None or not attempt.engine:
            _log_attempt(task, attempt)
    warnings = len(record.reading.warnings) if record.reading is not None else 0
    log.info("%s: %s, %d warnings", _place(task), record.state.value, warnings)


def _log_attempt(task: PageTask, attempt: Attempt) -> None:
    level = logging.INFO if attempt.failure is None else logging.WARNING
    second = " (second opinion)" if task.opinion else ""
    log.log(
        level,
        "%s%s: %s",
        _place(task),
        second,
        attempt_words(attempt),
        extra={"output": attempt.details},
    )


def attempt_words(attempt: Attempt) -> str:
    """A try in one line, without anything of the page."""
    words = [attempt.engine or "the document itself"]
    words.append("read it" if attempt.failure is None else f"failed: {attempt.failure.value}")
    words.append(f"{attempt.seconds:.1f} s")
    if attempt.device:
        words.append(attempt.device)
    if attempt.pixels:
        words.append(f"{attempt.pixels / 1e6:.1f} Mpx")
    if attempt.lacking_memory:
        words.append(f"lacking {attempt.lacking_memory} bytes")
    if attempt.generation is not None:
        words.append(f"{attempt.generation.tokens} tokens")
    sentence = harmless_sentence(attempt)
    return ", ".join(words) + (f". {sentence}" if sentence else "")


def _place(task: PageTask) -> str:
    """The number of the document in the session: its name may be nobody's business."""
    return f"document {task.document_id} ({task.document.format}), page {task.page}"
