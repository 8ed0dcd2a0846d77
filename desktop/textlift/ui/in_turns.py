"""Much to do in the window's thread: done a little at a time, between its events."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Iterator

from PySide6.QtCore import QObject, QTimer

_SLICE = 0.005
"""Seconds; with what Qt does of it afterwards a turn stays within a frame of the screen."""


class InTurns(QObject):
    """Goes through iterators, one after the other; what each step does is up to them."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._waiting: deque[Iterator[object]] = deque()
        self._end = 0.0
        self._timer = QTimer(self)
        self._timer.setInterval(0)
        self._timer.timeout.connect(self._on_turn)

    def go_through(self, steps: Iterator[object]) -> None:
        """Begins at once where nothing else is going on; few steps are done on return.

        What many callers begin one after the other, without the window's events between, has
        the time of one turn together.
        """
        self._waiting.append(steps)
        is_first = not self._timer.isActive()
        if is_first:
            self._timer.start()
            self._end = time.perf_counter() + _SLICE
        if len(self._waiting) == 1 and (is_first or time.perf_counter() < self._end):
            self._go_on()

    def call(self, do: Callable[[], object]) -> None:
        """Does one thing when its turn has come, which may be at once."""
        self.go_through(_once(do))

    def drop(self) -> None:
        """Goes on with none of them."""
        self._waiting.clear()
        self._timer.stop()

    def _on_turn(self) -> None:
        if not self._waiting:
            self._timer.stop()
            return
        self._end = time.perf_counter() + _SLICE
        self._go_on()

    def _go_on(self) -> None:
        while self._waiting:
            steps = self._waiting[0]
            for _ in steps:
                if time.perf_counter() >= self._end:
                    return
            if self._waiting and self._waiting[0] is steps:
                self._waiting.popleft()


def _once(do: Callable[[], object]) -> Iterator[object]:
    yield do()
