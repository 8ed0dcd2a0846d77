"""Why a session file cannot be used, in plain words."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

DAMAGED = (
    "The session in {name} is damaged. It is left as it is; move it away to start a new session."
)
NOT_A_SESSION = (
    "{name} is not a Textlift session. It is left as it is; move it away to start a new session."
)
_LEAST_ROOM = 100_000
"""Bytes that SQLite's files beside a session take at least."""

READ_ONLY = (
    "The session in {name} cannot be written. Allow this user to write the file and its folder."
)
_SENTENCES = {
    sqlite3.SQLITE_BUSY: "The session in {name} is in use by another program. "
    "Close the other one and try again.",
    sqlite3.SQLITE_LOCKED: "The session in {name} is in use by another program. "
    "Close the other one and try again.",
    sqlite3.SQLITE_READONLY: READ_ONLY,
    sqlite3.SQLITE_CANTOPEN: "The session in {name} cannot be opened. "
    "Allow this user to read and write the file and its folder.",
    sqlite3.SQLITE_FULL: "The disk is full, so the session in {name} cannot be kept. "
    "Make room and try again.",
    sqlite3.SQLITE_CORRUPT: DAMAGED,
    sqlite3.SQLITE_NOTADB: NOT_A_SESSION,
}


class SessionError(Exception):
    """The session file cannot be used; the sentence says why and what to do.

    Attributes:
        sentence: For a person.
        in_the_way: The file itself is why: were it set aside, a new session could be begun.
    """

    def __init__(self, sentence: str, *, in_the_way: bool = False) -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.in_the_way = in_the_way


@contextmanager
def plain_errors(path: Path) -> Iterator[None]:
    """Turns SQLite's errors inside the block into ``SessionError``."""
    try:
        yield
    except sqlite3.DatabaseError as error:
        in_the_way = _kind(error) in {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB}
        raise SessionError(_sentence(path, error), in_the_way=in_the_way) from error


def _sentence(path: Path, error: sqlite3.DatabaseError) -> str:
    kind = _kind(error)
    if kind in {sqlite3.SQLITE_IOERR, sqlite3.SQLITE_CANTOPEN} and _is_full(path.parent):
        # What cannot be made for want of room are the files beside it.
        kind = sqlite3.SQLITE_FULL
    template = _SENTENCES.get(kind)
    if template is not None:
        return template.format(name=shown_path(path))
    return f"The session in {shown_path(path)} cannot be used: {error}."


def _kind(error: sqlite3.DatabaseError) -> int:
    # The low byte is the kind, the rest a detail of it.
    return int(getattr(error, "sqlite_errorcode", 0)) & 0xFF


def _is_full(folder: Path) -> bool:
    try:
        return shutil.disk_usage(folder).free < _LEAST_ROOM
    except OSError:
        return False


def shown_path(path: Path) -> str:
    """A path as it can be printed, whatever bytes it has."""
    return str(path).encode("utf-8", "replace").decode()
