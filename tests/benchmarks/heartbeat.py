"""A timer in the GUI thread that notes how late it is answered, and what ran meanwhile."""

from __future__ import annotations

import gc
import os
import sys
import threading
import time
from collections import Counter
from types import FrameType

import msgspec
from PySide6.QtCore import QObject, Qt, QTimer

TICK_MS = 4
LATE = 0.008
"""Seconds after which the thread's stack is looked at."""
FRAME = 0.016
_LOOK_EVERY = 0.002


class Gap(msgspec.Struct, frozen=True):
    """An answer that came late.

    Attributes:
        late: Seconds from due to answered.
        own: Of these, seconds that the GUI thread ran.
        waited: Seconds that it could have run and had no processor; 0 where the system does not
            say.
        others: Seconds that the process's other threads ran meanwhile.
        during: What the user was doing.
        stack: Innermost functions of the GUI thread, as seen while it was late.
    """

    late: float
    own: float
    waited: float
    others: float
    during: str
    stack: str

    @property
    def blame(self) -> str:
        """What kept the GUI thread for half of the time or more."""
        if self.own >= self.late / 2:
            return "ran itself"
        return "had no processor" if self.waited >= self.late / 2 else "waited for a thread or disk"


class Beats(msgspec.Struct, frozen=True):
    """What was measured.

    Attributes:
        late: Seconds, of each answer, by what the user was doing.
        own: Seconds of processor time that the GUI thread took for each, likewise.
        gaps: Those that came later than a frame.
        collections: Seconds of each collection of garbage, by generation.
        pages: Read meanwhile.
    """

    late: dict[str, list[float]] = {}
    own: dict[str, list[float]] = {}
    gaps: tuple[Gap, ...] = ()
    collections: dict[int, list[float]] = {}
    pages: int = 0


class Heartbeat(QObject):
    """Beats from ``start`` to ``end``; make it in the GUI thread.

    Attributes:
        during: What the user is doing now.
    """

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.during = ""
        self._late: dict[str, list[float]] = {}
        self._own: dict[str, list[float]] = {}
        self._gaps: list[Gap] = []
        self._collections: dict[int, list[float]] = {}
        self._due = 0.0
        self._times = (0.0, 0.0, 0.0)
        self._schedule = _open_schedule()
        self._collecting = 0.0
        self._watched = threading.main_thread().ident or 0
        self._seen: Counter[str] = Counter()
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._watch, name="heartbeat", daemon=True)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._beat)

    def start(self, during: str) -> None:
        """Begins to measure."""
        self.during = during
        gc.callbacks.append(self._on_collection)
        self._thread.start()
        self._arm()

    def end(self, *, pages: int = 0) -> Beats:
        """Stops, and says what was measured."""
        self._timer.stop()
        self._ended.set()
        self._thread.join()
        gc.callbacks.remove(self._on_collection)
        return Beats(self._late, self._own, tuple(self._gaps), self._collections, pages)

    def _arm(self) -> None:
        self._times = (time.thread_time(), time.process_time(), self._unscheduled())
        self._due = time.perf_counter() + TICK_MS / 1000
        self._timer.start(TICK_MS)

    def _beat(self) -> None:
        late = max(time.perf_counter() - self._due, 0.0)
        self._due = float("inf")
        before, all_before, unscheduled = self._times
        own = time.thread_time() - before
        self._late.setdefault(self.during, []).append(late)
        self._own.setdefault(self.during, []).append(own)
        if late > FRAME:
            others = max(time.process_time() - all_before - own, 0.0)
            stack = self._seen.most_common(1)[0][0] if self._seen else ""
            waited = self._unscheduled() - unscheduled
            self._gaps.append(Gap(late, own, waited, others, self.during, stack))
        self._seen.clear()
        self._arm()

    def _unscheduled(self) -> float:
        """Seconds that this thread was ready to run and did not, since it began."""
        if self._schedule is None:
            return 0.0
        return int(os.pread(self._schedule, 64, 0).split()[1]) / 1e9

    def _watch(self) -> None:
        """Thread: looks at the GUI thread's stack while a beat is late."""
        while not self._ended.wait(_LOOK_EVERY):
            if time.perf_counter() - self._due > LATE:
                frame = sys._current_frames().get(self._watched)
                self._seen[_told(frame)] += 1

    def _on_collection(self, phase: str, info: dict[str, int]) -> None:
        if phase == "start":
            self._collecting = time.perf_counter()
        else:
            taken = time.perf_counter() - self._collecting
            self._collections.setdefault(info["generation"], []).append(taken)


def _open_schedule() -> int | None:
    """What Linux tells of the scheduling of this thread."""
    try:
        return os.open("/proc/thread-self/schedstat", os.O_RDONLY)
    except OSError:
        return None


def _told(frame: FrameType | None, *, depth: int = 3) -> str:
    """The innermost functions, the innermost last."""
    names: list[str] = []
    while frame is not None and len(names) < depth:
        code = frame.f_code
        if "heartbeat" not in code.co_filename and "event_loop" not in code.co_filename:
            file = code.co_filename.rsplit("/", 1)[-1].removesuffix(".py")
            names.append(f"{file}.{code.co_name}:{frame.f_lineno}")
        frame = frame.f_back
    return " > ".join(reversed(names)) or "Qt"
