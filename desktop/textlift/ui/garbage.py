"""Collects garbage in the GUI thread, and in no other.

Python collects cycles in whichever thread allocates when a count is reached. A widget that only a
cycle holds would be destroyed there, which Qt does not survive. So the automatic collection is
switched off, and a timer of the GUI thread does what it did, at moments of its own.
"""

from __future__ import annotations

import gc
import time

from PySide6.QtCore import QObject, Qt, QTimer
from PySide6.QtGui import QGuiApplication

INTERVAL_MS = 250
YOUNG = 700
"""Objects made and not freed, before the young ones are looked at: Python's own threshold."""
_ROUNDS = 10
"""Collections of a generation before the next older one is looked at: likewise Python's own."""
BEARABLE = 0.008
"""Seconds that a full collection may take while the user may be working: half a frame."""
LONGEST_WAIT = 600.0
"""Seconds after which a full collection is made even if it takes longer than that."""


class GarbageCollection(QObject):
    """Takes over from Python's automatic collection until ``end``.

    What is alive at ``start`` is never looked at again (``gc.freeze``): the classes, functions
    and widgets of the program itself, which would make each full collection ten times as long.
    """

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._rounds = [0, 0]
        self._full_takes = 0.0
        self._full_at = time.monotonic()
        self._was_enabled = gc.isenabled()
        self._timer = QTimer(self)
        self._timer.setInterval(INTERVAL_MS)
        self._timer.timeout.connect(self.look)
        gc.disable()

    def start(self) -> None:
        """Call it once, when the window is there."""
        gc.freeze()
        self._timer.start()

    def end(self) -> None:
        """Gives the work back to Python."""
        self._timer.stop()
        gc.unfreeze()
        if self._was_enabled:
            gc.enable()

    def look(self) -> None:
        """Collects what has become due."""
        if gc.get_count()[0] < YOUNG:
            return
        young, middle = self._rounds
        if middle >= _ROUNDS and self._may_collect_all():
            self._collect_all()
        elif young >= _ROUNDS:
            gc.collect(1)
            self._rounds = [0, middle + 1]
        else:
            gc.collect(0)
            self._rounds = [young + 1, middle]

    def _may_collect_all(self) -> bool:
        if self._full_takes <= BEARABLE:
            return True
        # The hitch is for a moment when nobody types or scrolls here.
        active = QGuiApplication.applicationState() == Qt.ApplicationState.ApplicationActive
        return not active or time.monotonic() - self._full_at > LONGEST_WAIT

    def _collect_all(self) -> None:
        before = time.monotonic()
        gc.collect(2)
        self._full_at = time.monotonic()
        self._full_takes = self._full_at - before
        self._rounds = [0, 0]
