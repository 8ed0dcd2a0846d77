"""How far a task of several threads is, and how fast."""

from __future__ import annotations

import collections
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

from textlift.downloads.messages import Fetching

_WINDOW = 5.0
"""Seconds over which the rate is taken."""


class Meter:
    """Counts bytes; safe to use from several threads."""

    def __init__(self, *, have: int, size: int) -> None:
        """Begins.

        Args:
            have: Bytes that are here already.
            size: Bytes in all.
        """
        self._lock = threading.Lock()
        self._have = have
        self._size = size
        self._came = 0
        self._busy = 0
        self._checking = 0
        self._waiting: dict[object, tuple[str, float]] = {}
        self._marks: collections.deque[tuple[float, int]] = collections.deque()

    @property
    def came(self) -> int:
        """Bytes that came over the network."""
        return self._came

    def add(self, count: int) -> None:
        """Bytes came over the network."""
        with self._lock:
            self._came += count
            self._have += count

    def move(self, count: int) -> None:
        """Bytes are there after all, or, below 0, are of no use."""
        with self._lock:
            self._have += count

    def waits(self, who: object, reason: str, until: float) -> None:
        """A thread waits until a moment of the monotonic clock; without reason: no longer."""
        with self._lock:
            if reason:
                self._waiting[who] = reason, until
            else:
                self._waiting.pop(who, None)

    @contextmanager
    def busy(self) -> Iterator[None]:
        """A thread works inside the block."""
        with self._lock:
            self._busy += 1
        try:
            yield
        finally:
            with self._lock:
                self._busy -= 1

    @contextmanager
    def checking(self) -> Iterator[None]:
        """A busy thread makes the checksum of what is on disk inside the block."""
        with self._lock:
            self._checking += 1
        try:
            yield
        finally:
            with self._lock:
                self._checking -= 1

    def state(self) -> Fetching:
        """Where it is now; no rate while all threads wait, or make checksums."""
        now = time.monotonic()
        with self._lock:
            rate = self._rate(now)
            idle = 0 < self._busy <= len(self._waiting) + self._checking
            return Fetching(
                have=max(0, min(self._have, self._size)),
                size=self._size,
                rate=0.0 if idle else rate,
                checking=idle and self._checking > 0,
                waiting=self._why_nothing_comes(now) if idle or rate == 0 else "",
            )

    def _rate(self, now: float) -> float:
        self._marks.append((now, self._came))
        while len(self._marks) > 2 and self._marks[1][0] <= now - _WINDOW:
            self._marks.popleft()
        begin, came = self._marks[0]
        return (self._came - came) / (now - begin) if now > begin else 0.0

    def _why_nothing_comes(self, now: float) -> str:
        if not self._waiting:
            return ""
        reason, until = min(self._waiting.values(), key=lambda waiting: waiting[1])
        seconds = max(1, round(until - now))
        return f"{reason} Trying again in {seconds} s."
