from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QPushButton, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from textlift.ui.banner import Banner, Kind, kind_colour


@pytest.fixture
def banner(qtbot: QtBot) -> Iterator[Banner]:
    """In a window, with room to grow."""
    window = QWidget()
    qtbot.addWidget(window)
    layout = QVBoxLayout(window)
    banner = Banner()
    layout.addWidget(banner)
    layout.addStretch()
    window.resize(600, 400)
    window.show()
    yield banner
    window.close()


def _press(button: QPushButton) -> None:
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)


def test_says_nothing_at_first(banner: Banner):
    assert not banner.isVisible()


@pytest.mark.parametrize("kind", ["info", "warning", "error"])
def test_says_what_it_is_told_in_the_colour_of_its_kind(banner: Banner, kind: Kind):
    banner.show_message("Tesseract read page 3.", kind=kind)
    assert banner.isVisible()
    assert banner.message.text() == "Tesseract read page 3."
    edge = banner.grab().toImage().pixelColor(1, banner.height() // 2)
    assert edge.name() == kind_colour(kind).name()


def test_actions_do_what_they_say_even_when_they_say_something_else(banner: Banner):
    done: list[str] = []

    def again() -> None:
        done.append("again")
        banner.show_message("Reading again.", kind="info", actions=[("Stop", done.clear)])

    banner.show_message("Failed.", kind="error", actions=[("Try again", again), ("Skip", print)])
    assert [button.text() for button in banner.action_buttons] == ["Try again", "Skip"]
    _press(banner.action_buttons[0])
    assert done == ["again"]
    assert [button.text() for button in banner.action_buttons] == ["Stop"]
    QGuiApplication.processEvents()
    visible = [button.text() for button in banner.findChildren(QPushButton) if button.isVisible()]
    assert visible == ["Stop"]


def test_why_is_told_when_asked(banner: Banner):
    banner.show_message("Failed.", kind="error", details="exit code -9\nmemory ran out")
    before = banner.height()
    assert not banner.details.isVisible()
    _press(banner.why_button)
    QGuiApplication.processEvents()
    assert banner.details.isVisible()
    assert banner.height() > before
    _press(banner.copy_button)
    assert QGuiApplication.clipboard().text() == "Failed.\n\nexit code -9\nmemory ran out"
    banner.show_message("Something else.", kind="info", details="x")
    assert not banner.details.isVisible()


def test_without_details_nobody_asks_why(banner: Banner):
    banner.show_message("Done.", kind="info")
    assert not banner.why_button.isVisible()


def test_long_details_do_not_take_the_window(banner: Banner):
    banner.show_message("Failed.", kind="error", details="line\n" * 500)
    _press(banner.why_button)
    QGuiApplication.processEvents()
    assert banner.height() < 260


def test_long_messages_wrap(qtbot: QtBot, banner: Banner):
    banner.show_message("Page 3 failed.", kind="error")
    QGuiApplication.processEvents()
    short = banner.height()
    banner.show_message("Page 3 failed for a reason that needs words. " * 5, kind="error")
    qtbot.waitUntil(lambda: banner.height() > short)
    assert banner.message.width() <= 600


def test_is_closed_by_its_button_and_by_escape(qtbot: QtBot, banner: Banner):
    banner.show_message("Done.", kind="info")
    with qtbot.waitSignal(banner.closed):
        QTest.mouseClick(banner.close_button, Qt.MouseButton.LeftButton)
    assert not banner.isVisible()
    banner.show_message("Done.", kind="info", actions=[("Go on", print)])
    with qtbot.waitSignal(banner.closed):
        QTest.keyClick(banner.action_buttons[0], Qt.Key.Key_Escape)
    assert not banner.isVisible()


def test_the_program_can_take_it_back(qtbot: QtBot, banner: Banner):
    banner.show_message("Done.", kind="info")
    with qtbot.assertNotEmitted(banner.closed):
        banner.clear()
    assert not banner.isVisible()


def test_those_who_cannot_see_it_are_told(banner: Banner):
    banner.show_message("Page 3 failed.", kind="error", actions=[("Try again", print)])
    assert banner.accessibleName() == "Error: Page 3 failed."
    assert "Escape" in banner.accessibleDescription()
    for button in (*banner.action_buttons, banner.close_button):
        assert button.focusPolicy() & Qt.FocusPolicy.TabFocus
        assert button.accessibleName() or button.text()


def test_is_dressed_anew(banner: Banner):
    banner.show_message("Done.", kind="info")
    QGuiApplication.sendEvent(banner, QEvent(QEvent.Type.PaletteChange))
    assert not banner.close_button.icon().isNull()
