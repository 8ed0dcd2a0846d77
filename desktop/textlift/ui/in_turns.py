"""Much to do in the window's thread: done a little at a time, between its events."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Iterator

from PySide6.QtCore import QObject, QTimer

_SLICE = 0.005
"""Seconds; with what Qt does of it afterwards a turn stays within a frame of the screen."""


class InTurns(QObject):
    """Goes through iterators, one after the other; what each step does is up to them."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._waiting: deque[Iterator[object]] = deque()
        self._timer = QTimer(self)
        self._timer.setInterval(0)
        self._timer.timeout.connect(self._go_on)

    def go_through(self, steps: Iterator[object]) -> None:
        """Begins at once where nothing else is going on; few steps are done on return."""
        self._waiting.append(steps)
        if len(self._waiting) == 1:
            self._timer.start()
            self._go_on()

    def drop(self) -> None:
        """Goes on with none of them."""
        self._waiting.clear()
        self._timer.stop()

    def _go_on(self) -> None:
        end = time.perf_counter() + _SLICE
        while self._waiting:
            for _ in self._waiting[0]:
                if time.perf_counter() >= end:
                    return
            self._waiting.popleft()
        self._timer.stop()
