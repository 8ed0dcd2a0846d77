"""Everything that went wrong in the session, and how each model has done; followed live."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

import msgspec
from PySide6.QtCore import QObject, QTimer, Signal

from textlift.content.attempt import Attempt
from textlift.diagnostics.model_record import ModelRecord, ModelRecords
from textlift.recognition.events import Event, OpinionFinished, PageFinished
from textlift.ui.journal import Journal, JournalEntry
from textlift.ui.problem_words import Problem, page_problem
from textlift.ui.reader_thread import PageKey

if TYPE_CHECKING:
    from textlift.sessions.store import SessionStore
    from textlift.ui.workspace import Workspace

_Round = tuple[int, int, float]
"""A reading of a page: document, page, and when its first try began."""


class _Loaded(msgspec.Struct, frozen=True):
    """What the session holds: its failures, the records of models, and what they are made of."""

    problems: list[Problem]
    records: ModelRecords
    rounds: frozenset[_Round]


class _Finished(msgspec.Struct, frozen=True):
    """A reading of a page that has come to its end, without what was read."""

    place: PageKey
    attempts: tuple[Attempt, ...]


class Problems(QObject):
    """What went wrong on the pages of the session, and what the journal holds.

    The session is asked in its thread; what happens meanwhile is shown at once and counted once.

    Signals:
        reset: All of them are others now.
        added: Some more: a list of ``Problem``.
        counted: Their number, how many of them are new, or the records of models.
    """

    reset = Signal()
    added = Signal(object)
    counted = Signal()

    def __init__(
        self, workspace: Workspace, journal: Journal, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._workspace = workspace
        self._journal = journal
        self._of_pages: list[Problem] = []
        self._of_program: list[Problem] = [_of_entry(entry) for entry in journal.entries]
        self._records = ModelRecords()
        self._asked = 0
        self._loading = False
        self._meanwhile: list[_Finished] = []
        self.new = 0
        journal.added.connect(self._on_journal)
        # Documents go by the hundred: the session is asked once for all of a turn.
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.setInterval(0)
        self._soon.timeout.connect(self.load)
        workspace.restored.connect(lambda _: self.load())
        workspace.removed.connect(self._soon.start)
        if workspace.is_restored:
            self._soon.start()

    def __len__(self) -> int:
        return len(self._of_pages) + len(self._of_program)

    def all(self) -> list[Problem]:
        """All of them, in no order."""
        return [*self._of_pages, *self._of_program]

    def records(self) -> tuple[ModelRecord, ...]:
        """How each model has done."""
        return self._records.records()

    def look(self) -> None:
        """The user has seen them all."""
        self.new = 0
        self.counted.emit()

    def load(self) -> None:
        """Asks the session for everything anew."""
        self._asked += 1
        asked = self._asked
        self._loading = True
        self._workspace.session.ask(_look_up, lambda loaded: self._on_loaded(asked, loaded))

    def _on_loaded(self, asked: int, loaded: _Loaded) -> None:
        if asked != self._asked:
            return  # A newer answer is on its way.
        self._loading = False
        self._of_pages, self._records = loaded.problems, loaded.records
        meanwhile, self._meanwhile = self._meanwhile, []
        for finished in meanwhile:
            place, attempts = finished.place, finished.attempts
            begun = attempts[0].started_at if attempts else 0.0
            if attempts and (place.document_id, place.page, begun) not in loaded.rounds:
                self._take(finished)
        # What was new may have gone with its document.
        self.new = min(self.new, len(self))
        self.reset.emit()
        self.counted.emit()

    def on_event(self, event: Event) -> None:
        """Takes note of a page that was read, or was not."""
        if not isinstance(event, PageFinished | OpinionFinished):
            return
        finished = _Finished(PageKey(*event.task.key), _attempts(event))
        if self._loading:
            self._meanwhile.append(finished)
        self._tell(self._take(finished))

    def _take(self, finished: _Finished) -> list[Problem]:
        document = self._workspace.get(finished.place.document_id)
        if document is None:
            return []
        self._records.add(finished.attempts)
        found = list(_problems(finished.place, document.title, finished.attempts))
        self._of_pages += found
        return found

    def _on_journal(self, entry: JournalEntry) -> None:
        problem = _of_entry(entry)
        self._of_program.append(problem)
        self._tell([problem])

    def _tell(self, found: list[Problem]) -> None:
        self.new += len(found)
        if found:
            self.added.emit(found)
        self.counted.emit()


def _attempts(event: PageFinished | OpinionFinished) -> tuple[Attempt, ...]:
    return event.record.attempts if isinstance(event, PageFinished) else event.opinion.attempts


def _reader(attempts: Iterable[Attempt]) -> str:
    return next((one.engine for one in attempts if one.failure is None), "")


def _problems(place: PageKey, title: str, attempts: tuple[Attempt, ...]) -> Iterable[Problem]:
    read_by = _reader(attempts)
    for attempt in attempts:
        if attempt.failure is not None:
            yield page_problem(attempt, place=place, title=title, read_by=read_by)


def _of_entry(entry: JournalEntry) -> Problem:
    return Problem(
        at=entry.at,
        kind=entry.matter,
        sentence=entry.sentence,
        title=entry.title,
        details=entry.details,
    )


def _look_up(store: SessionStore) -> _Loaded:
    """All that the session holds; in the session's thread."""
    records = ModelRecords()
    rounds = set()
    readers: dict[tuple[int, int, float, str], str] = {}
    for tries in store.tries():
        records.add(tries.attempts)
        rounds.add((tries.document_id, tries.page, tries.attempts[0].started_at))
        reader = _reader(tries.attempts)
        if reader:
            for attempt in tries.attempts:
                key = (tries.document_id, tries.page, attempt.started_at, attempt.engine)
                readers[key] = reader
    problems = [
        page_problem(
            failure.attempt,
            place=PageKey(failure.document_id, failure.page),
            title=failure.title,
            read_by=readers.get(
                (
                    failure.document_id,
                    failure.page,
                    failure.attempt.started_at,
                    failure.attempt.engine,
                ),
                "",
            ),
        )
        for failure in store.failures()
    ]
    return _Loaded(problems, records, frozenset(rounds))
