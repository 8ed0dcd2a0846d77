"""One session put at the end of another."""

from __future__ import annotations

import sqlite3
from pathlib import Path

from textlift.sessions.database import transaction

_NUMBERED_ANEW = {"history": "id", "opinions": "id", "failures": "id", "queue": "position"}
"""Tables whose rows have a number of their own, which only says their order."""


def add_session(connection: sqlite3.Connection, other: Path) -> None:
    """Adds the documents of another session with pages, history, opinions, failures and queue.

    Args:
        connection: Open on the session that gets them; both are of this version.
        other: The file of the other session, which stays as it is.
    """
    connection.execute("ATTACH ? AS other", (str(other),))
    try:
        with transaction(connection):
            _copy_rows(connection)
    finally:
        connection.execute("DETACH other")


def _copy_rows(connection: sqlite3.Connection) -> None:
    (used,) = connection.execute(
        "SELECT coalesce(max(seq), 0) FROM sqlite_sequence WHERE name = 'documents'"
    ).fetchone()
    _copy(connection, "documents", {"id": f"id + {used}"}, order="id")
    _copy(connection, "pages", {"document_id": f"document_id + {used}"}, order="number")
    for table, own in _NUMBERED_ANEW.items():
        changed = {own: "NULL", "document_id": f"document_id + {used}"}
        _copy(connection, table, changed, order=own)


def _copy(
    connection: sqlite3.Connection, table: str, changed: dict[str, str], *, order: str
) -> None:
    names = [row[1] for row in connection.execute(f"PRAGMA main.table_info({table})")]
    values = ", ".join(changed.get(name, name) for name in names)
    connection.execute(
        f"INSERT INTO main.{table} ({', '.join(names)})"  # noqa: S608  names of our own tables
        f" SELECT {values} FROM other.{table} ORDER BY {order}"
    )
