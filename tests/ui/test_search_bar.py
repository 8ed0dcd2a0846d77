from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from textlift.ui.search_bar import SearchBar


@pytest.fixture
def bar(qtbot: QtBot) -> SearchBar:
    bar = SearchBar()
    qtbot.addWidget(bar)
    bar.show()
    return bar


def test_tells_what_is_typed(bar: SearchBar):
    told: list[str] = []
    bar.search_changed.connect(told.append)
    QTest.keyClicks(bar.field, "ab")
    assert told == ["a", "ab"]
    assert bar.text() == "ab"


def test_enter_goes_on_and_shift_enter_back(bar: SearchBar):
    steps: list[str] = []
    bar.next_requested.connect(lambda: steps.append("next"))
    bar.previous_requested.connect(lambda: steps.append("previous"))
    QTest.keyClick(bar.field, Qt.Key.Key_Return)
    QTest.keyClicks(bar.field, "a")
    QTest.keyClick(bar.field, Qt.Key.Key_Return)
    QTest.keyClick(bar.field, Qt.Key.Key_Enter)
    QTest.keyClick(bar.field, Qt.Key.Key_Return, Qt.KeyboardModifier.ShiftModifier)
    QTest.mouseClick(bar.next_button, Qt.MouseButton.LeftButton)
    QTest.mouseClick(bar.previous_button, Qt.MouseButton.LeftButton)
    assert steps == ["next", "next", "previous", "next", "previous"]


def test_with_nothing_to_search_there_is_no_next(bar: SearchBar):
    assert not bar.next_button.isEnabled()
    QTest.keyClicks(bar.field, "a")
    assert bar.next_button.isEnabled()


def test_says_what_was_found(bar: SearchBar):
    QTest.keyClicks(bar.field, "a")
    bar.set_result("3 of 12")
    assert bar.result.text() == "3 of 12"
    assert bar.field.accessibleDescription() == "3 of 12"
    bar.field.clear()
    assert bar.result.text() == ""


@pytest.mark.parametrize("by_key", [True, False])
def test_closes(qtbot: QtBot, bar: SearchBar, by_key: bool):
    with qtbot.waitSignal(bar.closed):
        if by_key:
            QTest.keyClick(bar.field, Qt.Key.Key_Escape)
        else:
            QTest.mouseClick(bar.close_button, Qt.MouseButton.LeftButton)
    assert not bar.isVisible()


def test_comes_back_ready_to_type_over(qtbot: QtBot, bar: SearchBar):
    QTest.keyClicks(bar.field, "old")
    bar.close_search()
    bar.focus_field()
    assert bar.isVisible()
    assert bar.field.selectedText() == "old"
    QTest.keyClicks(bar.field, "new")
    assert bar.text() == "new"


def test_every_control_has_a_name(bar: SearchBar):
    for control in (bar.field, bar.next_button, bar.previous_button, bar.close_button):
        assert control.accessibleName()
