"""What went wrong while the program runs and belongs to no page: kept until it is closed."""

from __future__ import annotations

import enum
import time

import msgspec
from PySide6.QtCore import QObject, Qt, Signal


class Matter(enum.Enum):
    """What it was about that went wrong."""

    OPENING = "opening"
    EXPORT = "export"
    DOWNLOAD = "download"
    MODEL = "model"
    READING = "reading"
    SESSION = "session"
    SETTINGS = "settings"
    PROGRAM = "program"


class JournalEntry(msgspec.Struct, frozen=True):
    """One thing that went wrong.

    Attributes:
        matter: What it was about.
        sentence: For a person.
        title: Of the document or the model; empty where it is about none.
        details: For a bug report.
        at: Seconds since the Unix epoch, UTC.
    """

    matter: Matter
    sentence: str
    title: str = ""
    details: str = ""
    at: float = 0.0


ABOUT_TEXTLIFT = frozenset({
    Matter.DOWNLOAD, Matter.MODEL, Matter.SESSION, Matter.SETTINGS, Matter.PROGRAM,
})  # fmt: skip
"""Matters whose sentences name neither documents nor what is in them."""

_BY_SUBJECT = {
    "export": Matter.EXPORT,
    "downloads": Matter.DOWNLOAD,
    "engines": Matter.MODEL,
    "models": Matter.MODEL,
    "model-gone": Matter.MODEL,
    "braked": Matter.READING,
    "session": Matter.SESSION,
    "settings": Matter.SETTINGS,
    "report": Matter.PROGRAM,
}
"""Subjects of notices; what is said of pages is in the session, and of files told one by one."""


_QUIET = 60.0
"""Seconds after which the same thing is told anew."""


def matter_of(subject: str) -> Matter | None:
    """What a notice of this subject is about; None where it is told in another way."""
    return _BY_SUBJECT.get(subject.partition(":")[0])


class Journal(QObject):
    """Takes what went wrong from any thread; the same thing again and again is kept once.

    What comes back after a minute of quiet is kept again: it is news.

    Signals:
        added: A ``JournalEntry``, in the thread that the journal lives in.

    Attributes:
        entries: All of them, oldest first.
    """

    added = Signal(object)
    _taken = Signal(object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.entries: list[JournalEntry] = []
        self._last: dict[JournalEntry, float] = {}
        self._taken.connect(self._on_taken, Qt.ConnectionType.QueuedConnection)

    def take(self, matter: Matter, sentence: str, *, title: str = "", details: str = "") -> None:
        """Writes down what went wrong; callable from any thread."""
        self._taken.emit(JournalEntry(matter, sentence, title, details))

    def _on_taken(self, entry: JournalEntry) -> None:
        # A disk that is full says so with every page.
        now = time.monotonic()
        last = self._last.get(entry)
        self._last[entry] = now
        if last is not None and now - last < _QUIET:
            return
        dated = msgspec.structs.replace(entry, at=time.time())
        self.entries.append(dated)
        self.added.emit(dated)
