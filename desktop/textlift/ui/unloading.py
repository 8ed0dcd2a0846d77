"""Unloads models: those the user wants to be rid of, and those that read nothing for a while."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, QTimer, Signal

if TYPE_CHECKING:
    from concurrent.futures import ThreadPoolExecutor

    from textlift.recognition.engine_pool import LoadedEngine
    from textlift.ui.reading import Reading

_LONGEST_MS = 2**31 - 1


class Unloading(QObject):
    """Ends engine processes, in a thread of its own.

    Every engine is treated alike: the small ones give back some hundred megabytes too, and are
    loaded again in about the time that a page takes.

    Signals:
        begun: What is loaded now, some of which is about to be ended.
        ended: Names of engines whose processes are gone.
        changed: What will become of a loaded model is another.
    """

    begun = Signal(object)
    ended = Signal(object)
    changed = Signal()
    _done = Signal(object)

    def __init__(self, reading: Reading, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._reading = reading
        self._idle_seconds = 0.0
        self._run_began = 0.0
        self._was_active = False
        self._afterwards: set[str] = set()
        self._worker: ThreadPoolExecutor | None = None
        self._closed = False
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        # A coarse one may come too early, and nothing would be idle long enough then.
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._unload_idle)
        self._done.connect(self._on_done)
        reading.changed.connect(self._on_reading_changed)
        reading.page_finished.connect(self._arm)

    def use_idle_minutes(self, minutes: float) -> None:
        """Unloads models after so many idle minutes from now on; 0: never."""
        self._idle_seconds = minutes * 60
        self._arm()

    @property
    def idle_minutes(self) -> float:
        """After which a model is unloaded; 0: never."""
        return self._idle_seconds / 60

    @property
    def loaded(self) -> tuple[LoadedEngine, ...]:
        """The engine processes that run now."""
        return self._reading.thread_.loaded()

    def in_use(self, engine: LoadedEngine) -> bool:
        """Whether it reads, or has read in the run that goes on and will be asked again."""
        if engine.used_at is None:
            return True
        return self._reading.active and engine.used_at >= self._run_began

    def seconds_left(self, engine: LoadedEngine) -> float | None:
        """Until it is unloaded by itself; None when it is not going to be as things stand."""
        if not self._idle_seconds or engine.used_at is None:
            return None
        return max(engine.used_at + self._idle_seconds - time.monotonic(), 0.0)

    def goes_afterwards(self, name: str) -> bool:
        """Whether it will be unloaded when reading ends."""
        return name in self._afterwards

    def unload(self, name: str) -> None:
        """Unloads an engine now, or when reading ends if it is in use."""
        if any(self.in_use(engine) for engine in self.loaded if engine.name == name):
            self._afterwards.add(name)
            self.changed.emit()
        else:
            self._do(lambda: self._unload_named((name,)))

    def keep(self, name: str) -> None:
        """Does not unload it when reading ends after all."""
        self._afterwards.discard(name)
        self.changed.emit()

    def close(self) -> None:
        """Ends the thread once what it is ending has ended; nothing is unloaded any more."""
        self._closed = True
        self._timer.stop()
        if self._worker is not None:
            self._worker.shutdown(wait=True)

    def _on_reading_changed(self) -> None:
        active = self._reading.active
        if active and not self._was_active:
            self._run_began = time.monotonic()
        self._was_active = active
        if not active and self._afterwards:
            names, self._afterwards = tuple(self._afterwards), set()
            self._do(lambda: self._unload_named(names))
        self._arm()
        self.changed.emit()

    def _unload_named(self, names: tuple[str, ...]) -> tuple[str, ...]:
        for name in names:
            self._reading.thread_.unload(name)
        return names

    def _unload_idle(self) -> None:
        since = time.monotonic() - self._idle_seconds
        if any(engine.used_at is not None and engine.used_at <= since for engine in self.loaded):
            self._do(lambda: self._reading.thread_.unload_idle(since=since))
        else:
            self._arm()

    def _do(self, work: Callable[[], tuple[str, ...]]) -> None:
        """Lets the thread do it; ending a process may take a second."""
        if self._closed:
            return
        self.begun.emit(self.loaded)
        if self._worker is None:
            from concurrent.futures import ThreadPoolExecutor

            self._worker = ThreadPoolExecutor(1, thread_name_prefix="unloading")
        self._worker.submit(self._tell_end, work)

    def _tell_end(self, work: Callable[[], tuple[str, ...]]) -> None:
        names: tuple[str, ...] = ()
        try:
            names = work()
        finally:
            # Also where a process could not be ended: else the display would wait for it for ever.
            self._done.emit(names)

    def _on_done(self, names: tuple[str, ...]) -> None:
        self.ended.emit(names)
        self._arm()

    def _arm(self, *_: object) -> None:
        """Waits for the model that is due next."""
        left = [self.seconds_left(engine) for engine in self.loaded if not engine.leaving]
        due = min((seconds for seconds in left if seconds is not None), default=None)
        if due is None or self._closed:
            self._timer.stop()
        else:
            self._timer.start(min(math.ceil(due * 1000) + 1, _LONGEST_MS))
