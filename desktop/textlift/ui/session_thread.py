"""The thread that owns the window's session store and does every query there, in order."""

from __future__ import annotations

import queue
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from PySide6.QtCore import QObject, QThread, Signal

if TYPE_CHECKING:
    from textlift.sessions.store import SessionStore

T = TypeVar("T")


class _Job:
    def __init__(
        self, work: Callable[[SessionStore], object], then: Callable[[object], None] | None
    ) -> None:
        self.work = work
        self.then = then


class SessionThread(QThread):
    """Runs jobs on the session store one after the other; answers come in the GUI thread.

    Signals:
        opened: The store is open: its path, and a sentence when it is a temporary one because
            the user's own cannot be used.
        failed: A job could not be done: a sentence.
    """

    opened = Signal(str, str)
    failed = Signal(str)
    _answered = Signal(object, object)

    def __init__(self, path: Path, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("session")
        self._wanted = path
        self.path = path
        self._jobs: queue.SimpleQueue[_Job | None] = queue.SimpleQueue()
        self._answered.connect(self._on_answered)

    def ask(
        self, work: Callable[[SessionStore], T], then: Callable[[T], None] | None = None
    ) -> None:
        """Does ``work`` with the store in the thread; calls ``then`` with its result here."""
        self._jobs.put(_Job(work, then))  # type: ignore[arg-type]  # T is bound for both

    def close(self) -> None:
        """Ends the thread once every job asked for is done."""
        self._jobs.put(None)
        self.wait()

    def run(self) -> None:
        """The thread."""
        with tempfile.TemporaryDirectory(prefix="textlift-") as spare:
            store = self._open(Path(spare))
            if store is None:
                return
            try:
                while (job := self._jobs.get()) is not None:
                    self._do(job, store)
            finally:
                store.close()

    def _open(self, spare: Path) -> SessionStore | None:
        from textlift.sessions.errors import SessionError
        from textlift.sessions.store import SessionStore

        problem = ""
        for path in (self._wanted, spare / "session.sqlite3"):
            try:
                path.parent.mkdir(parents=True, exist_ok=True)
                store = SessionStore(path)
            except (SessionError, OSError) as error:
                problem = problem or f"{error} What you read now is lost when you close Textlift."
                continue
            self.path = path
            self.opened.emit(str(path), problem)
            return store
        self.failed.emit(problem)
        return None

    def _do(self, job: _Job, store: SessionStore) -> None:
        from textlift.sessions.errors import SessionError

        try:
            answer = job.work(store)
        except SessionError as error:
            self.failed.emit(str(error))
            return
        if job.then is not None:
            self._answered.emit(job.then, answer)

    def _on_answered(self, then: Callable[[object], None], answer: object) -> None:
        then(answer)
