"""The window is shown before all of it is there; whoever comes first finds everything working."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import msgspec
import pytest
from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from doubles.dropping import drop, file_urls
from doubles.pages import make_image
from textlift.settings import Settings, user_folders
from textlift.ui import application
from textlift.ui.application import Desktop
from textlift.ui.help_dialogs import ShortcutsDialog
from textlift.ui.incoming import Incoming

PATIENCE_MS = 20_000
pytestmark = pytest.mark.qt_log_ignore("^This plugin does not support", extend=True)


@pytest.fixture
def waiting(monkeypatch) -> None:
    """The rest does not come by itself, however slow the test is."""
    monkeypatch.setattr(application, "_REST_MS", 3_600_000)


@pytest.fixture
def opened(qapp: QApplication, qtbot, script) -> Iterator[Callable[..., Desktop]]:
    """Opens windows as the program does: what is seen first, and nothing else."""
    desktops: list[Desktop] = []

    script.engine("alpha")

    def open_(*, shown: bool = True, **options: object) -> Desktop:
        registry = script.registry
        first, *others = registry.names
        settings = msgspec.structs.replace(Settings(), model=first, fallback=tuple(others))
        desktop = Desktop(
            qapp,
            folders=user_folders(),
            engines=lambda _: registry,
            settings=settings,
            at_once=False,
            **options,
        )
        desktops.append(desktop)
        if shown:
            with qtbot.waitActive(desktop.window):
                desktop.window.show()
                desktop.window.activateWindow()
        return desktop

    yield open_
    for desktop in desktops:
        desktop.window.close_unasked()
        desktop.close()
        desktop.window.deleteLater()
        desktop.deleteLater()
    qtbot.wait(1)


def is_whole(desktop: Desktop) -> bool:
    return hasattr(desktop, "commands")


def wait_for_documents(qtbot, desktop: Desktop, count: int) -> None:
    qtbot.waitUntil(lambda: len(desktop.workspace) == count, timeout=PATIENCE_MS)


def names_in_menus(desktop: Desktop) -> list[str]:
    menus = [action.menu() for action in desktop.window.menuBar().actions()]
    return [action.text() for menu in menus for action in menu.actions()]


def seen(desktop: Desktop) -> QImage:
    """All but the last line, which says how reading stands."""
    window = desktop.window
    return window.grab(QRect(0, 0, window.width(), window.status.y())).toImage()


@pytest.mark.usefixtures("waiting")
def test_what_is_seen_first_looks_as_it_does_in_the_end(opened):
    desktop = opened()
    before = seen(desktop)
    assert not is_whole(desktop)
    desktop.make_whole()
    QApplication.processEvents()
    assert is_whole(desktop)
    assert seen(desktop) == before


def test_the_rest_comes_once_it_has_been_painted(opened, qtbot):
    desktop = opened()
    with qtbot.waitSignal(desktop.whole, timeout=PATIENCE_MS):
        pass
    assert "&Keyboard shortcuts" in names_in_menus(desktop)


def test_a_window_that_is_not_seen_becomes_whole_and_starts(opened, qtbot):
    desktop = opened(shown=False)
    desktop.start()
    qtbot.waitUntil(lambda: is_whole(desktop) and bool(desktop.states.states), timeout=PATIENCE_MS)


@pytest.mark.usefixtures("waiting")
def test_a_key_pressed_at_once_does_what_it_does_later(opened, qtbot):
    desktop = opened()
    QTest.keyClick(desktop.window.windowHandle(), Qt.Key.Key_F1)
    assert is_whole(desktop)
    (dialog,) = desktop.window.findChildren(ShortcutsDialog)
    dialog.close()


@pytest.mark.usefixtures("waiting")
def test_a_menu_opened_at_once_is_filled(opened):
    desktop = opened()
    window = desktop.window
    assert not names_in_menus(desktop)
    bar = window.menuBar()
    place = bar.mapTo(window, bar.actionGeometry(bar.actions()[0]).center())
    QTest.mouseClick(
        window.windowHandle(), Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, place
    )
    menu = QApplication.activePopupWidget()
    assert menu is not None
    assert menu.actions()[0].text() == "&Open…"
    menu.close()


@pytest.mark.usefixtures("waiting")
def test_a_file_dropped_at_once_is_opened(opened, qtbot, tmp_path):
    desktop = opened()
    desktop.workspace.start()
    path = make_image(tmp_path / "scan.png", 1)
    assert drop(desktop.window, file_urls(path), on=desktop.window.windowHandle())
    wait_for_documents(qtbot, desktop, 1)
    assert is_whole(desktop)
    assert desktop.window.stack.currentWidget() is desktop.window.splitter
    assert desktop.window.model.rowCount() == 1


@pytest.mark.usefixtures("waiting")
def test_files_of_the_command_line_and_those_of_the_last_session_are_listed(
    opened, qtbot, tmp_path
):
    for count in (1, 2):
        desktop = opened()
        desktop.workspace.start()
        path = make_image(tmp_path / f"{count}.png", count)
        desktop.workspace.take(Incoming(paths=(str(path),)))
        wait_for_documents(qtbot, desktop, count)
        assert is_whole(desktop)
        assert desktop.window.model.rowCount() == count
        desktop.close()
    desktop = opened()
    with qtbot.waitSignal(desktop.workspace.restored, timeout=PATIENCE_MS):
        desktop.workspace.start()
    assert desktop.window.model.rowCount() == 2
    assert desktop.window.current.key is not None


@pytest.mark.usefixtures("waiting")
def test_an_empty_session_restored_before_the_rest_reads_what_is_opened_then(
    opened, qtbot, tmp_path
):
    desktop = opened()
    with qtbot.waitSignal(desktop.workspace.restored, timeout=PATIENCE_MS):
        desktop.workspace.start()
    assert not is_whole(desktop)
    desktop.start()
    path = make_image(tmp_path / "scan.png", 1)
    desktop.make_whole()
    with qtbot.waitSignal(desktop.window.reading.page_finished, timeout=PATIENCE_MS):
        desktop.workspace.take(Incoming(paths=(str(path),)))


@pytest.mark.usefixtures("waiting")
def test_what_went_wrong_before_is_said_and_kept(opened):
    desktop = opened(problem="The settings cannot be read.")
    desktop.make_whole()
    assert desktop.window.banner.message.text() == "The settings cannot be read."
    problems = desktop.commands.problems.problems
    QApplication.processEvents()
    assert [problem.sentence for problem in problems.all()] == ["The settings cannot be read."]


@pytest.mark.usefixtures("waiting")
def test_a_window_closed_at_once_keeps_its_looks(opened):
    desktop = opened()
    desktop.window.close()
    assert not desktop.window.isVisible()
    assert (user_folders().config / "window.ini").exists()


@pytest.mark.usefixtures("waiting")
def test_a_window_closed_at_once_asks_what_it_asks_later(opened, monkeypatch):
    desktop = opened()
    monkeypatch.setattr(desktop.session, "may_close", lambda: False)
    desktop.window.close()
    assert desktop.window.isVisible()
