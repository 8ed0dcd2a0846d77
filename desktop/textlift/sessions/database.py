"""The session's SQLite file: opened with care, never overwritten, migrated where it is older."""

from __future__ import annotations

import sqlite3
import struct
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from textlift.sessions import migrations
from textlift.sessions.backup import keep_backup
from textlift.sessions.errors import (
    DAMAGED,
    NOT_A_SESSION,
    SessionError,
    plain_errors,
    shown_path,
)

BUSY_TIMEOUT = 5.0
"""Seconds to wait for another connection's transaction; ours take milliseconds."""

_HEADER = struct.Struct(">16sH10xII")


def open_database(path: Path) -> sqlite3.Connection:
    """Opens a session file, made or migrated as needed; never overwrites a foreign one.

    Before a file is migrated a backup of it is kept beside it.

    Raises:
        SessionError: It cannot be made, read or written, is damaged, locked, no session file,
            or of a newer version.
    """
    try:
        # What people read is nobody else's business.
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        if path.exists() and not path.is_file():
            raise SessionError(
                f"{shown_path(path)} is not a file, so the session cannot be kept there."
            )
        _refuse_truncated(path)
    except OSError as error:
        raise SessionError(
            f"The session cannot be kept in {shown_path(path)}: {error.strerror}."
        ) from error
    with plain_errors(path):
        if path.exists() and path.stat().st_size:
            _refuse_foreign(path)
        connection = sqlite3.connect(
            path, timeout=BUSY_TIMEOUT, isolation_level=None, check_same_thread=False
        )
        try:
            _prepare(connection, path)
        except BaseException:
            connection.close()
            raise
    return connection


@contextmanager
def transaction(connection: sqlite3.Connection) -> Iterator[None]:
    """Everything inside the block is written, or nothing."""
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise


def _refuse_foreign(path: Path) -> None:
    """Looks without the right to write, so that what is refused keeps every byte.

    A connection that may write would put what is still in the write-ahead log into the file.
    """
    address = f"{path.absolute().as_uri()}?mode=ro"
    with closing(sqlite3.connect(address, uri=True, timeout=BUSY_TIMEOUT)) as connection:
        _refuse_unknown(connection, path)


def _refuse_unknown(connection: sqlite3.Connection, path: Path) -> int:
    """The version of a file that is ours and not newer than this program."""
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    (application,) = connection.execute("PRAGMA application_id").fetchone()
    (tables,) = connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
    if tables and application != migrations.APPLICATION_ID:
        raise SessionError(
            f"{shown_path(path)} is a database of another program, so it is left as it is. "
            "Move it away, or choose another place for Textlift's data.",
            in_the_way=True,
        )
    if version > len(migrations.MIGRATIONS):
        raise SessionError(
            f"The session in {shown_path(path)} was written by a newer Textlift. "
            "Update this one, or move the file away to start a new session.",
            in_the_way=True,
        )
    return int(version)


def _prepare(connection: sqlite3.Connection, path: Path) -> None:
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = NORMAL")
    connection.execute("PRAGMA foreign_keys = ON")
    # A document that was removed is gone, not just unlisted.
    connection.execute("PRAGMA secure_delete = ON")
    # A write lock taken and let go: a file that cannot be written shows here, not at page 300.
    with transaction(connection):
        # Inside the lock, since another window may just be migrating it.
        version = _refuse_unknown(connection, path)
        if version < len(migrations.MIGRATIONS):
            if version:
                keep_backup(path, version=version)
            migrations.migrate(connection, version)


def _refuse_truncated(path: Path) -> None:
    """SQLite notices a cut file only when it reaches the missing part."""
    if not path.exists():
        return
    wal = path.with_name(path.name + "-wal")
    if wal.exists() and wal.stat().st_size:
        return  # A checkpoint may have been interrupted; SQLite makes the file whole again.
    with closing(path.open("rb")) as file:
        header = file.read(_HEADER.size)
    if len(header) < _HEADER.size:
        if header:
            raise SessionError(DAMAGED.format(name=shown_path(path)), in_the_way=True)
        return
    magic, page_size, _, pages = _HEADER.unpack(header)
    if not magic.startswith(b"SQLite format 3"):
        raise SessionError(NOT_A_SESSION.format(name=shown_path(path)), in_the_way=True)
    size_of_page = 65536 if page_size == 1 else page_size
    if path.stat().st_size < pages * size_of_page:
        raise SessionError(DAMAGED.format(name=shown_path(path)), in_the_way=True)
