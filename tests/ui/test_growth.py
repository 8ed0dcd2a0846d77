"""What the window does with many pages and documents: once for all of them where it can."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget

from textlift.content.attempt import FailureKind
from textlift.content.page import PageState
from textlift.documents.messages import DocumentInfo, Fingerprint
from textlift.recognition.tasks import PageTask, TaskQueue
from textlift.sessions.stored import PageSpan, PageSummary, StoredDocument
from textlift.ui.document_model import DocumentModel
from textlift.ui.document_tree import DocumentTree
from textlift.ui.listed_document import ListedDocument
from textlift.ui.problem_items import ProblemItems
from textlift.ui.problem_words import Problem
from textlift.ui.problems_window import ProblemsWindow
from textlift.ui.reader_thread import PageKey
from textlift.ui.text_search import _jobs
from textlift.ui.thumbnails import Thumbnails
from textlift.ui.workspace import Workspace

MANY = 300


def stored(number, pages=1):
    info = DocumentInfo(f"/{number}.pdf", "PDF", pages, Fingerprint(1, 1))
    return StoredDocument(number, f"{number}.pdf", info, 0.0)


@pytest.fixture
def workspace(folders, qtbot):
    """Not started; holds one-page documents."""
    workspace = Workspace(folders)
    for number in range(1, MANY + 1):
        workspace._list(ListedDocument(stored(number), among=workspace.tally))
    return workspace


@pytest.fixture
def asked(workspace, monkeypatch):
    """What the session is asked, which gives no answer."""
    questions = []
    monkeypatch.setattr(workspace.session, "ask", lambda *what, **_: questions.append(what))
    return questions


def test_many_documents_go_in_one_transaction(workspace, asked, qtbot):
    gone = []
    workspace.removed.connect(gone.append)
    workspace.remove(*range(1, MANY))
    qtbot.waitUntil(lambda: len(workspace) == 1)
    assert len(asked) == 1
    assert gone == list(range(MANY - 1, 0, -1))
    assert workspace.tally.pages == 1
    workspace.remove(1, 2)
    assert len(asked) == 1


def test_only_documents_that_changed_are_told_of(workspace, asked, qtbot):
    changed = []
    workspace.document_changed.connect(changed.append)
    workspace.refresh_states()
    ((_, answer),) = asked
    states = {number: {} for number in range(1, MANY + 1)}
    states[7] = {1: PageSummary(PageState.DONE)}
    answer(states)
    qtbot.waitUntil(lambda: bool(changed))
    answer(states)
    qtbot.wait(1)
    assert changed == [7]


def test_files_that_are_found_are_counted_at_once(workspace, asked, monkeypatch):
    counts, opened = [], []
    workspace.opening.connect(counts.append)
    monkeypatch.setattr(workspace.reader, "open", lambda path, **_: opened.append(path))
    workspace._on_found(tuple(f"/more/{number}.pdf" for number in range(MANY)), ())
    assert len(opened) == MANY
    assert len(counts) == 2


@pytest.mark.parametrize("backward", [False, True])
def test_a_search_asks_for_many_pages_at_once_and_for_each_once(backward):
    spans = [PageSpan(1, 5, 2004, backward), PageSpan(2, 1, 0, backward)]
    spans += [PageSpan(number, 1, 1, backward) for number in range(3, 503)]
    jobs = list(_jobs(spans))
    assert len(jobs) <= 2500 // 150
    pages = []
    for one in (span for job in jobs for span in job):
        numbers = list(range(one.first, one.last + 1))
        pages += [(one.document_id, page) for page in numbers[:: -1 if backward else 1]]
    book = [(1, page) for page in range(5, 2005)]
    assert pages == book[:: -1 if backward else 1] + [(number, 1) for number in range(3, 503)]


def test_pages_that_wait_are_not_looked_at_when_more_come_and_go(monkeypatch):
    counted = [0]
    identity = PageTask.identity.fget

    def counting(task):
        counted[0] += 1
        return identity(task)

    monkeypatch.setattr(PageTask, "identity", property(counting))
    info = stored(1, MANY).info
    queue = TaskQueue()
    for page in range(1, MANY + 1):
        queue.add([PageTask(document_id=1, document=info, page=page, order=("alpha",))])
        assert queue.pages == page
    assert [queue.take().page for _ in range(MANY)] == list(range(1, MANY + 1))
    assert counted[0] <= 2 * MANY


@pytest.fixture
def tree(workspace, qtbot):
    model = DocumentModel(Thumbnails(workspace.reader))
    for number, pages in ((1, 1), (2, MANY), (3, 4)):
        model.add(ListedDocument(stored(number, pages)))
    model.list_all()
    tree = DocumentTree(model)
    qtbot.addWidget(tree)
    tree.expandAll()
    return tree


def test_documents_that_come_one_upon_the_other_are_listed_together(workspace, qtbot):
    model = DocumentModel(Thumbnails(workspace.reader))
    listed = []
    model.rowsInserted.connect(lambda _parent, first, last: listed.append((first, last)))
    for number in range(1, MANY + 1):
        model.add(ListedDocument(stored(number)))
        model.refresh_document(number)
        model.refresh_page(PageKey(number, 1))
    assert listed == [(0, 0)]
    qtbot.waitUntil(lambda: len(listed) > 1)
    assert listed == [(0, 0), (1, MANY - 1)]


def test_a_document_that_is_asked_for_is_listed_at_once(workspace):
    model = DocumentModel(Thumbnails(workspace.reader))
    for number in range(1, 4):
        model.add(ListedDocument(stored(number)))
    assert model.rowCount() == 1
    assert model.index_of(PageKey(3, 1)).row() == 2
    model.add(ListedDocument(stored(4)))
    model.remove(4)
    assert model.rowCount() == 3


def test_selected_pages_are_found_by_ranges(tree, monkeypatch):
    tree.selectAll()
    keys = []
    key_at = DocumentModel.key_at
    monkeypatch.setattr(DocumentModel, "key_at", lambda *of: keys.append(of) or key_at(*of))
    chosen = tree.chosen_pages()
    assert chosen[0] == PageKey(1, 1)
    assert chosen[1 : MANY + 1] == [PageKey(2, page) for page in range(1, MANY + 1)]
    assert chosen[-4:] == [PageKey(3, page) for page in range(1, 5)]
    assert tree.selected_pages() == chosen[1:]
    assert tree.chosen_documents() == [1, 2, 3]
    assert not keys


def test_all_pages_are_selected_without_asking_of_each(tree, monkeypatch):
    asked = []
    index = DocumentModel.index
    monkeypatch.setattr(DocumentModel, "index", lambda *of: asked.append(of) or index(*of))
    QTest.keyClick(tree, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    assert len(asked) < MANY / 2
    assert len(tree.selected_pages()) == MANY + 4
    tree.collapse(tree._model.document_index(2))
    tree.clearSelection()
    tree.selectAll()
    assert tree.selected_pages() == [PageKey(3, page) for page in range(1, 5)]
    assert tree.chosen_documents() == [1, 2, 3]


def test_documents_beside_each_other_are_found_after_one_went(tree):
    model = tree._model
    model.remove(1)
    assert model.beside(2, 1).id == 3
    assert model.beside(2, -1) is None
    assert model.document_index(3).row() == 1


class SomeProblems(QObject):
    """So many problems, all of one model."""

    reset, added, counted = Signal(), Signal(object), Signal()
    new = 0

    def __init__(self, count):
        super().__init__()
        self._problems = [
            Problem(float(number), FailureKind.CRASHED, "It stopped.", engine="dots")
            for number in range(count)
        ]

    def all(self):
        return self._problems

    def records(self):
        return ()


@pytest.fixture
def parent(qtbot):
    parent = QWidget()
    qtbot.addWidget(parent)
    return parent


def asked_of_rows(parent, asked, qtbot, rows):
    """How often the number of rows is asked when all are selected; copies them too."""
    window = ProblemsWindow(SomeProblems(rows), engine_title=str, models=list, parent=parent)
    window.show()
    window.grab()
    asked.clear()
    window.view.selectAll()
    window.grab()
    number = len(asked)
    assert len(window.view.selectionModel().selectedRows()) == rows
    window.copy_table()
    qtbot.waitUntil(lambda: window.said.text().startswith(f"{rows:,} "))
    return number


def test_selecting_all_problems_asks_nothing_of_each(qtbot, parent, monkeypatch):
    asked = []
    count = ProblemItems.rowCount
    monkeypatch.setattr(ProblemItems, "rowCount", lambda *of: asked.append(of) or count(*of))
    few, many = (asked_of_rows(parent, asked, qtbot, rows) for rows in (100, 1000))
    assert many < few + 100
