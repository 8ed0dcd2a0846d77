from __future__ import annotations

import pytest
from PySide6.QtCore import QModelIndex, QObject, Qt, Signal
from PySide6.QtGui import QPixmap
from PySide6.QtTest import QAbstractItemModelTester

from textlift.content.page import PageState
from textlift.documents.messages import DocumentInfo, Fingerprint
from textlift.sessions.stored import PageSummary, StoredDocument
from textlift.ui.document_model import DocumentModel, SubtitleRole
from textlift.ui.document_tree import DocumentTree
from textlift.ui.listed_document import ListedDocument
from textlift.ui.reader_thread import PageKey


class CountingThumbnails(QObject):
    """Has no pictures; keeps which were asked for."""

    drawn = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self.asked: list[tuple[int, int]] = []

    def picture(self, document: ListedDocument, page: int) -> QPixmap | None:
        self.asked.append((document.id, page))
        return None


def listed(number: int, pages: int, summaries: dict[int, PageSummary] | None = None):
    info = DocumentInfo(f"/tmp/{number}.pdf", "PDF", pages, Fingerprint(1, 1))
    return ListedDocument(StoredDocument(number, f"{number}.pdf", info, 0.0), summaries=summaries)


@pytest.fixture
def thumbnails(qapp):
    return CountingThumbnails()


@pytest.fixture
def model(thumbnails, qtmodeltester):
    model = DocumentModel(thumbnails)
    tester = QAbstractItemModelTester(
        model, QAbstractItemModelTester.FailureReportingMode.Fatal, model
    )
    yield model
    tester.deleteLater()


@pytest.fixture
def tree(model, qtbot):
    tree = DocumentTree(model)
    qtbot.addWidget(tree)
    tree.resize(280, 600)
    tree.show()
    return tree


def test_two_levels(model):
    model.add(listed(1, 3))
    model.add(listed(2, 1))
    model.list_all()
    first, second = model.index(0, 0), model.index(1, 0)
    assert model.rowCount() == 2
    assert model.rowCount(first) == 3
    assert model.rowCount(second) == 0, "a single page needs no row of its own"
    assert model.index(2, 0, first).data() == "Page 3"
    assert model.parent(model.index(2, 0, first)) == first
    assert model.key_at(second) == PageKey(2, 1)
    assert model.index_of(PageKey(2, 1)) == second
    assert model.index_of(PageKey(1, 2)) == model.index(1, 0, first)
    assert not model.index_of(PageKey(9, 1)).isValid()


def test_removing_keeps_the_others_in_place(model):
    for number in (1, 2, 3):
        model.add(listed(number, 2))
    model.list_all()
    model.remove(2)
    assert [model.index(row, 0).data() for row in range(2)] == ["1.pdf", "3.pdf"]
    assert model.parent(model.index_of(PageKey(3, 2))) == model.index(1, 0)


def test_states_in_words(model):
    summaries = {
        1: PageSummary(PageState.DONE),
        2: PageSummary(PageState.WARNED, warnings=2, failures=1),
        3: PageSummary(PageState.FAILED, failures=2),
        4: PageSummary(PageState.QUEUED),
    }
    model.add(listed(1, 5, summaries))
    top = model.index(0, 0)
    words = [model.index(row, 0, top).data(SubtitleRole) for row in range(5)]
    assert words == ["Read", "Read, 2 to check, 1 failed try", "Failed", "Waiting", "Not read"]
    assert top.data(SubtitleRole) == "2 of 5 read, 1 failed, 2 to check"
    assert model.looks(top).state is PageState.QUEUED
    spoken = model.index(1, 0, top).data(Qt.ItemDataRole.AccessibleTextRole)
    assert spoken == "Page 2: Read, 2 to check, 1 failed try"


def test_the_page_in_hand_says_so(model):
    model.add(listed(1, 2))
    key = PageKey(1, 2)
    model.set_being_read(key, reading=True)
    assert model.index_of(key).data(SubtitleRole) == "Being read…"
    assert model.looks(model.index_of(key)).reading
    model.clear_being_read()
    assert not model.looks(model.index_of(key)).reading


def test_of_ten_thousand_pages_only_what_shows_is_drawn(thumbnails, qtbot):
    model = DocumentModel(thumbnails)
    tree = DocumentTree(model)
    qtbot.addWidget(tree)
    tree.resize(280, 600)
    with qtbot.waitExposed(tree):
        tree.show()
    model.add(listed(1, 10_000))
    tree.expand(model.document_index(1))
    tree.grab()
    tree.show_page(PageKey(1, 9_000))
    tree.grab()
    assert len(set(thumbnails.asked)) < 60
    assert (1, 9_000) in thumbnails.asked
    assert tree.currentIndex().data() == "Page 9,000"


def test_selected_rows_as_pages(model, tree):
    model.add(listed(1, 3))
    model.add(listed(2, 1))
    model.list_all()
    tree.expandAll()
    tree.selectAll()
    assert tree.chosen_documents() == [1, 2]
    assert tree.chosen_pages() == [PageKey(1, 1), PageKey(1, 2), PageKey(1, 3), PageKey(2, 1)]
    tree.clearSelection()
    tree.show_page(PageKey(1, 2))
    assert tree.chosen_pages() == [PageKey(1, 2)]


def test_choosing_a_row_tells_its_page(model, tree):
    chosen = []
    tree.page_chosen.connect(chosen.append)
    model.add(listed(1, 3))
    tree.setCurrentIndex(model.index(0, 0))
    tree.show_page(PageKey(1, 3))
    tree.setCurrentIndex(QModelIndex())
    assert chosen == [PageKey(1, 1), PageKey(1, 3), None]


def test_each_row_that_is_seen_is_asked_once_how_it_looks(tree, model, monkeypatch):
    asked = []
    looks = DocumentModel.looks
    monkeypatch.setattr(DocumentModel, "looks", lambda *of: asked.append("looks") or looks(*of))
    for number in range(1, 30):
        model.add(listed(number, 1))
    model.list_all()
    tree.grab()
    seen = tree.viewport().height() // tree.sizeHintForRow(0) + 1
    assert seen - 2 <= len(asked) <= 2 * seen < 29


def test_what_is_painted_of_a_row(model):
    model.add(listed(1, 1))
    model.add(listed(2, 3, {2: PageSummary(PageState.DONE)}))
    model.list_all()
    top = model.document_index(2)
    assert model.looks(model.document_index(1))[:2] == ("1.pdf", "Not read")
    assert model.looks(top).title == "2.pdf"
    assert model.looks(top).subtitle == top.data(SubtitleRole)
    page = model.index(1, 0, top)
    assert model.looks(page)[:2] == (page.data(), page.data(SubtitleRole)) == ("Page 2", "Read")
    assert model.looks(page).state is PageState.DONE
    assert model.looks(QModelIndex()) is None


def test_words_are_cut_once_for_each_width(tree, model):
    model.add(listed(1, 1))
    tree.resize(200, 300)
    tree.grab()
    words = tree.itemDelegate()._words
    cut = dict(words._elided)
    assert {text for text, _, _ in cut} == {"1.pdf", "Not read"}
    tree.grab()
    assert tree.itemDelegate()._words is words
    assert words._elided == cut
    tree.resize(170, 300)
    tree.grab()
    assert len(words._elided) == 4
