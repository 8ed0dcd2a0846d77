"""The session's SQLite file: opened with care, migrated, and its errors in plain words."""

from __future__ import annotations

import sqlite3
import struct
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

APPLICATION_ID = 0x54584C46
"""Marks a SQLite file as a Textlift session ("TXLF")."""

BUSY_TIMEOUT = 5.0
"""Seconds to wait for another connection's transaction; ours take milliseconds."""

MIGRATIONS: tuple[str, ...] = (
    """
    CREATE TABLE documents (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        title TEXT NOT NULL,
        path BLOB NOT NULL,
        format TEXT NOT NULL,
        page_count INTEGER NOT NULL,
        size INTEGER NOT NULL,
        modified_ns INTEGER NOT NULL,
        added_at REAL NOT NULL
    );
    CREATE TABLE pages (
        document_id INTEGER NOT NULL REFERENCES documents (id) ON DELETE CASCADE,
        number INTEGER NOT NULL,
        state TEXT NOT NULL,
        warnings INTEGER NOT NULL DEFAULT 0,
        failures INTEGER NOT NULL DEFAULT 0,
        width INTEGER NOT NULL DEFAULT 0,
        height INTEGER NOT NULL DEFAULT 0,
        rotation INTEGER,
        attempts BLOB,
        edit BLOB,
        reading BLOB,
        PRIMARY KEY (document_id, number)
    );
    CREATE TABLE history (
        id INTEGER PRIMARY KEY,
        document_id INTEGER NOT NULL REFERENCES documents (id) ON DELETE CASCADE,
        number INTEGER NOT NULL,
        replaced_at REAL NOT NULL,
        attempts BLOB,
        edit BLOB,
        reading BLOB
    );
    CREATE INDEX history_of_page ON history (document_id, number);
    CREATE TABLE queue (
        position INTEGER PRIMARY KEY AUTOINCREMENT,
        document_id INTEGER NOT NULL REFERENCES documents (id) ON DELETE CASCADE,
        number INTEGER NOT NULL,
        plan BLOB NOT NULL,
        UNIQUE (document_id, number)
    );
    """,
)
"""``MIGRATIONS[n]`` takes a file of version n to n + 1; never change one that was released."""

_HEADER = struct.Struct(">16sH10xII")


class SessionError(Exception):
    """The session file cannot be used; the sentence says why and what to do.

    Attributes:
        sentence: For a person.
    """

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence


def open_database(path: Path) -> sqlite3.Connection:
    """Opens a session file, made or migrated as needed; never overwrites a foreign one.

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
def plain_errors(path: Path) -> Iterator[None]:
    """Turns SQLite's errors inside the block into ``SessionError``."""
    try:
        yield
    except sqlite3.DatabaseError as error:
        raise SessionError(_sentence(path, error)) from error


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


def _prepare(connection: sqlite3.Connection, path: Path) -> None:
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    (application,) = connection.execute("PRAGMA application_id").fetchone()
    (tables,) = connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
    if tables and application != APPLICATION_ID:
        raise SessionError(
            f"{shown_path(path)} is a database of another program, so it is left as it is. "
            "Move it away, or choose another place for Textlift's data."
        )
    if version > len(MIGRATIONS):
        raise SessionError(
            f"The session in {shown_path(path)} was written by a newer Textlift. "
            "Update this one, or move the file away to start a new session."
        )
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = NORMAL")
    connection.execute("PRAGMA foreign_keys = ON")
    # A document that was removed is gone, not just unlisted.
    connection.execute("PRAGMA secure_delete = ON")
    # A write lock taken and let go: a file that cannot be written shows here, not at page 300.
    with transaction(connection):
        if version < len(MIGRATIONS):
            _migrate(connection)


def _migrate(connection: sqlite3.Connection) -> None:
    # Read again inside the write lock: another window may have just done it.
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    for script in MIGRATIONS[version:]:
        for statement in script.split(";"):
            connection.execute(statement)
    connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
    connection.execute(f"PRAGMA user_version = {len(MIGRATIONS)}")


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
            raise SessionError(_DAMAGED.format(name=shown_path(path)))
        return
    magic, page_size, _, pages = _HEADER.unpack(header)
    if not magic.startswith(b"SQLite format 3"):
        raise SessionError(_NOT_A_SESSION.format(name=shown_path(path)))
    size_of_page = 65536 if page_size == 1 else page_size
    if path.stat().st_size < pages * size_of_page:
        raise SessionError(_DAMAGED.format(name=shown_path(path)))


_DAMAGED = (
    "The session in {name} is damaged. It is left as it is; move it away to start a new session."
)
_NOT_A_SESSION = (
    "{name} is not a Textlift session. It is left as it is; move it away to start a new session."
)
_SENTENCES = {
    sqlite3.SQLITE_BUSY: "The session in {name} is in use by another program. "
    "Close the other one and try again.",
    sqlite3.SQLITE_LOCKED: "The session in {name} is in use by another program. "
    "Close the other one and try again.",
    sqlite3.SQLITE_READONLY: "The session in {name} cannot be written. "
    "Allow this user to write the file and its folder.",
    sqlite3.SQLITE_CANTOPEN: "The session in {name} cannot be opened. "
    "Allow this user to read and write the file and its folder.",
    sqlite3.SQLITE_FULL: "The disk is full, so the session in {name} cannot be kept. "
    "Make room and try again.",
    sqlite3.SQLITE_CORRUPT: _DAMAGED,
    sqlite3.SQLITE_NOTADB: _NOT_A_SESSION,
}


def _sentence(path: Path, error: sqlite3.DatabaseError) -> str:
    # The low byte is the kind, the rest a detail of it.
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF
    template = _SENTENCES.get(code)
    if template is not None:
        return template.format(name=shown_path(path))
    return f"The session in {shown_path(path)} cannot be used: {error}."


def shown_path(path: Path) -> str:
    """A path as it can be printed, whatever bytes it has."""
    return str(path).encode("utf-8", "replace").decode()
