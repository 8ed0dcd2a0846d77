"""A folder for the temporary files of each engine process, removed when nobody uses it any more.

A process id does not say whether an engine runs: several machines, or containers, may share a home.
So each process holds a lock in its folder, which the system lets go when the process ends.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import psutil

_LOCK = ".in-use"
_A_DAY = 86400.0

_held: list[int] = []
"""Open locks of this process, for as long as it lives."""


def claim_temporary_folder(parent: Path) -> Path:
    """Makes a folder that no other process removes while this one lives.

    Raises:
        OSError: It cannot be made.
    """
    parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    while True:
        folder = Path(tempfile.mkdtemp(prefix=f"{os.getpid()}-", dir=parent))
        lock = os.open(folder / _LOCK, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        # Waits for who has just found it without an owner, and is removing it.
        with contextlib.suppress(OSError):
            _lock(lock, wait=True)
        if (folder / _LOCK).exists():
            _held.append(lock)
            return folder
        os.close(lock)


def remove_abandoned_folders(parent: Path) -> None:
    """Removes the folders whose processes have ended, in whatever way."""
    with contextlib.suppress(OSError):
        for folder in parent.iterdir():
            with _unused(folder) as unused:
                if unused:
                    shutil.rmtree(folder, ignore_errors=True)


@contextlib.contextmanager
def _unused(folder: Path) -> Iterator[bool]:
    """Whether nobody uses a folder; nobody begins to inside the block."""
    try:
        lock = os.open(folder / _LOCK, os.O_RDWR | os.O_CLOEXEC)
    except OSError:
        # It is being made this moment, or was made by something else.
        yield _is_old(folder)
        return
    try:
        yield _is_free(lock, folder)
    finally:
        os.close(lock)


def _is_free(lock: int, folder: Path) -> bool:
    try:
        _lock(lock, wait=False)
    except BlockingIOError:
        return False
    except OSError:
        # A file system without locks: what is known is its age, and who runs on this machine.
        pid = folder.name.partition("-")[0]
        return _is_old(folder) and not (pid.isdigit() and psutil.pid_exists(int(pid)))
    return True


def _is_old(folder: Path) -> bool:
    try:
        return time.time() - folder.stat().st_mtime > _A_DAY
    except OSError:
        return False


def _lock(descriptor: int, *, wait: bool) -> None:
    """Locks an open file for this process.

    Raises:
        BlockingIOError: Another one has locked it, and ``wait`` is false.
        OSError: The file system has no locks.
    """
    if sys.platform == "win32":
        return
    import fcntl

    fcntl.flock(descriptor, fcntl.LOCK_EX if wait else fcntl.LOCK_EX | fcntl.LOCK_NB)
