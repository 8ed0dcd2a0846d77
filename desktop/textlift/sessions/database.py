"""The session's SQLite file: opened with care, never overwritten, migrated where it is older."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path

from textlift.sessions import migrations
from textlift.sessions.backup import keep_backup
from textlift.sessions.errors import (
    DAMAGED,
    READ_ONLY,
    SessionError,
    plain_errors,
    shown_path,
)

BUSY_TIMEOUT = 5.0
"""Seconds to wait for another connection's transaction; ours take milliseconds."""

_SMALLEST = 512
"""Bytes of a page of SQLite's at least."""


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
        _refuse_unwritable(path)
        if not path.exists():
            # SQLite gives the files beside it the rights that it has itself. Where it cannot be
            # made, SQLite says so in words of ours.
            with suppress(PermissionError):
                path.touch(mode=0o600)
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
    with transaction(connection):
        # Inside the lock, since another window may just be migrating it.
        version = _refuse_unknown(connection, path)
        if version < len(migrations.MIGRATIONS):
            if version:
                keep_backup(path, version=version)
            migrations.migrate(connection, version)
            return
    _try_to_write(connection)


def _try_to_write(connection: sqlite3.Connection) -> None:
    """A file that cannot be written shows here, not at page 300; nothing of it changes."""
    connection.execute("BEGIN IMMEDIATE")
    try:
        connection.execute(f"PRAGMA user_version = {len(migrations.MIGRATIONS)}")
    finally:
        if connection.in_transaction:
            connection.execute("ROLLBACK")


def _refuse_unwritable(path: Path) -> None:
    """Says so before SQLite is asked, which would leave a log beside it that nobody can write.

    The file is not opened for it: to close it again would take this process's locks away from
    the connections that it has already.
    """
    if not path.exists():
        return
    if 0 < path.stat().st_size < _SMALLEST:
        raise SessionError(DAMAGED.format(name=shown_path(path)), in_the_way=True)
    if not os.access(path, os.W_OK, effective_ids=os.access in os.supports_effective_ids):
        raise SessionError(READ_ONLY.format(name=shown_path(path)))
