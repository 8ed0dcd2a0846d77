"""The open session file: its one connection, its lock, and records in and out of it."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

import msgspec

from textlift.content.page import PageState
from textlift.sessions.database import open_database, transaction
from textlift.sessions.errors import SessionError, plain_errors, shown_path
from textlift.sessions.joining import add_session

T = TypeVar("T")


class SessionFile:
    """An open session file. Safe to use from several threads.

    Attributes:
        path: Of the file.
    """

    def __init__(self, path: Path) -> None:
        """Opens it, or makes it; raises ``SessionError`` when that cannot be."""
        self.path = path
        self._lock = threading.RLock()
        self._connection = open_database(path)

    def close(self) -> None:
        """Closes it; what was written stays."""
        with self._lock:
            self._connection.close()

    @contextmanager
    def writing(self) -> Iterator[sqlite3.Connection]:
        """A transaction: all that the block writes is kept, or nothing."""
        with self._lock, plain_errors(self.path), transaction(self._connection):
            yield self._connection

    def take_in(self, other: Path) -> None:
        """Puts the documents of another session file at the end, with all that they have."""
        with self._lock, plain_errors(self.path):
            add_session(self._connection, other)

    def rows(self, sql: str, values: tuple[object, ...] = ()) -> list[tuple[Any, ...]]:
        """What a query finds; inside ``writing`` also what was written there."""
        with self._lock, plain_errors(self.path):
            return self._connection.execute(sql, values).fetchall()

    def decode(self, blob: bytes | None, kind: type[T]) -> T | None:
        """A stored record; None for none."""
        if blob is None:
            return None
        try:
            return msgspec.msgpack.decode(blob, type=kind)
        except msgspec.DecodeError as error:
            raise self._unreadable(str(error)) from error

    def state(self, value: str) -> PageState:
        """A stored state of a page."""
        try:
            return PageState(value)
        except ValueError as error:
            raise self._unreadable(str(error)) from error

    def _unreadable(self, reason: str) -> SessionError:
        return SessionError(
            f"The session in {shown_path(self.path)} holds a record that cannot be read "
            f"({reason}). Update Textlift, or move the file away to start a new session.",
            in_the_way=True,
        )


def encoded(part: msgspec.Struct | tuple[object, ...] | None) -> bytes | None:
    """A record as it is stored; None for none."""
    return None if part is None else msgspec.msgpack.encode(part)
