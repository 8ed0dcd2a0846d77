"""What is said about a run while it goes on, and at its end."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from pathlib import Path

from textlift.commands.batch import Batch
from textlift.commands.terminal import Reporter
from textlift.content.page import PageRecord, PageState
from textlift.diagnostics.run_log import log_event
from textlift.exports.file_names import printable
from textlift.exports.marks import failure_reason
from textlift.recognition.events import (
    EngineLoading,
    EngineSkipped,
    Event,
    PageFinished,
    PageStarted,
)
from textlift.recognition.tasks import PageTask


class RunReport:
    """Takes a run's events, from any of its threads."""

    def __init__(self, batch: Batch, *, reporter: Reporter) -> None:
        self.reporter = reporter
        self._batch = batch
        self._lock = threading.Lock()
        self._counts = dict.fromkeys(PageState, 0)
        self._to_check = 0
        self._after_failure = 0
        self._skipped: set[str] = set()
        self._last_lost: int | None = None

    def take(self, event: Event) -> None:
        """Says and logs what there is to say, and lets the exporter have a finished page."""
        log_event(event)
        match event:
            case PageStarted(task=task):
                self.reporter.describe(self._place(task))
            case EngineLoading(title=title):
                self.reporter.describe(f"Loading {title}")
            case EngineSkipped(engine=engine, title=title, sentence=sentence):
                if engine not in self._skipped:
                    self._skipped.add(engine)
                    self.reporter.note(f"{title} is left out: {sentence}")
            case PageFinished(task=task, record=record):
                with self._lock:
                    self._counts[record.state] += 1
                    self._to_check += bool(record.to_check)
                    self._after_failure += _read_after_failure(record)
                if record.state is PageState.FAILED:
                    self._last_lost = task.document_id
                    self.reporter.fail(f"{self._place(task)}: {failure_reason(record)}")
                self.reporter.advance()
                self._batch.finish(task.key)
            case _:
                return

    def take_last_lost(self) -> int | None:
        """Document of the last page that failed since this was asked before."""
        lost, self._last_lost = self._last_lost, None
        return lost

    @property
    def read(self) -> int:
        """Pages that have text, with or without warnings."""
        return self._counts[PageState.DONE] + self._counts[PageState.WARNED]

    @property
    def unread(self) -> int:
        """Pages that nobody came to."""
        return self._batch.page_count - self.read - self._counts[PageState.FAILED]

    def total(self, written: Sequence[Path]) -> str:
        """The last line of a run that went through."""
        parts = [f"{_pages(self.read)} read"]
        if self._to_check:
            parts.append(f"{self._to_check} of them with something to check")
        if self._after_failure:
            parts.append(f"{self._after_failure} of them after a model had failed")
        if failed := self._counts[PageState.FAILED]:
            parts.append(f"{failed} failed")
        if self.unread:
            parts.append(f"{self.unread} not reached")
        return f"{', '.join(parts)}.{_where(written, 'Saved')}"

    def interrupted(self, written: Sequence[Path]) -> str:
        """The last line of a run that was stopped: what is kept."""
        kept = f"Stopped. {self.read} of {_pages(self._batch.page_count)} had been read."
        return f"{kept}{_where(written, 'Kept')}"

    def dropped(self, document_id: int, pages: int, reason: str) -> None:
        """The other pages of a document are not tried, and why."""
        place = self._batch.document(document_id).file.shown_path
        self.reporter.fail(f"{place}: {_pages(pages)} not tried. {reason}")

    def _place(self, task: PageTask) -> str:
        file = self._batch.document(task.document_id).file
        if task.document.page_count == 1:
            return file.shown_path
        return f"{file.shown_path}, page {task.page}"


def _read_after_failure(record: PageRecord) -> bool:
    failed = any(attempt.failure is not None for attempt in record.attempts)
    return failed and record.state is not PageState.FAILED


def _pages(count: int) -> str:
    return "1 page" if count == 1 else f"{count} pages"


def _where(written: Sequence[Path], verb: str) -> str:
    if not written:
        return ""
    first = printable(written[0])
    if len(written) == 1:
        return f" {verb} in {first}."
    return f" {verb} in {len(written)} files in {printable(written[0].parent)}."
