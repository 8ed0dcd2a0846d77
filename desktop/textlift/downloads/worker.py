"""A thread that does one thing after the other."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable


class Worker(threading.Thread):
    """Does what it is given, in order; ``close`` ends it once all of that is done."""

    def __init__(self, name: str) -> None:
        super().__init__(name=name, daemon=True)
        self._work: queue.SimpleQueue[Callable[[], None] | None] = queue.SimpleQueue()

    def do(self, work: Callable[[], None]) -> None:
        """Does something later; from any thread."""
        self._work.put(work)

    def close(self, *, patience: float | None = None) -> bool:
        """Ends the thread when it has done what it was given; False when that takes longer.

        Args:
            patience: Seconds to wait for it; None: as long as it takes.
        """
        if self.ident is None:
            return True
        self._work.put(None)
        self.join(patience)
        return not self.is_alive()

    def run(self) -> None:
        """The thread."""
        while (work := self._work.get()) is not None:
            work()
