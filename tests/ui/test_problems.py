"""The problems of a session while it is being asked: nothing is lost and nothing counts twice."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtCore import QObject, Signal

from doubles.drawn_reader import drawn_document
from textlift.content.attempt import Attempt, FailureKind
from textlift.content.page import PageRecord, PageState
from textlift.recognition.events import PageFinished
from textlift.recognition.tasks import PageTask
from textlift.sessions.store import SessionStore
from textlift.sessions.stored import StoredDocument
from textlift.ui.journal import Journal
from textlift.ui.listed_document import ListedDocument
from textlift.ui.problems import Problems


class SlowSession:
    """Asks the store at once, and answers when it is told to."""

    def __init__(self, store: SessionStore) -> None:
        self._store = store
        self.answers: list[Callable[[], object]] = []

    def ask(self, work: Callable, then: Callable) -> None:
        answer = work(self._store)
        self.answers.append(lambda: then(answer))


class OneDocument(QObject):
    """A workspace with one document."""

    restored = Signal(object)
    is_restored = False
    removed = Signal(int)

    def __init__(self, store: SessionStore, document: StoredDocument) -> None:
        super().__init__()
        self.session = SlowSession(store)
        self._document = ListedDocument(document)

    def get(self, document_id: int) -> ListedDocument | None:
        return self._document if document_id == self._document.id else None


@pytest.fixture
def store(tmp_path):
    store = SessionStore(tmp_path / "session.sqlite3")
    yield store
    store.close()


@pytest.fixture
def workspace(store, qtbot):
    return OneDocument(store, store.add_document(drawn_document(9), title="scan.pdf"))


@pytest.fixture
def problems(workspace):
    return Problems(workspace, Journal())


def finish(store: SessionStore, page: int) -> PageFinished:
    """A page that was lost, as it is stored and told of."""
    attempt = Attempt("one", "cpu", float(page), 1.0, failure=FailureKind.CRASHED, pixels=5)
    store.finish_page(1, page, reading=None, attempts=(attempt,), width=1, height=1)
    task = PageTask(1, drawn_document(9), page, order=("one",))
    return PageFinished(task, PageRecord(page, PageState.FAILED, attempts=(attempt,)))


def pages(problems: Problems) -> list[int]:
    return sorted(problem.place.page for problem in problems.all() if problem.place)


def test_what_happens_while_the_session_is_asked_is_counted_once(store, workspace, problems):
    finish(store, 1)
    both = finish(store, 2)
    workspace.restored.emit(())
    problems.on_event(both)
    problems.on_event(finish(store, 3))
    assert pages(problems) == [2, 3]
    assert problems.new == 2
    (answer,) = workspace.session.answers
    answer()
    assert pages(problems) == [1, 2, 3]
    assert problems.new == 2
    (record,) = problems.records()
    assert record.asked == 3
    problems.on_event(finish(store, 4))
    assert pages(problems) == [1, 2, 3, 4]


def test_an_answer_that_is_out_of_date_is_not_taken(store, workspace, problems, qtbot):
    finish(store, 1)
    workspace.restored.emit(())
    store.remove_document(1)
    workspace.removed.emit(1)
    qtbot.waitUntil(lambda: len(workspace.session.answers) == 2)
    first, second = workspace.session.answers
    second()
    first()
    assert pages(problems) == []
    assert problems.records() == ()


def test_a_session_that_gives_no_answer_keeps_nothing_from_being_seen(store, workspace, problems):
    workspace.restored.emit(())
    problems.on_event(finish(store, 1))
    assert pages(problems) == [1]


def test_what_is_new_goes_with_its_document(store, workspace, problems, qtbot):
    problems.on_event(finish(store, 1))
    assert problems.new == 1
    store.remove_document(1)
    workspace.removed.emit(1)
    qtbot.waitUntil(lambda: bool(workspace.session.answers))
    (answer,) = workspace.session.answers
    answer()
    assert (len(problems), problems.new) == (0, 0)
