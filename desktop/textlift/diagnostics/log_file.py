"""The log of the window and of the command line: one file, of bounded size, without any text."""

from __future__ import annotations

import logging
import os
import queue
import threading
from pathlib import Path

NAME = "textlift.log"
LIMIT = 1_000_000
"""Bytes of one file."""
KEPT = 3
"""Older files beside the one written to: ``textlift.1.log`` is the youngest."""

_LINE = "%(asctime)s.%(msecs)03d %(levelname)-7s %(process)d %(name)s: %(message)s"
_LOCK_WAIT = 2.0
"""Seconds to wait for another process that writes; its lines are short."""
_LAST_WORDS = 2.0
"""Seconds that closing waits until all lines are written."""


class HarmlessFormatter(logging.Formatter):
    """Formats a record; of tracebacks, and of ``extra={"output": …}``, what is harmless stays.

    The message itself is written as it is: whoever logs gives numbers, kinds and names of
    models, never text of a page or a file's name.
    """

    def __init__(self) -> None:
        super().__init__(_LINE, datefmt="%Y-%m-%dT%H:%M:%S")

    def format(self, record: logging.LogRecord) -> str:
        """The record as lines; those after the first are indented."""
        parts = [self.formatMessage(_with_message(self, record))]
        output = getattr(record, "output", "")
        if record.exc_info or output:
            # Here: most lines have neither, and the window starts without it.
            from textlift.diagnostics.privacy import harmless_lines
        if record.exc_info:
            parts.append(harmless_lines(self.formatException(record.exc_info)))
        if output:
            parts.append(harmless_lines(output))
        return "\n".join(part for part in parts if part).replace("\n", "\n    ")


def _with_message(formatter: logging.Formatter, record: logging.LogRecord) -> logging.LogRecord:
    record.message = record.getMessage()
    record.asctime = formatter.formatTime(record, formatter.datefmt)
    return record


class LogFile(logging.Handler):
    """Appends records to the log in a thread of its own, so that nobody waits for the disk.

    Thread and file come with the first record. Several processes may write to the same log: it
    is opened, under a lock between processes, for each batch of lines. What cannot be written,
    such as on a full disk, is counted and said with the next line that can.
    """

    def __init__(self, folder: Path, *, limit: int = LIMIT, kept: int = KEPT) -> None:
        super().__init__(logging.INFO)
        self.setFormatter(HarmlessFormatter())
        self.path = folder / NAME
        self._limit = limit
        self._kept = kept
        self._waiting: queue.SimpleQueue[str | None] = queue.SimpleQueue()
        self._writer: threading.Thread | None = None
        self._lost = 0

    def emit(self, record: logging.LogRecord) -> None:
        """Takes a record; the lock of the handler is held."""
        self._waiting.put(self.format(record))
        if self._writer is None:
            self._writer = threading.Thread(target=self._write_all, name="log", daemon=True)
            self._writer.start()

    def close(self) -> None:
        """Writes what waits, and ends the thread."""
        self.acquire()
        try:
            writer, self._writer = self._writer, None
        finally:
            self.release()
        if writer is not None:
            self._waiting.put(None)
            writer.join(_LAST_WORDS)
        super().close()

    def _write_all(self) -> None:
        while (first := self._waiting.get()) is not None:
            lines = [first]
            end = False
            while not self._waiting.empty():
                following = self._waiting.get()
                if following is None:
                    end = True
                    break
                lines.append(following)
            self._write(lines)
            if end:
                return

    def _write(self, lines: list[str]) -> None:
        # Here: what it imports is not needed before there is something to say.
        from filelock import FileLock, Timeout

        told = [f"Lines that could not be written: {self._lost}."] if self._lost else []
        encoded = "".join(f"{line}\n" for line in (*told, *lines)).encode("utf-8", "replace")
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            with FileLock(self.path.with_suffix(".lock"), timeout=_LOCK_WAIT, mode=0o600):
                self._make_room(len(encoded))
                descriptor = os.open(self.path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
                with os.fdopen(descriptor, "ab") as file:
                    file.write(encoded)
        except (OSError, Timeout):
            self._lost += len(lines)
        else:
            self._lost = 0

    def _make_room(self, size: int) -> None:
        try:
            full = self.path.stat().st_size + size > self._limit
        except FileNotFoundError:
            return
        if not full:
            return
        older = log_files(self.path.parent, kept=self._kept)
        for young, old in zip(reversed(older[:-1]), reversed(older[1:]), strict=True):
            if young.exists():
                young.replace(old)


def log_files(folder: Path, *, kept: int = KEPT) -> list[Path]:
    """Where the log may be, the file that is written to first; they need not exist."""
    path = folder / NAME
    return [path, *(path.with_suffix(f".{number}.log") for number in range(1, kept + 1))]


def open_log(folder: Path) -> LogFile:
    """Has everything that Textlift logs written to the folder, until ``close_log``.

    It costs nothing yet: file and thread come with the first record.
    """
    handler = LogFile(folder)
    logger = logging.getLogger("textlift")
    logger.setLevel(logging.INFO)
    logger.addHandler(handler)
    return handler


def close_log(handler: LogFile) -> None:
    """Writes what waits; nothing is written any more."""
    logging.getLogger("textlift").removeHandler(handler)
    handler.close()
