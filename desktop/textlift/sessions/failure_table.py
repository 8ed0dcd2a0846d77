"""The log of failed attempts: written as they are stored, kept when the page is read again."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

import msgspec

from textlift.content.attempt import Attempt
from textlift.sessions.stored import StoredFailure

if TYPE_CHECKING:
    from textlift.sessions.session_file import SessionFile

_CHUNK = 500
"""Failures fetched at once."""


def log_failures(
    connection: sqlite3.Connection, document_id: int, page: int, attempts: Iterable[Attempt]
) -> None:
    """Puts those of the attempts that failed at the end of the log."""
    connection.executemany(
        "INSERT INTO failures (document_id, number, attempt) VALUES (?, ?, ?)",
        [
            (document_id, page, msgspec.msgpack.encode(attempt))
            for attempt in attempts
            if attempt.failure is not None
        ],
    )


def logged_failures(file: SessionFile) -> Iterator[StoredFailure]:
    """All of them in the order they were stored, whatever the clock said."""
    after = 0
    while True:
        rows = file.rows(
            "SELECT failures.id, document_id, title, number, attempt FROM failures"
            " JOIN documents ON documents.id = document_id"
            " WHERE failures.id > ? ORDER BY failures.id LIMIT ?",
            (after, _CHUNK),
        )
        if not rows:
            return
        for _, document_id, title, page, blob in rows:
            attempt = file.decode(blob, Attempt)
            assert attempt is not None
            yield StoredFailure(document_id=document_id, title=title, page=page, attempt=attempt)
        after = rows[-1][0]


def fill_failures(connection: sqlite3.Connection) -> None:
    """Begins the log with what pages and their history hold, by the clock of then."""
    found: list[tuple[float, int, int, Attempt]] = []
    for document_id, number, blob in connection.execute(
        "SELECT document_id, number, attempts FROM history WHERE attempts IS NOT NULL"
        " UNION ALL SELECT document_id, number, attempts FROM pages WHERE attempts IS NOT NULL"
    ):
        try:
            attempts = msgspec.msgpack.decode(blob, type=tuple[Attempt, ...])
        except msgspec.DecodeError:
            continue  # The page says so itself when it is looked at; the others must not wait.
        found += [(one.started_at, document_id, number, one) for one in attempts]
    for _, document_id, number, attempt in sorted(found, key=lambda one: one[0]):
        log_failures(connection, document_id, number, (attempt,))
