"""The whole window on scripted engines and the real document reader."""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterator
from pathlib import Path

import msgspec
import pytest
from PySide6.QtWidgets import QApplication, QDialog, QMessageBox
from pytestqt.qtbot import QtBot

from doubles.engine_script import EngineScript
from doubles.window_process import WindowProcess
from textlift.content.page import PageState
from textlift.engines.registry import Registry
from textlift.settings import Folders, Settings, user_folders
from textlift.ui.application import Desktop
from textlift.ui.incoming import Incoming
from textlift.ui.listed_document import ListedDocument

PATIENCE_MS = 60_000
"""For the processes of a window to start on a busy machine, where they give way to all others."""


@pytest.fixture(autouse=True)
def garbage_of_this_thread() -> Iterator[None]:
    """Widgets that only hold each other are destroyed here, not by a thread that allocates."""
    gc.disable()
    yield
    gc.enable()
    # Of what the test made; all that lives in the process would take half a second each time.
    gc.collect(1)


@pytest.fixture
def folders() -> Folders:
    return user_folders()


class Driver:
    """Opens windows on the script's engines and works them as a person would.

    Attributes:
        engines: Gives the engines of the next window; the script's unless a test says otherwise.
    """

    def __init__(self, application: QApplication, qtbot: QtBot, script: EngineScript) -> None:
        self._application = application
        self._qtbot = qtbot
        self.script = script
        self.open_desktops: list[Desktop] = []
        self.engines: Callable[[Settings], Registry] | None = None

    @property
    def desktop(self) -> Desktop:
        return self.open_desktops[-1]

    @property
    def window(self):
        return self.desktop.window

    def start(self, *, restored: bool = True, **changes: object) -> Desktop:
        """Opens the window, and waits until the last session is back where it comes."""
        registry = self.script.registry
        first, *others = registry.names
        settings = msgspec.structs.replace(Settings(model=first, fallback=tuple(others)), **changes)
        desktop = Desktop(
            self._application,
            folders=user_folders(),
            engines=self.engines or (lambda _: registry),
            settings=settings,
        )
        self.open_desktops.append(desktop)
        desktop.window.show()
        if not restored:
            desktop.start()
            return desktop
        with self._qtbot.waitSignal(desktop.workspace.restored, timeout=PATIENCE_MS):
            desktop.start()
        return desktop

    def close(self) -> None:
        """Closes the window as its close button does."""
        desktop = self.open_desktops.pop()
        desktop.window.close()
        desktop.close()
        desktop.window.deleteLater()
        desktop.deleteLater()

    def open(self, *paths: Path) -> None:
        self.desktop.workspace.take(Incoming(paths=tuple(map(str, paths))))

    def wait(self, condition: Callable[[], object], *, patience_ms: int = PATIENCE_MS) -> None:
        self._qtbot.waitUntil(lambda: bool(condition()), timeout=patience_ms)

    def wait_for_documents(
        self, count: int, *, patience_ms: int = PATIENCE_MS
    ) -> list[ListedDocument]:
        self.wait(lambda: len(self.desktop.workspace) == count, patience_ms=patience_ms)
        return list(self.desktop.workspace)

    def wait_until_read(self, *, patience_ms: int = PATIENCE_MS) -> None:
        """Waits until nothing waits to be read and every page has been."""
        self.wait(
            lambda: (
                len(self.desktop.workspace)
                and not self.window.reading.active
                and not any(
                    document.count(PageState.UNREAD, PageState.QUEUED)
                    for document in self.desktop.workspace
                )
            ),
            patience_ms=patience_ms,
        )

    def dialog(self) -> QDialog:
        """The dialog that is open, once there is one."""
        self.wait(self._dialog)
        found = self._dialog()
        assert found is not None
        return found

    def _dialog(self) -> QDialog | None:
        for dialog in self.window.findChildren(QDialog):
            if dialog.isVisible():
                return dialog
        return None

    def press(self, label: str) -> None:
        """Presses a button of the message box that is open."""
        box = self.dialog()
        assert isinstance(box, QMessageBox)
        (button,) = (one for one in box.buttons() if one.text().replace("&", "") == label)
        button.click()


@pytest.fixture
def driver(qapp: QApplication, qtbot: QtBot, script: EngineScript) -> Iterator[Driver]:
    driver = Driver(qapp, qtbot, script)
    yield driver
    while driver.open_desktops:
        driver.close()
    qtbot.wait(1)


@pytest.fixture
def start(script: EngineScript) -> Iterator[Callable[..., WindowProcess]]:
    """Starts windows in processes of their own; those that run still at the end are killed."""
    started: list[WindowProcess] = []

    def start(*files: Path | str, **options: object) -> WindowProcess:
        started.append(WindowProcess(script, *files, **options))
        return started[-1]

    yield start
    for window in started:
        window.end()
