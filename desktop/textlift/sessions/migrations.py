"""What takes a session file of an earlier version to this one."""

from __future__ import annotations

import sqlite3

from textlift.sessions.failure_table import fill_failures

APPLICATION_ID = 0x54584C46
"""Marks a SQLite file as a Textlift session ("TXLF")."""

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
    """
    ALTER TABLE pages ADD COLUMN ticked BLOB;
    CREATE TABLE opinions (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        document_id INTEGER NOT NULL REFERENCES documents (id) ON DELETE CASCADE,
        number INTEGER NOT NULL,
        asked TEXT NOT NULL,
        box BLOB NOT NULL,
        read_at REAL NOT NULL,
        width INTEGER NOT NULL,
        height INTEGER NOT NULL,
        attempts BLOB NOT NULL,
        reading BLOB,
        UNIQUE (document_id, number, asked, box)
    );
    CREATE TABLE failures (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        document_id INTEGER NOT NULL REFERENCES documents (id) ON DELETE CASCADE,
        number INTEGER NOT NULL,
        attempt BLOB NOT NULL
    );
    CREATE INDEX failures_of_document ON failures (document_id);
    """,
)
"""``MIGRATIONS[n]`` takes a file of version n to n + 1; never change one that was released."""

_FILLS = {2: fill_failures}
"""What a version needs besides its tables, from what the file holds already."""


def migrate(connection: sqlite3.Connection, version: int) -> None:
    """Takes the file from its version to this one; to be called in a transaction."""
    for number, script in enumerate(MIGRATIONS[version:], version + 1):
        for statement in script.split(";"):
            connection.execute(statement)
        if number in _FILLS:
            _FILLS[number](connection)
    connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
    connection.execute(f"PRAGMA user_version = {len(MIGRATIONS)}")
