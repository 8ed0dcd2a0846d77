"""The thread that reads: drives a recognition run whenever pages wait, and stops it."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import msgspec
from PySide6.QtCore import QObject, QThread, Signal

from textlift.engines.contract import EngineOptions
from textlift.processes.cancellation import Cancellation
from textlift.recognition.tasks import PageTask, TaskQueue
from textlift.ui.engine_warming import EngineWarming
from textlift.ui.event_relay import EventRelay

if TYPE_CHECKING:
    from textlift.documents.client import DocumentReader
    from textlift.engines.registry import Registry
    from textlift.inspection.client import PageInspector
    from textlift.recognition.engine_pool import EnginePool, LoadedEngine
    from textlift.recognition.run import RecognitionRun, RunSummary


class RunEnded(msgspec.Struct, frozen=True):
    """A run is over.

    Attributes:
        stopped: By the user.
        braked: Why it gave up; empty when it did not.
        problem: Why it could not go on at all, such as a full disk; empty when it could.
        opinions_lost: Second opinions that nobody will read any more.
    """

    stopped: bool = False
    braked: str = ""
    problem: str = ""
    opinions_lost: tuple[PageTask, ...] = ()


class _Work(NamedTuple):
    """What one run reads; ``stop`` gives the next run a queue and a stop signal of its own."""

    session_path: Path
    queue: TaskQueue
    cancellation: Cancellation


class RecognitionThread(QThread):
    """Reads what ``submit`` brings until ``stop``; keeps engines loaded in between.

    Signals:
        run_started: Reading begins.
        run_ended: ``RunEnded``. No event of the run comes after it.

    Attributes:
        relay: Emits the events of the run in the GUI thread.
    """

    run_started = Signal()
    run_ended = Signal(object)
    _ended = Signal(object)

    def __init__(
        self,
        *,
        registry: Registry,
        options: EngineOptions,
        cache_folder: Path,
        checks_pages: bool = True,
        never: tuple[str, ...] = (),
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self.setObjectName("recognition")
        self.relay = EventRelay(self)
        self._registry = registry
        self._options = options
        self._cache_folder = cache_folder
        self._session_path: Path | None = None
        self._queue = TaskQueue()
        self._wake = threading.Condition()
        self._closing = False
        self._cancellation = Cancellation()
        self._run: RecognitionRun | None = None
        self._pool: EnginePool | None = None
        self._pooled: Registry | None = None
        self._pool_lock = threading.Lock()
        self._warming = EngineWarming(self._current_engines, on_event=self.relay.post)
        self._soon = False
        self._reader: DocumentReader | None = None
        self._inspector: PageInspector | None = None
        self._checks_pages = checks_pages
        self._never = never
        self._ended.connect(self._on_ended)

    def pids(self) -> tuple[int, ...]:
        """Process ids of the engines, of the reader that feeds them and of the inspector."""
        pool = self._pool
        engines = tuple(pool.pids()) if pool is not None else ()
        others = [one.pid for one in (self._reader, self._inspector) if one is not None]
        return (*engines, *(pid for pid in others if pid is not None))

    def loaded(self) -> tuple[LoadedEngine, ...]:
        """The engines that take memory now."""
        pool = self._pool
        return pool.loaded() if pool is not None else ()

    def unload(self, name: str) -> None:
        """Ends an engine; see ``EnginePool.unload``. Not for the GUI thread: it waits."""
        pool = self._pool
        if pool is not None:
            pool.unload(name)

    def unload_idle(self, *, since: float) -> tuple[str, ...]:
        """Ends engines that read nothing since then, and names them. Not for the GUI thread."""
        pool = self._pool
        return pool.unload_idle(since=since) if pool is not None else ()

    @property
    def waiting(self) -> int:
        """Pages submitted and not taken in hand yet, second opinions not counted."""
        return self._queue.pages

    def use_session(self, path: Path) -> None:
        """Says where finished pages are kept; nothing is read before."""
        with self._wake:
            self._session_path = path
            self._wake.notify()

    def use_options(self, options: EngineOptions) -> None:
        """Loads engines with other options from the next run on."""
        with self._wake:
            self._options = options

    def check_pages(self, *, wanted: bool, never: tuple[str, ...] = ()) -> None:
        """Says whether pages are compared with an independent look, from the next run on.

        Args:
            wanted: They are.
            never: Names of engines that are not to be asked for it.
        """
        with self._wake:
            self._checks_pages = wanted
            self._never = never

    def use_registry(self, registry: Registry) -> None:
        """Reads with other engines; those loaded are ended before the next run.

        A run that goes on finishes the pages in hand and leaves those that wait to the next one,
        for what it is given now may name engines that it does not know.
        """
        with self._wake:
            self._registry = registry
            self._queue = TaskQueue(self._queue.clear())

    def submit(self, tasks: Iterable[PageTask]) -> int:
        """Adds pages to the queue; reading starts at once if it does not go on already.

        Returns:
            How many pages among them did not wait already, second opinions not counted.
        """
        with self._wake:
            added = self._queue.add(tasks)
            self._wake.notify()
            return added

    def stop(self) -> tuple[PageTask, ...]:
        """Stops within about a second and forgets the pages that wait.

        What is submitted afterwards is read by a new run, even while the old one is ending.

        Returns:
            The second opinions that waited.
        """
        with self._wake:
            cancellation, self._cancellation = self._cancellation, Cancellation()
            queue, self._queue = self._queue, TaskQueue()
            lost = tuple(task for task in queue.clear() if task.opinion)
        cancellation.cancel()
        return lost

    def stop_opinion(self, task: PageTask) -> None:
        """Stops one second opinion, waiting or in hand; all else is read on."""
        with self._wake:
            self._queue.remove_opinion(task)
            run = self._run
        if run is not None:
            run.stop_opinion(task)

    def warm_up(self, name: str) -> None:
        """Begins to load what the first page will want: the reader, and this engine if it is small.

        Opening and drawing that page takes about as long, and runs beside it.
        """
        with self._wake:
            self._soon = True
            self._wake.notify()
        self._warming.begin(name)

    def forget(self, document_id: int) -> None:
        """Drops the waiting pages of a document."""
        with self._wake:
            self._queue.remove_document(document_id)

    def close(self) -> None:
        """Stops and ends the thread with every process it started."""
        with self._wake:
            self._closing = True
            self._wake.notify()
        self.stop()
        self._warming.close()
        self.wait()
        if self._pool is not None:
            self._pool.close()

    def run(self) -> None:
        """The thread."""
        if not self._wait_until_wanted():
            return
        # Not before there is work, or soon will be: what this imports would hold up the window.
        from textlift.documents.client import DocumentReader
        from textlift.inspection.client import PageInspector

        reader = DocumentReader(self._cache_folder)
        self._reader = reader
        self._inspector = PageInspector(threads=self._options.threads)
        try:
            if not self._has_work:
                self._start_reader(reader)
            work = self._wait_for_work()
            while work is not None:
                self.run_started.emit()
                ended = self._read(work, reader)
                self._ended.emit(self._with_losses(ended, work))
                work = self._wait_for_work()
        finally:
            reader.close()
            self._inspector.close()
            if self._pool is not None:
                self._pool.close()

    def _wait_until_wanted(self) -> bool:
        """Whether the thread has something to do, or soon will have."""
        with self._wake:
            while not self._closing and not self._soon and not self._has_work:
                self._wake.wait()
            return not self._closing

    @property
    def _has_work(self) -> bool:
        return self._session_path is not None and len(self._queue) > 0

    def _start_reader(self, reader: DocumentReader) -> None:
        from textlift.documents.client import DocumentError
        from textlift.processes.supervised import ProcessCancelled

        # What is wrong with it, the first page will say.
        with contextlib.suppress(DocumentError, ProcessCancelled):
            reader.find_files((), cancellation=self._cancellation)

    def _wait_for_work(self) -> _Work | None:
        with self._wake:
            while not self._closing:
                if self._session_path is not None and self._has_work:
                    return _Work(self._session_path, self._queue, self._cancellation)
                self._wake.wait()
        return None

    def _read(self, work: _Work, reader: DocumentReader) -> RunEnded:
        from textlift.recognition.run import RecognitionRun
        from textlift.sessions.errors import SessionError
        from textlift.sessions.store import SessionStore

        try:
            store = SessionStore(work.session_path)
        except SessionError as error:
            return RunEnded(problem=str(error))
        try:
            registry, pool = self._current_engines()
            run = RecognitionRun(
                work.queue,
                registry=registry,
                pool=pool,
                reader=reader,
                sink=store,
                on_event=self.relay.post,
                cancellation=work.cancellation,
                inspector=self._inspector if self._checks_pages else None,
                never=self._never,
            )
            with self._wake:
                self._run = run
            summary: RunSummary = run.execute()
        except SessionError as error:
            return RunEnded(problem=str(error))
        finally:
            with self._wake:
                self._run = None
            store.close()
        return RunEnded(stopped=summary.cancelled, braked=summary.braked)

    def _with_losses(self, ended: RunEnded, work: _Work) -> RunEnded:
        """What is left when a run gave up is forgotten, as is what was put back after ``stop``.

        The pages wait in the session; second opinions do not.
        """
        gave_up = bool(ended.braked or ended.problem)
        with self._wake:
            left = work.queue.clear() if gave_up or work.queue is not self._queue else ()
            if gave_up and work.cancellation is self._cancellation:
                # Other engines came while it ran, and moved what waits to a queue of their own.
                left += self._queue.clear()
        lost = tuple(task for task in left if task.opinion)
        return msgspec.structs.replace(ended, opinions_lost=lost)

    def _current_engines(self) -> tuple[Registry, EnginePool]:
        from textlift.recognition.engine_pool import EnginePool

        with self._wake:
            registry, options = self._registry, self._options
        with self._pool_lock:
            pool = self._pool
            if pool is not None and (pool.options != options or self._pooled is not registry):
                pool.close()
                self._pool = None
            if self._pool is None:
                self._pool, self._pooled = EnginePool(registry, options), registry
            return registry, self._pool

    def _on_ended(self, ended: RunEnded) -> None:
        self.relay.deliver()
        self.run_ended.emit(ended)
