"""The list of everything that went wrong, in the real window."""

from __future__ import annotations

import sys
import threading

import pytest
from PySide6.QtCore import QPoint, Qt, QThread, QTimer
from PySide6.QtGui import QGuiApplication

from doubles.engine_script import EXIT, READ, after, fail
from doubles.pages import make_pdf
from textlift.content.attempt import FailureKind
from textlift.diagnostics.unforeseen import ExceptionWatch
from textlift.ui.journal import Matter
from textlift.ui.notices import Notice
from textlift.ui.problem_items import COLUMNS

pytestmark = pytest.mark.qt_log_ignore("^This plugin does not support", extend=True)


@pytest.fixture
def pdf(tmp_path):
    path = tmp_path / "letters.pdf"
    make_pdf(path, 4)
    return path


@pytest.fixture
def failing(driver, script, pdf):
    """A window that has read four pages; the first engine failed at three of them."""
    script.engine(
        "alpha",
        title="Alpha",
        pages={
            2: [EXIT, READ],
            3: fail(FailureKind.CUT_OFF, "It did not come to an end."),
            4: fail(FailureKind.MALFORMED, "Its answer was broken."),
        },
    )
    script.engine("beta", title="Beta", pages={4: fail(FailureKind.EMPTY_READING, "No text.")})
    desktop = driver.start()
    driver.open(pdf)
    driver.wait_until_read()
    return desktop


def kinds(window) -> dict[int, list[FailureKind]]:
    found: dict[int, list[FailureKind]] = {}
    for row in range(window.items.rowCount()):
        problem = window.items.problem(row)
        found.setdefault(problem.place.page if problem.place else 0, []).append(problem.kind)
    return found


def test_everything_that_failed_is_listed_with_what_came_of_it(failing, driver):
    indicator = driver.window.status.problems
    assert indicator.isVisible()
    assert indicator.text() == "4 problems"
    assert "new" in indicator.accessibleName()
    indicator.click()
    window = failing.commands.problems.open()
    assert kinds(window) == {
        2: [FailureKind.CRASHED],
        3: [FailureKind.CUT_OFF],
        4: [FailureKind.EMPTY_READING, FailureKind.MALFORMED],
    }
    assert "new" not in indicator.accessibleName()
    by_page = {
        window.items.problem(row).place.page: window.items.problem(row).read_by
        for row in range(window.items.rowCount())
    }
    assert by_page == {2: "alpha", 3: "beta", 4: ""}
    driver.wait(lambda: window.records.rowCount() == 2)
    assert window.records.sentence(0).startswith(
        "Alpha: 4 pages asked, 1 crashed, 1 cut off, 1 broken, 25% read at the first try, "
    )
    assert window.records.sentence(1).startswith(
        "Beta: 2 pages asked, 1 without text, 50% read at the first try, "
    )


def test_it_is_the_same_after_a_new_start(failing, driver):
    before = kinds(failing.commands.problems.open())
    records = failing.commands.problems.problems.records()
    driver.close()
    desktop = driver.start()
    window = desktop.commands.problems.open()
    driver.wait(lambda: window.items.total == 4)
    assert kinds(window) == before
    assert desktop.commands.problems.problems.records() == records
    assert desktop.window.status.problems.accessibleName() == "4 problems"


def test_it_grows_while_pages_are_read(driver, script, pdf):
    script.engine(
        "alpha", pages={1: [EXIT, READ], 2: EXIT, 3: after(script.make_gate("third"), EXIT)}
    )
    desktop = driver.start()
    problems = desktop.commands.problems
    window = problems.open()
    driver.open(pdf)
    driver.wait(lambda: set(kinds(window)) == {1, 2})
    assert desktop.window.reading.active
    window.close()
    problems.problems.look()
    script.open_gate("third", times=2)
    driver.wait(lambda: set(kinds(window)) == {1, 2, 3})
    # Nobody has seen those of the third page.
    driver.wait(lambda: problems.problems.new == kinds(window)[3].count(FailureKind.CRASHED))


def test_a_row_leads_to_its_page_and_back_to_reading_it(failing, driver, script):
    window = failing.commands.problems.open()
    window.search.setText("cut off")
    assert window.items.rowCount() == 1
    window.view.setCurrentIndex(window.items.index(0, 0))
    window.go.click()
    assert failing.window.current.key.page == 3
    assert "It did not come to an end." in window.story.toPlainText()
    assert "Beta read the page then." in window.story.toPlainText()
    window.again_menu.aboutToShow.emit()
    (again,) = (one for one in window.again_menu.actions() if one.text() == "Beta")
    again.trigger()
    driver.wait(lambda: len(script.told("beta", 3)) == 2)
    driver.wait_until_read()
    # What went wrong then stays in the list; nothing else did.
    assert window.items.rowCount() == 1


