"""Exceptions that nobody caught, in any thread, and crashes: into the log, and told."""

from __future__ import annotations

import faulthandler
import logging
import sys
import threading
import traceback
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import IO

CRASH_NAME = "crash.log"
CRASH_BEFORE_NAME = "crash-before.log"

log = logging.getLogger(__name__)

Tell = Callable[[str, str], None]
"""Takes a sentence and the traceback; called in the thread where it happened."""


class ExceptionWatch:
    """From its making until ``end``: what nobody catches is logged, told, and printed as ever.

    With PySide an exception in a slot, or in the ``run`` of a ``QThread``, comes here too.
    """

    def __init__(self, tell: Tell) -> None:
        self._tell = tell
        self._before = (sys.excepthook, threading.excepthook, sys.unraisablehook)
        sys.excepthook = self._on_exception
        threading.excepthook = self._on_thread_exception
        sys.unraisablehook = self._on_unraisable

    def end(self) -> None:
        """Brings back what was there before."""
        sys.excepthook, threading.excepthook, sys.unraisablehook = self._before

    def _on_exception(
        self, kind: type[BaseException], error: BaseException, trace: TracebackType | None
    ) -> None:
        self._before[0](kind, error, trace)
        self._take(error)

    def _on_thread_exception(self, arguments: threading.ExceptHookArgs) -> None:
        self._before[1](arguments)
        self._take(arguments.exc_value)

    def _on_unraisable(self, unraisable: sys.UnraisableHookArgs) -> None:
        self._before[2](unraisable)
        self._take(unraisable.exc_value)

    def _take(self, error: BaseException | None) -> None:
        if error is None or isinstance(error, KeyboardInterrupt | SystemExit):
            return
        log.error("an unforeseen exception", exc_info=error)
        thread = threading.current_thread().name
        self._tell(
            f"Something unforeseen happened in Textlift: {type(error).__name__}. "
            "It goes on; save a report for a bug if something does not work now.",
            f"thread: {thread}\n{''.join(traceback.format_exception(error))}",
        )


class CrashWatch:
    """Has the stack of a crash (a segmentation fault, an abort) written to the log folder.

    Attributes:
        before: The stack that the last run left when it crashed; empty when it did not.
    """

    def __init__(self, folder: Path) -> None:
        self.before = ""
        self._file: IO[bytes] | None = None
        path = folder / CRASH_NAME
        try:
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            if path.exists() and path.stat().st_size:
                self.before = path.read_text("utf-8", "replace")
                path.replace(folder / CRASH_BEFORE_NAME)
            self._file = path.open("wb")
        except OSError as error:
            # The folder may be read-only or the disk full; the window is of use all the same.
            log.warning("crashes are not written down: %s", error.strerror)
            return
        faulthandler.enable(self._file)

    def end(self) -> None:
        """Writes down no crash any more."""
        if self._file is not None:
            faulthandler.disable()
            self._file.close()
            self._file = None
