"""The thread that owns the window's session store and does every query there, in order."""

from __future__ import annotations

import queue
import tempfile
from collections.abc import Callable
from contextlib import ExitStack, closing
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import msgspec
from PySide6.QtCore import QObject, QThread, Signal

from textlift.ui.in_turns import InTurns

if TYPE_CHECKING:
    from textlift.sessions.errors import SessionError
    from textlift.sessions.store import SessionStore

T = TypeVar("T")

_UNTIL_THEN = "What you read now is lost when you close Textlift."


class SessionProblem(msgspec.Struct, frozen=True):
    """Why the user's session cannot be used.

    Attributes:
        sentence: For a person.
        in_the_way: Were the file set aside, a new session could be begun.
    """

    sentence: str
    in_the_way: bool = False


class _Job:
    def __init__(
        self,
        work: Callable[[SessionStore], object],
        then: Callable[[object], None] | None,
        *,
        otherwise: Callable[[object], None] | None,
        essential: bool,
    ) -> None:
        self.work = work
        self.then = then
        self.otherwise = otherwise
        self.essential = essential


class _TryAgain(msgspec.Struct, frozen=True):
    """Look whether the user's session can be used now; see ``SessionThread.try_again``."""

    set_aside: bool


class SessionThread(QThread):
    """Runs jobs on the session store one after the other; answers come in the GUI thread.

    Where the user's session cannot be used a temporary one is. ``try_again`` looks whether that
    has changed; the documents of the temporary session then go into the user's when the thread
    is closed, since ids and open stores would mix them up before.

    Signals:
        opened: A store is open: its path.
        unusable: The user's session cannot be used: a ``SessionProblem``.
        usable: It can, and the window has to be opened anew; the name under which a file that
            was in the way is kept, or an empty string.
        failed: A job could not be done: a sentence.

    Attributes:
        path: Of the session that is open.
        lost: After the end: why the documents of the temporary session could not be kept.
    """

    opened = Signal(str)
    unusable = Signal(object)
    usable = Signal(str)
    failed = Signal(str)
    _answered = Signal(object, object)

    def __init__(self, path: Path, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("session")
        self._wanted = path
        self.path = path
        self.lost = ""
        self._moves = False
        self._spare: Path | None = None
        self._folders = ExitStack()
        self._jobs: queue.SimpleQueue[_Job | _TryAgain | None] = queue.SimpleQueue()
        # Answers come by the hundred when as many files are dropped.
        self._turns = InTurns(self)
        self._answered.connect(self._on_answered)

    def ask(
        self,
        work: Callable[[SessionStore], T],
        then: Callable[[T], None] | None = None,
        *,
        otherwise: Callable[[str], None] | None = None,
        essential: bool = False,
    ) -> None:
        """Does ``work`` with the store in the thread; calls ``then`` with its result here.

        Args:
            work: Given the store.
            then: Given its result; not called when it fails.
            otherwise: Given the sentence when it fails, in place of ``failed``.
            essential: A session with which this cannot be done cannot be used.
        """
        job = _Job(work, then, otherwise=otherwise, essential=essential)  # type: ignore[arg-type]
        self._jobs.put(job)

    def try_again(self, *, set_aside: bool) -> None:
        """Looks whether the user's session can be used now; answers ``usable`` or ``unusable``.

        Args:
            set_aside: Rename the file that is in its place, and begin a new one.
        """
        self._jobs.put(_TryAgain(set_aside))

    def close(self) -> None:
        """Ends the thread once every job asked for is done."""
        self._jobs.put(None)
        self.wait()

    def run(self) -> None:
        """The thread."""
        with self._folders:
            store = self._open()
            while (job := self._jobs.get()) is not None:
                if isinstance(job, _TryAgain):
                    self._try_again(set_aside=job.set_aside)
                elif store is not None:
                    store = self._do(job, store)
            if store is not None:
                store.close()
            self._keep_spare()

    def _open(self) -> SessionStore | None:
        from textlift.sessions.errors import SessionError
        from textlift.sessions.store import SessionStore

        try:
            store = SessionStore(self._wanted)
        except SessionError as error:
            return self._open_spare(error)
        self.opened.emit(str(self._wanted))
        return store

    def _open_spare(self, why: SessionError) -> SessionStore | None:
        from textlift.sessions.errors import SessionError
        from textlift.sessions.store import SessionStore

        # Made only now: on a full disk it cannot be, and the user's session may be usable there.
        try:
            folder = tempfile.TemporaryDirectory(prefix="textlift-", ignore_cleanup_errors=True)
            spare = Path(self._folders.enter_context(folder)) / "session.sqlite3"
            store = SessionStore(spare)
        except (OSError, SessionError) as error:
            sentence = f"{why} No temporary one can be begun either, so no file can be opened."
            self.unusable.emit(SessionProblem(f"{sentence} {error}", in_the_way=why.in_the_way))
            return None
        self.unusable.emit(SessionProblem(f"{why} {_UNTIL_THEN}", in_the_way=why.in_the_way))
        self._spare = self.path = spare
        self.opened.emit(str(spare))
        return store

    def _do(self, job: _Job, store: SessionStore) -> SessionStore | None:
        """Does a job; returns the store to go on with."""
        from textlift.sessions.errors import SessionError

        try:
            answer = job.work(store)
        except SessionError as error:
            if job.essential and self._spare is None:
                store.close()
                spare = self._open_spare(error)
                return self._do(job, spare) if spare is not None else None
            if job.otherwise is not None:
                self._answered.emit(job.otherwise, str(error))
            else:
                self.failed.emit(str(error))
            return store
        if job.then is not None:
            self._answered.emit(job.then, answer)
        return store

    def _try_again(self, *, set_aside: bool) -> None:
        from textlift.sessions import setting_aside
        from textlift.sessions.errors import SessionError
        from textlift.sessions.store import SessionStore

        kept = ""
        try:
            if set_aside:
                kept = setting_aside.set_aside(self._wanted).name
            with closing(SessionStore(self._wanted)) as store:
                for document in store.documents():
                    store.page_states(document.id)
        except SessionError as error:
            problem = SessionProblem(f"{error} {_UNTIL_THEN}", in_the_way=error.in_the_way)
            self.unusable.emit(problem)
        except OSError as error:
            reason = f"The session file cannot be renamed: {error.strerror}. {_UNTIL_THEN}"
            self.unusable.emit(SessionProblem(reason, in_the_way=True))
        else:
            self._moves = True
            self.usable.emit(kept)

    def _keep_spare(self) -> None:
        from textlift.sessions.errors import SessionError
        from textlift.sessions.store import SessionStore

        if self._spare is None or not self._moves:
            return
        try:
            with closing(SessionStore(self._wanted)) as store:
                store.take_in(self._spare)
        except SessionError as error:
            self.lost = f"What was read meanwhile could not be kept. {error}"

    def _on_answered(self, then: Callable[[object], None], answer: object) -> None:
        self._turns.call(lambda: then(answer))
