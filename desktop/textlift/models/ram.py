"""How much memory the system has for us: the machine's, or less where a container sets a limit."""

from __future__ import annotations

import functools
from pathlib import Path

import msgspec
import psutil


class Ram(msgspec.Struct, frozen=True):
    """Bytes.

    Attributes:
        total: Installed, or the limit.
        available: That can be had without swapping.
    """

    total: int
    available: int


class ControlGroup(msgspec.Struct, frozen=True):
    """A control group of Linux that limits memory.

    Attributes:
        folder: Of its files.
        unified: It is of version 2.
    """

    folder: Path
    unified: bool

    def limit(self) -> int:
        """Bytes; 0 for none. Without a limit, version 1 says a number beyond any memory."""
        return _number(self.folder / ("memory.max" if self.unified else "memory.limit_in_bytes"))

    def used(self) -> int:
        """Bytes, without the file cache, which the kernel gives back when it is asked."""
        usage = "memory.current" if self.unified else "memory.usage_in_bytes"
        before = "" if self.unified else "total_"
        wanted = {f"{before}inactive_file", f"{before}active_file"}
        cache = 0
        for line in _text(self.folder / "memory.stat").splitlines():
            name, _, value = line.partition(" ")
            if name in wanted:
                cache += int(value)
        return max(_number(self.folder / usage) - cache, 0)


def system_ram(groups: tuple[ControlGroup, ...] | None = None) -> Ram:
    """Measures now.

    Args:
        groups: That this process is in; found by itself when not given.
    """
    machine = psutil.virtual_memory()
    total, available = int(machine.total), int(machine.available)
    for group in control_groups() if groups is None else groups:
        limit = group.limit()
        if 0 < limit < machine.total:
            total = min(total, limit)
            available = min(available, max(limit - group.used(), 0))
    return Ram(total=total, available=available)


@functools.cache
def control_groups(root: Path = Path("/")) -> tuple[ControlGroup, ...]:
    """Those of this process that can limit its memory, with all above them.

    Args:
        root: Of the file system; another in tests.
    """
    mounted = root / "sys/fs/cgroup"
    found = []
    for line in _text(root / "proc/self/cgroup").splitlines():
        _, controllers, path = line.split(":", 2)
        if controllers == "":
            folder, unified, file = mounted, True, "memory.max"
        elif "memory" in controllers.split(","):
            folder, unified, file = mounted / "memory", False, "memory.limit_in_bytes"
        else:
            continue
        # In a container the path may be the host's and not be there; what is mounted at the top
        # is the container's own group then.
        places = [folder]
        for part in path.strip("/").split("/"):
            places.append(places[-1] / part)
        found += [ControlGroup(place, unified) for place in places if (place / file).is_file()]
    return tuple(dict.fromkeys(found))


def _number(path: Path) -> int:
    """The number in a file; 0 for ``max`` and where there is none."""
    text = _text(path).strip()
    return int(text) if text.isdigit() else 0


def _text(path: Path) -> str:
    try:
        return path.read_text()
    except OSError:
        return ""
