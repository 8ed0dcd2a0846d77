"""Who a process has started, and those in their turn."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Sequence
from pathlib import Path

import psutil


def descendants(parents: Sequence[int]) -> frozenset[int]:
    """All that these processes started, and those in their turn, as far as they run still.

    Args:
        parents: This process or children of its; whoever started others first.
    """
    found: set[int] = set()
    waiting = list(parents)
    while waiting:
        children = _told_by_kernel(waiting.pop())
        if children is None:
            return _by_search(parents)
        waiting += [child for child in children if child not in found]
        found.update(children)
    return frozenset(found)


def resident_bytes(pid: int | None) -> int:
    """Resident memory of a process and all it started, in bytes; 0 when it is gone."""
    if pid is None:
        return 0
    total = 0
    for member in (pid, *descendants([pid])):
        with contextlib.suppress(psutil.NoSuchProcess):
            total += psutil.Process(member).memory_info().rss
    return total


def _by_search(parents: Sequence[int]) -> frozenset[int]:
    """The same by looking at all processes of the machine, once or twice."""
    found: set[int] = set()
    for parent in parents:
        if parent not in found:
            with contextlib.suppress(psutil.NoSuchProcess):
                children = psutil.Process(parent).children(recursive=True)
                found.update(child.pid for child in children)
    return frozenset(found)


def _told_by_kernel(pid: int) -> list[int] | None:
    """The children that each thread started; None where the kernel keeps no such list."""
    if sys.platform != "linux":
        return None
    children: list[int] = []
    try:
        threads = list(Path(f"/proc/{pid}/task").iterdir())
    except OSError:
        return []
    for thread in threads:
        # A thread may have ended since.
        with contextlib.suppress(ProcessLookupError):
            try:
                children += map(int, (thread / "children").read_text().split())
            except FileNotFoundError:
                if thread.exists():
                    return None
    return children