@pytest.mark.parametrize("covers", [False, True])
def test_the_list_makes_way_for_the_page_that_it_covers(failing, driver, covers):
    window = failing.commands.problems.open()
    view = failing.window.page_view
    place = view.mapToGlobal(view.rect().center() if covers else view.rect().topRight())
    window.move(place if covers else place + QPoint(failing.window.width(), 0))
    window.go.click()
    assert window.isVisible() is not covers
    assert failing.commands.problems.open() is window
    assert window.isVisible()


def test_a_model_chosen_above_filters_the_list_below(failing, driver):
    window = failing.commands.problems.open()
    driver.wait(lambda: window.records.rowCount() == 2)
    window.record_view.clicked.emit(window.records.index(1, 0))
    assert kinds(window) == {4: [FailureKind.EMPTY_READING]}
    assert window.count.text() == "1 of 4"
    window.record_view.clicked.emit(window.records.index(1, 0))
    assert window.items.rowCount() == 4


def test_rows_are_copied_as_text_and_as_a_table(failing, driver):
    window = failing.commands.problems.open()
    window.items.sort(COLUMNS.index("Page"), Qt.SortOrder.AscendingOrder)
    window.view.selectAll()
    window.copy.click()
    copied = QGuiApplication.clipboard().text()
    assert copied.count("letters.pdf, page ") == 4
    window.copy_as_table.click()
    heading, *rows = QGuiApplication.clipboard().text().splitlines()
    assert heading.split("\t") == list(COLUMNS)
    assert [row.split("\t")[2] for row in rows] == ["2", "3", "4", "4"]


def test_a_document_takes_its_problems_along(failing, driver):
    window = failing.commands.problems.open()
    failing.workspace.remove(next(iter(failing.workspace)).id)
    driver.wait(lambda: window.items.total == 0 and not window.records.records)
    driver.wait(window.nothing.isVisible)
    assert not failing.window.status.problems.isVisible()


def test_what_belongs_to_no_page_is_listed_too(driver, script, tmp_path):
    script.engine("alpha")
    desktop = driver.start()
    window = desktop.commands.problems.open()
    bad = tmp_path / "bad.pdf"
    bad.write_bytes(b"%PDF-1.7 and nothing of it")
    driver.open(bad)
    driver.wait(lambda: window.items.total == 1)
    assert window.items.problem(0).kind is Matter.OPENING
    assert window.items.problem(0).title == "bad.pdf"
    board = desktop.window.board
    board.post("export", Notice(kind="error", text="It cannot be written."))
    board.post("export", Notice(kind="error", text="It cannot be written."))
    board.post("export", Notice(kind="info", text="Saved."))
    board.post("engines", Notice(kind="warning", text="Alpha cannot be used."))
    desktop.downloads.failed.emit("alpha", "The connection broke.")
    driver.wait(lambda: window.items.total == 4)
    assert set(kinds(window)[0]) == {
        Matter.OPENING,
        Matter.EXPORT,
        Matter.MODEL,
        Matter.DOWNLOAD,
    }
    window.view.selectAll()
    assert not window.go.isEnabled()
    assert not window.again.isEnabled()
    assert window.copy.isEnabled()


class _FailingThread(QThread):
    def run(self) -> None:
        raise LookupError("in a thread of Qt")


def test_exceptions_that_nobody_caught_are_listed(driver, script, capsys, monkeypatch):
    monkeypatch.setattr(sys, "excepthook", lambda *_: None)
    monkeypatch.setattr(threading, "excepthook", lambda _: None)
    script.engine("alpha")
    desktop = driver.start()
    window = desktop.commands.problems.open()
    journal = desktop.commands.problems.journal
    watch = ExceptionWatch(
        lambda sentence, details: journal.take(Matter.PROGRAM, sentence, details=details)
    )

    def fail_in_slot() -> None:
        raise ValueError("in a slot")

    def fail_in_thread() -> None:
        raise KeyError("in a thread")

    try:
        QTimer.singleShot(0, fail_in_slot)
        thread = threading.Thread(target=fail_in_thread)
        thread.start()
        thread.join()
        qt_thread = _FailingThread()
        qt_thread.start()
        qt_thread.wait()
        driver.wait(lambda: window.items.total == 3)
    finally:
        watch.end()
    details = "".join(window.items.problem(row).details for row in range(3))
    assert "in a slot" in details
    assert "in a thread" in details
    assert "in a thread of Qt" in details
