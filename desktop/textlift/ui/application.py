"""Starts the window."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Iterator, Sequence
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, QTimer, Signal
from PySide6.QtWidgets import QApplication

from textlift.engines.options import engine_options
from textlift.engines.registry import installed_engines
from textlift.settings import Folders, Settings, SettingsError, load_settings, user_folders
from textlift.ui.garbage import GarbageCollection
from textlift.ui.in_turns import InTurns
from textlift.ui.incoming import Incoming
from textlift.ui.main_window import MainWindow
from textlift.ui.notices import Notice
from textlift.ui.only_window import Claim, OnlyWindow
from textlift.ui.self_watch import SelfWatch
from textlift.ui.session_commands import SessionCommands
from textlift.ui.theme import Theme, application_icon, make_application
from textlift.ui.workspace import Workspace

if TYPE_CHECKING:
    from types import FrameType

    from textlift.ui.commands import Commands
    from textlift.ui.downloads import DownloadsView
    from textlift.ui.engine_states import EngineStates
    from textlift.ui.handover import Handover
    from textlift.ui.model_commands import EngineSource


_PAINTED_MS = 15
"""After the window is shown: it has been painted, and answers."""
_REST_MS = 20
"""After the first paint: it is on the screen, and what was asked of the window is done."""
_LATER_MS = 250
"""After the start: what the window can do without for a moment."""
_IDLE_MS = 2000
"""After the start: whoever wants to do something at once has begun."""
_SETTLED_MS = 1500
"""After the start: what lives as long as the program has been made."""
_FEW_PROCESSORS = 4
_COMMANDS = (
    "textlift.ui.model_section",
    "textlift.ui.memory_commands",
    "textlift.ui.download_commands",
    "textlift.ui.part_commands",
    "textlift.ui.opinion_commands",
    "textlift.ui.problem_commands",
    "textlift.ui.model_commands",
    "textlift.ui.downloads",
    "textlift.ui.engine_states",
    "textlift.ui.commands",
)
"""Imported one by one, so that the window answers in between."""
EXIT_NO_ANSWER = 1
"""A window is open already and does not answer."""


class Desktop(QObject):
    """The window with everything that serves it; made, started and closed as one.

    Signals:
        whole: Everything is there, ``states``, ``downloads`` and ``commands`` too.
    """

    whole = Signal()

    states: EngineStates
    downloads: DownloadsView
    commands: Commands

    def __init__(
        self,
        application: QApplication,
        *,
        folders: Folders,
        engines: EngineSource,
        settings: Settings,
        problem: str = "",
        at_once: bool = True,
    ) -> None:
        """Makes the window.

        Args:
            application: Its application.
            folders: Of the user.
            engines: Gives the engines.
            settings: In force.
            problem: With the settings, for the user.
            at_once: False: only what is seen while there are no documents; the rest follows a
                little at a time after the first paint, or at once when it is needed.
        """
        super().__init__()
        self._registry = engines(settings)
        self._engines = engines
        self._settings = settings
        self._application = application
        self._closed = False
        self._is_whole = False
        self._is_started = False
        self.theme = Theme(application, self)
        self.workspace = Workspace(folders, self)
        self.window = MainWindow(
            workspace=self.workspace, registry=self._registry, settings=settings, theme=self.theme
        )
        self.session = SessionCommands(self.window)
        self._rest = self._make_rest()
        self._turns = InTurns(self)
        if at_once:
            self.make_whole()
        else:
            self.window.make_whole = self.make_whole
            self.workspace.coming_in.connect(self.make_whole)
            self.window.empty.painted.connect(self._on_painted)
        self.theme.dress()
        if problem:
            self.window.board.post("settings", Notice(kind="warning", text=problem))

    def make_whole(self) -> None:
        """Makes at once what is not there yet."""
        for _ in self._rest:
            pass

    def _on_painted(self) -> None:
        QTimer.singleShot(_REST_MS, self, self._go_on)

    def _go_on(self) -> None:
        self._turns.go_through(self._rest)

    def _make_rest(self) -> Iterator[None]:
        yield from self.window.make_rest()
        for name in _COMMANDS:
            yield
            import_module(name)
        from textlift.ui.commands import Commands
        from textlift.ui.downloads import DownloadsView
        from textlift.ui.engine_states import EngineStates

        yield
        registry, settings = self._registry, self._settings
        self.states = EngineStates(registry, engine_options(settings), self)
        self.downloads = DownloadsView(
            self.workspace.folders,
            registry=registry,
            settings=settings,
            unload=self.window.reading.thread_.unload,
            parent=self,
        )
        self.commands = Commands(
            self.window,
            engines=self._engines,
            registry=registry,
            settings=settings,
            states=self.states,
            downloads=self.downloads,
        )
        self.window.may_close = self._may_close
        self._is_whole = True
        if self._is_started:
            self.window.reading.start()
        self.whole.emit()

    def start(self) -> None:
        """Starts the threads; those of the workspace may run already."""
        if not self.workspace.session.isRunning():
            self.workspace.start()
        self._is_started = True
        if self._is_whole:
            self.window.reading.start()
        QTimer.singleShot(_LATER_MS, self, self._start_rest)
        QTimer.singleShot(_IDLE_MS, self, self._warm_up)

    def _start_rest(self) -> None:
        if not self._closed and not self._is_whole:
            # A window that starts out of sight is not painted.
            self.whole.connect(self._start_rest, Qt.ConnectionType.QueuedConnection)
            self._go_on()
        elif not self._closed:
            self._application.setWindowIcon(application_icon())
            self.states.start()
            self.downloads.start()
            self.commands.memory.start()

    def _warm_up(self) -> None:
        if not self._closed:
            self.window.reading.warm_up()

    def _may_close(self) -> bool:
        self.window.current.flush()
        return self.session.may_close() and self.commands.downloads.may_close()

    def take_over(self, handover: Handover) -> None:
        """Opens what a second start was asked to open, and brings the window to the front."""
        self.make_whole()
        if handover.path_names:
            self.workspace.take(Incoming(paths=handover.path_names))
        if handover.activation:
            # Where the desktop lets only those come to the front whom the user has just started.
            os.environ["XDG_ACTIVATION_TOKEN"] = handover.activation
        window = self.window
        window.setWindowState(window.windowState() & ~Qt.WindowState.WindowMinimized)
        window.show()
        window.raise_()
        window.activateWindow()

    def close(self) -> None:
        """Ends every thread and process; the pages that wait are kept."""
        self.make_whole()
        self._closed = True
        self.window.current.show(None)
        self.commands.memory.close()
        self.window.reading.close()
        self.states.close()
        self.downloads.close()
        self.commands.close()
        self.workspace.close()


def main(arguments: Sequence[str]) -> int:
    """Opens the window with files, or hands them to the one that is open.

    Args:
        arguments: Paths of files and folders.

    Returns:
        The exit status.
    """
    _paint_alone_on_few_processors()
    application = QApplication.instance() or make_application(sys.argv[0])
    assert isinstance(application, QApplication)
    application.setApplicationName("Textlift")
    application.setApplicationDisplayName("Textlift")
    application.setDesktopFileName("textlift")
    folders = user_folders()
    paths = tuple(str(Path(path).absolute()) for path in arguments)
    only = OnlyWindow(folders)
    claim = only.claim(paths)
    if claim is Claim.NO_ANSWER:
        _say(only.no_answer_sentence())
        return EXIT_NO_ANSWER
    if claim is Claim.HANDED_OVER:
        return 0
    watch = SelfWatch(folders)
    garbage = GarbageCollection(application)
    QTimer.singleShot(_SETTLED_MS, garbage, garbage.start)
    news: Notice | None = None
    while True:
        desktop = _make_desktop(application, folders)
        desktop.whole.connect(partial(watch.follow, desktop))
        _end_on_signals(application, desktop.window)
        # The session comes from the disk while Qt lays out and paints.
        desktop.workspace.start()
        desktop.window.show()
        if paths:
            desktop.workspace.take(Incoming(paths=paths))
        if news is not None:
            # After what the models have to say, so that it stands in front of it.
            desktop.whole.connect(partial(desktop.session.say, news))
        # After the first paint: what the thread imports would hold up the window.
        QTimer.singleShot(_PAINTED_MS, desktop.start)
        QTimer.singleShot(_LATER_MS, desktop, partial(_listen, only, desktop))
        status = application.exec()
        only.stop_listening()
        desktop.close()
        news = desktop.session.last_words()
        if news is None:
            break
        # With the same documents, in the session that can be used now.
        paths = ()
        desktop.window.deleteLater()
        desktop.deleteLater()
    garbage.end()
    watch.end()
    only.close()
    return status


def _paint_alone_on_few_processors() -> None:
    """Has Qt paint in the GUI thread alone where other threads would have to wait for a processor.

    It shares the painting of large pictures among threads and waits for them all. While an engine
    reads that wait is several times as long as the painting.
    """
    if (os.cpu_count() or 1) <= _FEW_PROCESSORS:
        os.environ.setdefault("QT_NO_GUI_THREADPOOL", "1")


def _make_desktop(application: QApplication, folders: Folders) -> Desktop:
    try:
        settings, problem = load_settings(folders.settings_file), ""
    except SettingsError as error:
        settings, problem = Settings(), str(error)
    return Desktop(
        application,
        folders=folders,
        engines=installed_engines,
        settings=settings,
        problem=problem,
        at_once=False,
    )


def _listen(only: OnlyWindow, desktop: Desktop) -> None:
    server = only.listen(desktop)
    if server is not None:
        server.came.connect(desktop.take_over)


def _say(sentence: str) -> None:
    """Says why there is no window, to whoever typed and to whoever clicked."""
    from PySide6.QtWidgets import QMessageBox

    print(sentence, file=sys.stderr, flush=True)  # noqa: T201  there is no window to say it in
    QMessageBox.critical(None, "Textlift", sentence)


def _end_on_signals(application: QApplication, window: MainWindow) -> None:
    """Closes the window properly on Ctrl+C in a terminal and when the system asks."""

    def end() -> None:
        window.close_unasked()
        application.closeAllWindows()
        application.quit()

    def quit_(_number: int, _frame: FrameType | None) -> None:
        # Python calls this wherever it is, also while a part of the window is being made.
        QTimer.singleShot(0, window, end)

    for name in ("SIGINT", "SIGTERM"):
        if hasattr(signal, name):
            signal.signal(getattr(signal, name), quit_)
    # Python sees a signal only when it runs; Qt's loop alone may not let it for minutes.
    beat = QTimer(window)
    beat.timeout.connect(lambda: None)
    beat.start(500)
