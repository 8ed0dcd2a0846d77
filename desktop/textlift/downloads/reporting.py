"""Says how far a task of one thread is, and looks whether it is still wanted."""

from __future__ import annotations

import time
from collections.abc import Callable

from textlift.downloads.failures import stopped
from textlift.downloads.messages import Fetching
from textlift.processes.cancellation import Cancellation

INTERVAL = 0.2
"""Seconds between two reports."""


class CheckingReport:
    """Counts the bytes whose checksum is made."""

    def __init__(
        self,
        size: int,
        *,
        on_fetching: Callable[[Fetching], None],
        cancellation: Cancellation,
    ) -> None:
        self._size = size
        self._have = 0
        self._on_fetching = on_fetching
        self._cancellation = cancellation
        self._next = 0.0

    def add(self, count: int) -> None:
        """More was read.

        Raises:
            DownloadProblem: Nobody waits for it any more.
        """
        if self._cancellation.cancelled:
            raise stopped()
        self._have += count
        now = time.monotonic()
        if now >= self._next:
            self._next = now + INTERVAL
            self._on_fetching(
                Fetching(have=min(self._have, self._size), size=self._size, checking=True)
            )
