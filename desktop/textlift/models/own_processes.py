"""Which processes are Textlift's: those it started, and those these started in their turn."""

from __future__ import annotations

import functools
import sys
import time
from collections.abc import Callable, Iterable
from pathlib import Path

import psutil

from textlift.processes.descendants import descendants

_EVERY = 2.0
"""Seconds between two looks at who has started whom; elsewhere than on Linux it means to go
through all processes of the machine."""


class OwnProcesses:
    """Keeps the list; what it was told of is in it at once, what those start a moment later."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._looked_at: float | None = None
        self._parents: frozenset[int] = frozenset()
        self._descendants: frozenset[int] = frozenset()
        self._known: dict[int, psutil.Process] = {}

    def pids(self, children: Iterable[int]) -> frozenset[int]:
        """This process, those given, and all that they started and that run still.

        Args:
            children: Our child processes, as far as they are known.
        """
        asked = (psutil.Process().pid, *children)
        parents = frozenset(asked)
        now = self._clock()
        if self._looked_at is None or now - self._looked_at >= _EVERY or parents != self._parents:
            self._looked_at = now
            self._parents = parents
            self._descendants = descendants(asked)
        return parents | self._descendants

    def resident(self, pids: frozenset[int]) -> int:
        """Bytes of memory of these processes together; those that have ended have none."""
        self._known = {pid: process for pid, process in self._known.items() if pid in pids}
        return sum(self._resident(pid) for pid in pids)

    def _resident(self, pid: int) -> int:
        try:
            if pid not in self._known:
                self._known[pid] = psutil.Process(pid)
            return int(self._known[pid].memory_info().rss)
        except (psutil.NoSuchProcess, psutil.AccessDenied):
            self._known.pop(pid, None)
            return 0


@functools.cache
def numbered_apart() -> bool:
    """Whether processes have other numbers here than for the drivers, as in a container.

    The first namespace of process ids has a fixed number (PROC_PID_INIT_INO in the kernel's
    include/linux/proc_ns.h).
    """
    if sys.platform != "linux":
        return False
    try:
        return str(Path("/proc/self/ns/pid").readlink()) != "pid:[4026531836]"
    except OSError:
        return False
