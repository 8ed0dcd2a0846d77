"""How many cores there are to read with, and how many pages small engines have in flight."""

from __future__ import annotations

import os

_MOST_PAGES = 8
"""That are read at once: past it Python's part of the work, a few hundredths, is a queue."""


def usable_cores() -> int:
    """Cores that this process may use, at least one."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def pages_in_flight() -> int:
    """One for each core, and one more that waits in the engine when another is done."""
    return min(usable_cores(), _MOST_PAGES) + 1
