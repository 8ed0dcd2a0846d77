"""The table of documents."""

from __future__ import annotations

import os
import sqlite3
import time

from textlift.documents.messages import DocumentInfo, Fingerprint
from textlift.sessions.session_file import SessionFile
from textlift.sessions.stored import StoredDocument


def add_document(connection: sqlite3.Connection, info: DocumentInfo, title: str) -> StoredDocument:
    """Puts a document at the end; its title is made printable."""
    shown = title.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    added_at = time.time()
    cursor = connection.execute(
        "INSERT INTO documents (title, path, format, page_count, size, modified_ns, added_at)"
        " VALUES (?, ?, ?, ?, ?, ?, ?)",
        (
            shown,
            os.fsencode(info.path),
            info.format,
            info.page_count,
            info.fingerprint.size,
            info.fingerprint.modified_ns,
            added_at,
        ),
    )
    number = cursor.lastrowid
    assert number is not None
    return StoredDocument(id=number, title=shown, info=info, added_at=added_at)


def has_document(connection: sqlite3.Connection, document_id: int) -> bool:
    """Whether a document is in the session."""
    found = connection.execute("SELECT 1 FROM documents WHERE id = ?", (document_id,)).fetchone()
    return found is not None


def stored_documents(file: SessionFile) -> tuple[StoredDocument, ...]:
    """All documents in the order they were added, whatever the clock said."""
    rows = file.rows(
        "SELECT id, title, path, format, page_count, size, modified_ns, added_at"
        " FROM documents ORDER BY id"
    )
    return tuple(
        StoredDocument(
            id=number,
            title=title,
            info=DocumentInfo(
                path=os.fsdecode(path),
                format=format_name,
                page_count=page_count,
                fingerprint=Fingerprint(size, modified_ns),
            ),
            added_at=added_at,
        )
        for number, title, path, format_name, page_count, size, modified_ns, added_at in rows
    )


def delete_document(connection: sqlite3.Connection, document_id: int) -> None:
    """Forgets a document with its pages, edits, history, opinions, failures and waiting pages."""
    connection.execute("DELETE FROM documents WHERE id = ?", (document_id,))
