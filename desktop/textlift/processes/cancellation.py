"""A stop signal that wakes whoever waits."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager


class Cancellation:
    """Set once, from any thread; callers inside ``watching`` are told at once."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._cancelled = False
        self._watchers: list[Callable[[], None]] = []

    @property
    def cancelled(self) -> bool:
        return self._cancelled

    def cancel(self) -> None:
        """Cancels; calls every watcher once, in the calling thread."""
        with self._lock:
            if self._cancelled:
                return
            self._cancelled = True
            watchers = list(self._watchers)
        for watcher in watchers:
            watcher()

    @contextmanager
    def watching(self, watcher: Callable[[], None]) -> Iterator[None]:
        """Calls ``watcher`` when cancelled inside the block, or at once if it already is."""
        with self._lock:
            already = self._cancelled
            self._watchers.append(watcher)
        if already:
            watcher()
        try:
            yield
        finally:
            with self._lock:
                self._watchers.remove(watcher)
