"""Carries a run's events from its threads to the GUI thread, never more often than it can show."""

from __future__ import annotations

import threading
import time
from collections import deque

import msgspec
from PySide6.QtCore import QObject, Qt, QTimer, Signal

from textlift.recognition.events import Event, PageProgressed
from textlift.ui.progress import joined_progress

INTERVAL_MS = 33
"""Between two deliveries: about thirty a second."""
_SLICE = 0.005
"""Seconds of a delivery; what is left goes on after the window's other events."""


class EventRelay(QObject):
    """Collects events from any thread; delivers them, in order, in the thread it lives in.

    Progress of the same page is joined on the way, so that a fast engine costs the window no
    more than a slow one.

    Signals:
        arrived: One event.
        drained: All that had been collected has been delivered.
    """

    arrived = Signal(object)
    drained = Signal()
    _woken = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._lock = threading.Lock()
        self._waiting: deque[Event] = deque()
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self._deliver_some)
        self._woken.connect(self._on_woken, Qt.ConnectionType.QueuedConnection)

    def post(self, event: Event) -> None:
        """Takes an event; callable from any thread."""
        with self._lock:
            first = not self._waiting
            last = self._waiting[-1] if self._waiting else None
            joined = _joined(last, event)
            if joined is not None:
                self._waiting[-1] = joined
            else:
                self._waiting.append(event)
        if first:
            self._woken.emit()

    def deliver(self) -> None:
        """Delivers now all that waits."""
        for _ in range(len(self._waiting)):
            self._deliver_one()
        self.drained.emit()

    def _deliver_some(self) -> None:
        """Delivers as many as there is time for."""
        end = time.perf_counter() + _SLICE
        while self._deliver_one():
            if time.perf_counter() >= end:
                self._timer.start(0)
                return
        self.drained.emit()

    def _deliver_one(self) -> bool:
        with self._lock:
            if not self._waiting:
                return False
            event = self._waiting.popleft()
        self.arrived.emit(event)
        return True

    def _on_woken(self) -> None:
        if not self._timer.isActive():
            self._timer.start(INTERVAL_MS)


def _joined(last: Event | None, event: Event) -> Event | None:
    if not isinstance(last, PageProgressed) or not isinstance(event, PageProgressed):
        return None
    if last.task.identity != event.task.identity or last.engine != event.engine:
        return None
    return msgspec.structs.replace(event, progress=joined_progress(last.progress, event.progress))
