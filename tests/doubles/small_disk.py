"""A disk of a few megabytes that only a process started on it sees, and the test."""

from __future__ import annotations

import contextlib
import shutil
import subprocess
from pathlib import Path

import pytest


class SmallDisk:
    """A tmpfs in place of a folder, in a world of the process's own; needs no rights of root.

    Attributes:
        prefix: Of the command that is to see it.
    """

    def __init__(self, folder: Path, megabytes: int) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._folder = folder
        mounted = f"mount -t tmpfs -o size={megabytes}m none '{folder}' && exec \"$@\""
        own_world = ("unshare", "--user", "--map-root-user", "--mount")
        self.prefix = (*own_world, "sh", "-c", mounted, "sh")
        if shutil.which("unshare") is None or not Path("/proc/self/root").exists():
            pytest.skip("needs unshare and /proc")
        permitted = subprocess.run([*self.prefix, "true"], check=False, capture_output=True)
        if permitted.returncode:
            pytest.skip("needs the right to mount")

    def seen_from_outside(self, pid: int) -> Path:
        """The folder as the process sees it."""
        return Path(f"/proc/{pid}/root{self._folder}")

    def fill(self, pid: int) -> Path:
        """Takes all that is free; returns the file that does."""
        film = self.seen_from_outside(pid) / "film.mkv"
        take_all_room(film)
        return film


def take_all_room(film: Path) -> None:
    """Writes a file until the disk that it lies on is full to the last byte."""
    with contextlib.suppress(OSError), film.open("wb", buffering=0) as stream:
        for size in (65_536, 4096, 512, 1):
            with contextlib.suppress(OSError):
                while stream.write(bytes(size)):
                    pass
