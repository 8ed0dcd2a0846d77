"""A clock for deadlines: it stands still while this process cannot run.

A machine that sleeps, a virtual machine that is paused and a process group that is stopped all
take the time away from whoever has a deadline, and none of it is the fault of a model. What the
system's own clocks count differs: Linux and macOS leave the sleep of the machine out of the
monotonic clock, Windows does not, and none leaves out a stopped process. So this one goes by what
it sees: whoever looks often and finds that much time has gone by was not there.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

LOOK_EVERY = 0.25
"""Seconds between two looks at most, for the clock to be right."""

_ABSENT = 2.0
"""Seconds between two looks, from which on the process was not there."""


class AwakeClock:
    """Seconds that the process was there, as far as it looked often. For one thread at a time."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._looked_at = clock()
        self._seconds = 0.0

    def look(self) -> float:
        """Looks, and returns the seconds since the clock was made."""
        now = self._clock()
        gone_by, self._looked_at = now - self._looked_at, now
        self._seconds += gone_by if gone_by < _ABSENT else LOOK_EVERY
        return self._seconds


@contextmanager
def ticking_clock() -> Iterator[Callable[[], float]]:
    """A clock that looks by itself, for whoever has no time to; it goes inside the block.

    Yields:
        Gives the seconds since the block began; from any thread.
    """
    clock = AwakeClock()
    lock = threading.Lock()
    over = threading.Event()

    def now() -> float:
        with lock:
            return clock.look()

    def tick() -> None:
        while not over.wait(LOOK_EVERY):
            now()

    thread = threading.Thread(target=tick, name="clock", daemon=True)
    thread.start()
    try:
        yield now
    finally:
        over.set()
        thread.join()
