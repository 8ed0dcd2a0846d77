"""The thread that measures the memories."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable

from PySide6.QtCore import QObject, QThread, Signal

_SHOWN, _UNSEEN = 0.5, 5.0
"""Seconds between two samples: while the window is shown, and while nobody can see it."""


class MemorySampler(QThread):
    """Measures twice a second, less often while nobody looks.

    Signals:
        sampled: A ``MemorySample``.

    Attributes:
        interval: Seconds between two samples.
    """

    sampled = Signal(object)

    def __init__(self, pids: Callable[[], Iterable[int]], parent: QObject | None = None) -> None:
        """Prepares.

        Args:
            pids: Gives the child processes whose memory is Textlift's; called in the thread.
            parent: In Qt's sense.
        """
        super().__init__(parent)
        self.setObjectName("memory")
        self._pids = pids
        self._wake = threading.Event()
        self._closing = False
        self.interval = _SHOWN

    def run(self) -> None:
        """The thread."""
        from textlift.models.memory import sample_memory

        while True:
            # Before it looks whether it is to end, so that no call to end is overheard.
            self._wake.clear()
            if self._closing:
                return
            self.sampled.emit(sample_memory(tuple(self._pids())))
            self._wake.wait(self.interval)

    def watch(self, *, seen: bool) -> None:
        """Says whether somebody can see what is measured."""
        if seen and self.interval != _SHOWN:
            self.interval = _SHOWN
            self.measure_now()
        elif not seen:
            self.interval = _UNSEEN

    def measure_now(self) -> None:
        """Measures at once instead of when it is time."""
        self._wake.set()

    def close(self) -> None:
        """Ends the thread."""
        self._closing = True
        self._wake.set()
        self.wait()
