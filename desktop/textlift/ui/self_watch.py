"""The window's process watched from its start to its end: log, crashes, unforeseen exceptions."""

from __future__ import annotations

import logging
import sys
from typing import TYPE_CHECKING

import PySide6
from PySide6.QtCore import QTimer

from textlift import __version__
from textlift.diagnostics.log_file import close_log, open_log
from textlift.diagnostics.unforeseen import CrashWatch, ExceptionWatch

if TYPE_CHECKING:
    from textlift.recognition.events import Event
    from textlift.settings import Folders
    from textlift.ui.application import Desktop
    from textlift.ui.journal import Journal

log = logging.getLogger(__name__)

_LATER_MS = 500
"""After the window is there: the first line of the log, with which file and thread come."""


class SelfWatch:
    """Opens the log and watches; what it notices goes to the journal once there is one."""

    def __init__(self, folders: Folders) -> None:
        self._log = open_log(folders.log)
        self._crashes = CrashWatch(folders.log)
        self._journal: Journal | None = None
        self._early: list[tuple[str, str]] = []
        self._exceptions = ExceptionWatch(self._tell)

    def follow(self, desktop: Desktop) -> None:
        """Writes down what the window does, and tells it what has been noticed."""
        self._journal = desktop.commands.problems.journal
        early, self._early = self._early, []
        for sentence, details in early:
            self._tell(sentence, details)
        if self._crashes.before:
            self._tell(
                "Textlift crashed when it ran the last time. Nothing that had been read is lost; "
                "save a report for a bug so that it can be mended.",
                self._crashes.before,
            )
            self._crashes.before = ""  # Told once, however many windows follow.
        desktop.window.reading.thread_.relay.arrived.connect(_log_event)
        QTimer.singleShot(_LATER_MS, desktop, _log_start)

    def end(self) -> None:
        """Watches no more; every line is written."""
        log.info("the window was closed")
        self._exceptions.end()
        self._crashes.end()
        close_log(self._log)

    def _tell(self, sentence: str, details: str) -> None:
        if self._journal is None:
            self._early.append((sentence, details))
            return
        from textlift.ui.journal import Matter

        self._journal.take(Matter.PROGRAM, sentence, details=details)


def _log_event(event: Event) -> None:
    # Here: the window is up sooner without it.
    from textlift.diagnostics.run_log import log_event

    log_event(event)


def _log_start() -> None:
    import platform

    log.info(
        "window of Textlift %s, Python %s, PySide %s, %s %s",
        __version__,
        platform.python_version(),
        PySide6.__version__,
        sys.platform,
        platform.release(),
    )
