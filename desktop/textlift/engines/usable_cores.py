"""How many cores there are to read with, and how many pages small engines have in flight."""

from __future__ import annotations

import os

_MOST_AT_ONCE = 8
"""Past it Python's part of the work, a few hundredths, is a queue, and memory runs short."""


def usable_cores() -> int:
    """Cores that this process may use, at least one."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def calls_at_once() -> int:
    """Calls of its networks, with one thread each, that a small engine has at once."""
    return min(usable_cores(), _MOST_AT_ONCE)


def pages_in_flight() -> int:
    """One for each of these calls, and one that waits in the engine when another is done."""
    return calls_at_once() + 1
