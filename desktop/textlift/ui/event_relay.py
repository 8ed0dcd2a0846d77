"""Carries a run's events from its threads to the GUI thread, never more often than it can show."""

from __future__ import annotations

import threading

import msgspec
from PySide6.QtCore import QObject, Qt, QTimer, Signal

from textlift.recognition.events import Event, PageProgressed
from textlift.ui.progress import joined_progress

INTERVAL_MS = 33
"""Between two deliveries: about thirty a second."""


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
        self._waiting: list[Event] = []
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(INTERVAL_MS)
        self._timer.timeout.connect(self.deliver)
        self._woken.connect(self._timer.start, Qt.ConnectionType.QueuedConnection)

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
        """Delivers now what waits."""
        with self._lock:
            events, self._waiting = self._waiting, []
        for event in events:
            self.arrived.emit(event)
        self.drained.emit()


def _joined(last: Event | None, event: Event) -> Event | None:
    if not isinstance(last, PageProgressed) or not isinstance(event, PageProgressed):
        return None
    if last.task.identity != event.task.identity or last.engine != event.engine:
        return None
    return msgspec.structs.replace(event, progress=joined_progress(last.progress, event.progress))
