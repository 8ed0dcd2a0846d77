"""A window that is worked by a script inside its own event loop, and how long each turn takes."""

from __future__ import annotations

import os
import sys
import tempfile
import threading
import time
import traceback
from collections import Counter
from collections.abc import Callable, Generator
from pathlib import Path

import msgspec
from PySide6.QtCore import QObject, QTimer
from PySide6.QtWidgets import QApplication

from doubles import engine_script as do
from doubles.engine_script import EngineScript
from textlift.settings import Settings, user_folders
from textlift.ui.application import Desktop

Condition = Callable[[], object]
Steps = Generator[Condition, None, None]
"""Works the window; goes on when what it yields is true."""

_TICK_MS = 1
_LONG = 0.016
"""Seconds of a turn that are too long: a frame of the screen."""
PATIENCE = 300.0
"""Seconds to wait for one condition."""


class Figures(msgspec.Struct):
    """What a piece of work took.

    Attributes:
        name: Of the work.
        size: Of the document, in pages or files.
        seconds: From its begin to its end.
        work: Seconds of the processor that the window's thread took in all.
        cpu: Likewise all threads of the window's process.
        longest_work: Likewise, without looking at its events once.
        longest_wait: Seconds by the clock between two looks, what others needed included.
        count: How often it was done.
    """

    name: str
    size: int
    seconds: float
    work: float
    longest_work: float
    longest_wait: float
    cpu: float = 0.0
    count: int = 1


class Bench(QObject):
    """Runs steps in the event loop and measures the turns between."""

    def __init__(self, *, size: int) -> None:
        super().__init__()
        self.figures: list[Figures] = []
        self.error: BaseException | None = None
        self._size = size
        self._now: Figures | None = None
        self._began = self._cpu_before = 0.0
        self._steps: Steps | None = None
        self._wanted: Condition | None = None
        self._since = 0.0
        self._last = time.thread_time(), time.perf_counter()
        self._timer = QTimer(self)
        self._timer.setInterval(_TICK_MS)
        self._timer.timeout.connect(self._on_tick)

    def begin(self, name: str) -> None:
        """The work begins with what the step does next."""
        self._now = Figures(name, self._size, 0.0, 0.0, 0.0, 0.0)
        self._last = time.thread_time(), time.perf_counter()
        self._began = time.perf_counter()
        self._cpu_before = time.process_time()

    def end(self, *, count: int = 1) -> None:
        """It has ended; what the step did since it went on is part of it."""
        self._note()
        assert self._now is not None
        self._now.seconds = time.perf_counter() - self._began
        self._now.cpu = time.process_time() - self._cpu_before
        self._now.count = count
        self.figures.append(self._now)
        self._now = None

    @property
    def doing(self) -> str:
        """Name of the work that goes on."""
        return self._now.name if self._now is not None else ""

    def is_late(self, seconds: float) -> bool:
        """Whether a turn has taken so long up to now."""
        return self._now is not None and time.perf_counter() - self._last[1] > seconds

    def run(self, application: QApplication, steps: Steps) -> None:
        """Goes through the steps; raises what one of them raised."""
        self._steps = steps
        self._wanted = None
        self._timer.start()
        application.exec()
        self._timer.stop()
        if self.error is not None:
            raise self.error

    def _note(self) -> None:
        work, clock = time.thread_time(), time.perf_counter()
        if self._now is not None:
            turn = work - self._last[0]
            self._now.work += turn
            self._now.longest_work = max(self._now.longest_work, turn)
            waited = clock - self._last[1] - _TICK_MS / 1000
            self._now.longest_wait = max(self._now.longest_wait, waited)
        self._last = work, clock

    def _on_tick(self) -> None:
        self._note()
        assert self._steps is not None
        try:
            if self._wanted is None or self._wanted():
                self._wanted = next(self._steps)
                self._since = time.perf_counter()
            elif time.perf_counter() - self._since > PATIENCE:
                self.error = TimeoutError("the window did not come to what was waited for")
                QApplication.quit()
        except StopIteration:
            QApplication.quit()
        except BaseException as error:  # noqa: BLE001 - raised by ``run``, outside of Qt
            self.error = error
            QApplication.quit()


class LongTurns(threading.Thread):
    """Writes down where the window's thread is when a turn is too long, to find out why."""

    def __init__(self, bench: Bench) -> None:
        super().__init__(daemon=True)
        self._bench = bench
        self._thread = threading.get_ident()
        self._over = threading.Event()
        self.places: Counter[str] = Counter()

    def run(self) -> None:
        while not self._over.wait(0.004):
            if not self._bench.is_late(_LONG):
                continue
            frame = sys._current_frames().get(self._thread)
            stack = traceback.extract_stack(frame)
            ours = [one for one in stack if "textlift" in one.filename]
            place = " < ".join(f"{one.name}:{one.lineno}" for one in ours[::-1][:7])
            self.places[f"{self._bench.doing}: {place}"] += 1

    def end(self) -> None:
        """Prints the places, the most frequent first, each for four milliseconds."""
        self._over.set()
        self.join()
        for place, count in self.places.most_common(40):
            print(count, place, file=sys.stderr)


def work_window(
    size: int, script: Callable[[Desktop, Bench], Steps], *, reads: bool = False
) -> list[Figures]:
    """Opens the window on the session of ``TEXTLIFT_HOME`` and has it worked.

    Args:
        size: Of the document.
        script: Given the window, not started yet, and what measures.
        reads: The engine reads; else it waits with the first page it gets.
    """
    application = QApplication.instance() or QApplication(["textlift"])
    assert isinstance(application, QApplication)
    with tempfile.TemporaryDirectory(prefix="script-") as folder:
        engines = EngineScript(Path(folder))
        os.environ.update(engines.environment)
        engines.engine("alpha", default=do.READ if reads else do.WAIT)
        registry = engines.registry
        desktop = Desktop(
            application,
            folders=user_folders(),
            engines=lambda _: registry,
            settings=Settings(model="alpha", fallback=(), check_pages=False),
        )
        desktop.window.resize(1280, 800)
        desktop.window.show()
        bench = Bench(size=size)
        long_turns = LongTurns(bench) if "TEXTLIFT_LONG_TURNS" in os.environ else None
        if long_turns is not None:
            long_turns.start()
        try:
            bench.run(application, script(desktop, bench))
        finally:
            if long_turns is not None:
                long_turns.end()
            desktop.window.close()
            desktop.close()
            engines.close()
    return bench.figures
