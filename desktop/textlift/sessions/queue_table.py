"""The table of pages that wait to be read, in order."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable

import msgspec

from textlift.sessions.session_file import SessionFile
from textlift.sessions.stored import QueuedPage, QueuedPlan


def add_waiting(
    connection: sqlite3.Connection, document_id: int, numbers: Iterable[int], plan: QueuedPlan
) -> None:
    """Puts pages at the end; one that waits already keeps its place and takes the plan."""
    blob = msgspec.msgpack.encode(plan)
    connection.executemany(
        # Through documents, so that pages of a document that is gone do not wait.
        "INSERT INTO queue (document_id, number, plan)"
        " SELECT id, ?, ? FROM documents WHERE id = ?"
        " ON CONFLICT (document_id, number) DO UPDATE SET plan = excluded.plan",
        ((number, blob, document_id) for number in numbers),
    )


def delete_waiting(
    connection: sqlite3.Connection, document_id: int, number: int | None = None
) -> None:
    """Takes out one page of a document, or all of it."""
    if number is None:
        connection.execute("DELETE FROM queue WHERE document_id = ?", (document_id,))
    else:
        connection.execute(
            "DELETE FROM queue WHERE document_id = ? AND number = ?", (document_id, number)
        )


def empty_queue(connection: sqlite3.Connection) -> None:
    """Takes out everything."""
    connection.execute("DELETE FROM queue")


def waiting_pages(file: SessionFile) -> tuple[QueuedPage, ...]:
    """All that wait, in order."""
    rows = file.rows("SELECT document_id, number, plan FROM queue ORDER BY position")
    plans: dict[bytes, QueuedPlan] = {}
    result = []
    for document_id, number, blob in rows:
        plan = plans.get(blob) or file.decode(blob, QueuedPlan)
        assert plan is not None
        plans[blob] = plan
        result.append(QueuedPage(document_id=document_id, page=number, plan=plan))
    return tuple(result)
