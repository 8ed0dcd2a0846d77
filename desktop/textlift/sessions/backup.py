"""The copy of a session file that is kept before a migration changes it."""

from __future__ import annotations

import filecmp
import itertools
import os
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

from textlift.sessions.errors import SessionError, shown_path


def keep_backup(path: Path, *, version: int) -> Path:
    """Copies a session file as it is now beside itself, whole or not at all.

    ``session.sqlite3`` of version 1 is kept as ``session.v1.sqlite3``. A backup that is there is
    never overwritten: one of the same content is enough, and beside another one the copy is
    ``session.v1-2.sqlite3``.

    Args:
        path: The session file; the caller holds its write lock.
        version: Of the file.

    Returns:
        Where the backup is.

    Raises:
        SessionError: It cannot be written; the session file must then stay as it is.
        sqlite3.DatabaseError: Likewise.
    """
    unfinished = path.with_name(f"{path.stem}.v{version}.part")
    try:
        unfinished.unlink(missing_ok=True)
        try:
            # What people read is nobody else's business, in a copy neither.
            unfinished.touch(mode=0o600)
            _copy(path, unfinished)
            kept = _place(path, version, unfinished)
            if not kept.exists():
                shutil.copymode(path, unfinished)
                unfinished.replace(kept)
                _write_through(kept.parent)
        finally:
            unfinished.unlink(missing_ok=True)
    except OSError as error:
        raise SessionError(
            f"The session in {shown_path(path)} was written by an earlier Textlift, and no copy "
            f"of it can be kept before it is converted: {error.strerror}. It is left as it is."
        ) from error
    return kept


def _copy(path: Path, copy: Path) -> None:
    # SQLite's own backup also takes what is still in the write-ahead log. The connection is one
    # of its own, since the caller's, which may write, cannot be copied from.
    with closing(sqlite3.connect(path)) as source, closing(sqlite3.connect(copy)) as target:
        source.backup(target)
        # A file on its own, without a log beside it.
        target.execute("PRAGMA journal_mode = DELETE")
    with copy.open("rb+") as file:
        os.fsync(file.fileno())


def _place(path: Path, version: int, copy: Path) -> Path:
    """The first name that is free, or has the same content already."""
    for number in itertools.count(1):
        suffix = f"-{number}" if number > 1 else ""
        place = path.with_name(f"{path.stem}.v{version}{suffix}{path.suffix}")
        if not place.exists() or filecmp.cmp(place, copy, shallow=False):
            return place
    raise AssertionError


def _write_through(folder: Path) -> None:
    """Makes a new name in a folder last through a loss of power, where that can be asked for."""
    if os.name != "posix":
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
