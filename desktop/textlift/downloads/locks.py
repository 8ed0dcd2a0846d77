"""One task at a time works on a model or file, also where there are several windows."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path

from filelock import FileLock, Timeout

from textlift.downloads.failures import DownloadProblem, disk_problem
from textlift.downloads.messages import DownloadFailure


@contextlib.contextmanager
def locked(path: Path, *, name: str, folder: Path) -> Iterator[None]:
    """Nobody else works on something inside the block.

    The lock ends with the process; its file may stay.

    Args:
        path: Of the lock.
        name: Of what is worked on, for a person.
        folder: Where it lies.

    Raises:
        DownloadProblem: Somebody works on it, or the folder cannot be written to.
    """
    lock = FileLock(path, timeout=0)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        lock.acquire()
    except Timeout as error:
        raise DownloadProblem(
            DownloadFailure.DISK,
            f"Another task or window of Textlift works on {name} in {folder}; "
            "wait until it is done.",
        ) from error
    except OSError as error:
        raise disk_problem(error, folder) from error
    try:
        yield
    finally:
        lock.release()
