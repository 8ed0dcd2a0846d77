"""The rows of the list of problems: sorted, filtered, and many."""

from __future__ import annotations

import time

import pytest
from PySide6.QtCore import QPersistentModelIndex, Qt
from PySide6.QtTest import QAbstractItemModelTester

from textlift.content.attempt import Attempt, FailureKind
from textlift.ui.journal import Matter
from textlift.ui.problem_items import COLUMNS, ProblemItems
from textlift.ui.problem_words import Problem, page_problem, problem_story
from textlift.ui.reader_thread import PageKey

TITLES = {"dots": "dots.ocr", "got": "GOT-OCR2"}


def problem(
    at: float,
    *,
    engine: str = "dots",
    kind: FailureKind = FailureKind.CRASHED,
    page: int = 1,
    title: str = "scan.pdf",
    sentence: str = "It stopped.",
) -> Problem:
    attempt = Attempt(engine, "cuda:0", at, 3.25, failure=kind, sentence=sentence)
    return page_problem(attempt, place=PageKey(1, page), title=title, read_by="")


@pytest.fixture
def items(qtbot):
    items = ProblemItems(engine_title=TITLES.__getitem__)
    QAbstractItemModelTester(items, QAbstractItemModelTester.FailureReportingMode.Fatal, items)
    return items


def pages(items) -> list[int]:
    return [items.problem(row).place.page for row in range(items.rowCount())]


def test_the_newest_comes_first_until_something_else_is_asked(items):
    items.show_problems([problem(2.0, page=9), problem(3.0, page=1), problem(1.0, page=10)])
    assert pages(items) == [1, 9, 10]
    items.sort(COLUMNS.index("Page"), Qt.SortOrder.AscendingOrder)
    assert pages(items) == [1, 9, 10]
    items.sort(COLUMNS.index("Page"), Qt.SortOrder.DescendingOrder)
    assert pages(items) == [10, 9, 1]


@pytest.mark.parametrize("order", list(Qt.SortOrder))
@pytest.mark.parametrize("column", range(len(COLUMNS)))
def test_what_comes_later_stands_where_sorting_would_put_it(items, column, order):
    some = [
        problem(float(n * 7 % 11), page=n * 5 % 7, engine="got" if n % 2 else "dots")
        for n in range(12)
    ]
    items.sort(column, order)
    items.add(some)
    one_by_one = [items.problem(row) for row in range(items.rowCount())]
    items.sort(column, order)
    assert [items.problem(row) for row in range(items.rowCount())] == one_by_one


def test_filters_are_joined(items):
    items.show_problems(
        [
            problem(1.0, page=1, sentence="No memory"),
            problem(2.0, page=2, engine="got", sentence="no MEMORY"),
            problem(3.0, page=3, kind=FailureKind.RAN_AWAY, sentence="memory"),
            Problem(4.0, Matter.EXPORT, "There is no memory left."),
        ]
    )
    assert items.engines() == ["dots", "got"]
    assert items.kinds() == [FailureKind.CRASHED, FailureKind.RAN_AWAY, Matter.EXPORT]
    items.search("memory NO")
    assert [items.problem(row).at for row in range(items.rowCount())] == [4.0, 2.0, 1.0]
    items.filter(engine="dots", kind=None)
    assert pages(items) == [1]
    items.filter(engine=None, kind=Matter.EXPORT)
    assert items.rowCount() == 1
    items.add([problem(5.0), Problem(6.0, Matter.EXPORT, "no memory again")])
    assert (items.rowCount(), items.total) == (2, 6)


def test_what_is_selected_stays_selected(items):
    items.show_problems([problem(float(at), page=at) for at in range(1, 6)])
    kept = QPersistentModelIndex(items.index(1, 0))
    assert items.problem(kept.row()).place.page == 4
    items.add([problem(9.0, page=9)])
    items.sort(COLUMNS.index("Page"), Qt.SortOrder.AscendingOrder)
    assert items.problem(kept.row()).place.page == 4


def test_ten_thousand_are_no_burden(qapp):
    items = ProblemItems(engine_title=TITLES.__getitem__)
    many = [
        problem(float(n), page=n % 300, engine="got" if n % 3 else "dots") for n in range(10_000)
    ]
    slowest = 0.0
    for do in (
        lambda: items.show_problems(many),
        lambda: items.search("it stopped scan"),
        lambda: items.sort(3, Qt.SortOrder.AscendingOrder),
        lambda: items.add([problem(5.5)]),
    ):
        # Of this thread, for the machine may have other things to do.
        started = time.thread_time()
        do()
        slowest = max(slowest, time.thread_time() - started)
    assert items.rowCount() == 10_001
    assert slowest < 0.5


def test_a_row_is_a_line_of_a_table(items):
    items.show_problems([problem(0.0, page=7, title="=1+1", sentence="a\tb\nc")])
    assert items.cells(0)[1:] == ("=1+1", "7", "dots.ocr", "Crashed", "a b c")


def test_the_words_of_a_row_are_made_once_and_when_they_are_wanted(qtbot):
    asked = []
    items = ProblemItems(engine_title=lambda name: asked.append(name) or name)
    items.show_problems([problem(float(number)) for number in range(300)])
    items.sort(0, Qt.SortOrder.AscendingOrder)
    items.filter(engine="dots", kind=FailureKind.CRASHED)
    assert not asked
    for column in range(len(COLUMNS)):
        assert items.index(0, column).data()
    assert len(asked) == 1
    for text in ("stopped", "scan", "dots"):
        items.search(text)
        assert items.rowCount() == 300
    assert len(asked) == 300


def test_all_words_are_there_soon_so_that_a_search_does_not_make_them(qtbot):
    asked = []
    items = ProblemItems(engine_title=lambda name: asked.append(name) or name)
    items.show_problems([problem(float(number)) for number in range(300)])
    qtbot.waitUntil(lambda: len(asked) == 300)
    items.add([problem(1000.0)])
    qtbot.waitUntil(lambda: len(asked) == 301)
    items.search("stopped")
    assert items.rowCount() == 301
    assert len(asked) == 301


def test_the_story_says_everything_but_what_was_read():
    attempt = Attempt(
        "dots",
        "cuda:0",
        0.0,
        3.2,
        failure=FailureKind.OUT_OF_MEMORY,
        sentence="There was not enough memory.",
        details="Traceback: …",
        pixels=2_100_000,
        partial="Dear Mrs Aldous",
        lacking_memory=1_900_000_000,
    )
    found = page_problem(attempt, place=PageKey(1, 3), title="scan.pdf", read_by="got")
    story = problem_story(found, engine_title=TITLES.__getitem__)
    assert story.startswith("Out of memory, ")
    assert "scan.pdf, page 3\ndots.ocr\nThere was not enough memory.\n" in story
    facts = "after 3.2 s · GPU 0 · 2.1 Mpx · needed 1.9 GB more"
    assert facts in story.replace("\u00a0", " ")
    assert "Had written 15 characters" in story
    assert "GOT-OCR2 read the page then." in story
    assert story.endswith("Traceback: …\n")
    assert "Aldous" not in story
