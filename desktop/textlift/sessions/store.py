"""The session: documents, their pages as read and edited, and the pages that wait."""

from __future__ import annotations

import os
import sqlite3
import threading
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

import msgspec

from textlift.content.attempt import Attempt
from textlift.content.page import PageEdit, PageRecord, PageState, finished_state
from textlift.content.reading import PageReading
from textlift.documents.messages import DocumentInfo, Fingerprint
from textlift.sessions.database import (
    SessionError,
    open_database,
    plain_errors,
    shown_path,
    transaction,
)
from textlift.sessions.stored import PageSummary, QueuedPage, QueuedPlan, StoredDocument

__all__ = ["SessionError", "SessionStore"]

_CHUNK = 100
"""Pages fetched at once by ``pages``."""

_SELECT_PAGES = """
    SELECT number, state, width, height, rotation, reading, edit, attempts,
        EXISTS (SELECT 1 FROM queue
                WHERE queue.document_id = pages.document_id AND queue.number = pages.number)
    FROM pages WHERE document_id = ? AND number BETWEEN ? AND ?
"""

# Through documents, so that a page of a document that is gone changes nothing.
_SET_EDIT = """
    INSERT INTO pages (document_id, number, state, edit)
    SELECT id, ?, ?, ? FROM documents WHERE id = ?
    ON CONFLICT (document_id, number) DO UPDATE SET edit = excluded.edit
"""
_SET_ROTATION = """
    INSERT INTO pages (document_id, number, state, rotation)
    SELECT id, ?, ?, ? FROM documents WHERE id = ?
    ON CONFLICT (document_id, number) DO UPDATE SET rotation = excluded.rotation
"""

T = TypeVar("T")


class SessionStore:
    """The session in one SQLite file. Every method raises ``SessionError`` when it cannot.

    Safe to use from several threads; give each busy thread its own store of the same file, so
    that the window never waits for the thread that reads.
    """

    def __init__(self, path: Path) -> None:
        """Opens the session, or makes it.

        Args:
            path: Of the database file; its folder is made when missing.

        Raises:
            SessionError: With a sentence; the file is never overwritten.
        """
        self.path = path
        self._lock = threading.RLock()
        self._connection = open_database(path)

    def close(self) -> None:
        """Closes the file; what was written stays."""
        with self._lock:
            self._connection.close()

    # Documents

    def add_document(self, info: DocumentInfo, *, title: str) -> StoredDocument:
        """Adds a document at the end; the same file may be added again."""
        shown = title.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
        added_at = time.time()
        values = (
            shown,
            os.fsencode(info.path),
            info.format,
            info.page_count,
            info.fingerprint.size,
            info.fingerprint.modified_ns,
            added_at,
        )
        with self._writing() as connection:
            cursor = connection.execute(
                "INSERT INTO documents"
                " (title, path, format, page_count, size, modified_ns, added_at)"
                " VALUES (?, ?, ?, ?, ?, ?, ?)",
                values,
            )
            number = cursor.lastrowid
        assert number is not None
        return StoredDocument(id=number, title=shown, info=info, added_at=added_at)

    def documents(self) -> tuple[StoredDocument, ...]:
        """All documents in the order they were added."""
        rows = self._rows(
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

    def remove_document(self, document_id: int) -> None:
        """Forgets a document with its pages, edits, history and waiting pages."""
        with self._writing() as connection:
            connection.execute("DELETE FROM documents WHERE id = ?", (document_id,))

    # Pages

    def page(self, document_id: int, number: int) -> PageRecord:
        """One page; UNREAD when nothing is known of it."""
        found = self._page_range(document_id, number, number)
        return found.get(number, PageRecord(number=number))

    def pages(self, document_id: int) -> Iterator[PageRecord]:
        """All pages from 1 to the last, fetched a few at a time."""
        rows = self._rows("SELECT page_count FROM documents WHERE id = ?", (document_id,))
        page_count = rows[0][0] if rows else 0
        for first in range(1, page_count + 1, _CHUNK):
            last = min(first + _CHUNK - 1, page_count)
            found = self._page_range(document_id, first, last)
            for number in range(first, last + 1):
                yield found.get(number, PageRecord(number=number))

    def page_states(self, document_id: int) -> dict[int, PageSummary]:
        """Summaries of the pages that were read, tried, edited, turned or wait."""
        result = {
            number: PageSummary(self._state(state), warnings, failures)
            for number, state, warnings, failures in self._rows(
                "SELECT number, state, warnings, failures FROM pages WHERE document_id = ?",
                (document_id,),
            )
        }
        for (number,) in self._rows(
            "SELECT number FROM queue WHERE document_id = ?", (document_id,)
        ):
            before = result.get(number, PageSummary(PageState.QUEUED))
            result[number] = msgspec.structs.replace(before, state=PageState.QUEUED)
        return result

    def finish_page(
        self,
        document_id: int,
        page: int,
        *,
        reading: PageReading | None,
        attempts: tuple[Attempt, ...],
        width: int,
        height: int,
    ) -> PageRecord | None:
        """Stores the outcome of reading a page, in one transaction.

        What was there before (reading, edit, attempts) moves to the history. When there is no
        new reading the earlier one stays with its edit, but the page is FAILED.

        Args:
            document_id: In the session.
            page: From 1.
            reading: None when every engine failed.
            attempts: Of this reading, oldest first.
            width: Of the rendered page in pixels; 0 when it could not be rendered.
            height: Likewise.

        Returns:
            The page as stored, or None when its document is no longer in the session.
        """
        with self._writing() as connection:
            if not connection.execute(
                "SELECT 1 FROM documents WHERE id = ?", (document_id,)
            ).fetchone():
                return None
            before = self._page_range(document_id, page, page).get(page, PageRecord(number=page))
            record = _with_outcome(before, reading, attempts, width, height)
            if before.reading is not None or before.edit is not None or before.attempts:
                self._remember(document_id, before)
            connection.execute(
                "DELETE FROM queue WHERE document_id = ? AND number = ?", (document_id, page)
            )
            self._write_page(document_id, record)
        return record

    def earlier(self, document_id: int, number: int) -> tuple[PageRecord, ...]:
        """What a page was before it was read again, oldest first; states are those of then."""
        rows = self._rows(
            "SELECT reading, edit, attempts FROM history"
            " WHERE document_id = ? AND number = ? ORDER BY id",
            (document_id, number),
        )
        records = []
        for reading_blob, edit_blob, attempts_blob in rows:
            reading = self._decode(reading_blob, PageReading)
            attempts = self._decode(attempts_blob, tuple[Attempt, ...]) or ()
            records.append(
                PageRecord(
                    number=number,
                    state=finished_state(reading, attempts),
                    reading=reading,
                    edit=self._decode(edit_blob, PageEdit),
                    attempts=attempts,
                )
            )
        return tuple(records)

    def set_edit(self, document_id: int, number: int, edit: PageEdit | None) -> None:
        """Keeps the user's version of a page's text; None forgets it."""
        blob = None if edit is None else msgspec.msgpack.encode(edit)
        self._change(_SET_EDIT, document_id, number, blob)

    def set_rotation(self, document_id: int, number: int, degrees: int | None) -> None:
        """Keeps how the user turned a page: degrees clockwise, None to let the engine find out."""
        self._change(_SET_ROTATION, document_id, number, degrees)

    # Waiting pages

    def queue_pages(self, document_id: int, numbers: Iterable[int], *, plan: QueuedPlan) -> None:
        """Puts pages at the end of the queue; one that waits already keeps its place."""
        blob = msgspec.msgpack.encode(plan)
        with self._writing() as connection:
            connection.executemany(
                "INSERT INTO queue (document_id, number, plan)"
                " SELECT id, ?, ? FROM documents WHERE id = ?"
                " ON CONFLICT (document_id, number) DO UPDATE SET plan = excluded.plan",
                ((number, blob, document_id) for number in numbers),
            )

    def unqueue(self, document_id: int | None = None) -> None:
        """Empties the queue (of one document); its pages are what they were before."""
        with self._writing() as connection:
            if document_id is None:
                connection.execute("DELETE FROM queue")
            else:
                connection.execute("DELETE FROM queue WHERE document_id = ?", (document_id,))

    def queued(self) -> tuple[QueuedPage, ...]:
        """The waiting pages in order."""
        rows = self._rows("SELECT document_id, number, plan FROM queue ORDER BY position")
        plans: dict[bytes, QueuedPlan] = {}
        result = []
        for document_id, number, blob in rows:
            plan = plans.get(blob) or self._decode(blob, QueuedPlan)
            assert plan is not None
            plans[blob] = plan
            result.append(QueuedPage(document_id=document_id, page=number, plan=plan))
        return tuple(result)

    # Inside

    @contextmanager
    def _writing(self) -> Iterator[sqlite3.Connection]:
        with self._lock, plain_errors(self.path), transaction(self._connection):
            yield self._connection

    def _rows(self, sql: str, values: tuple[object, ...] = ()) -> list[tuple[Any, ...]]:
        with self._lock, plain_errors(self.path):
            return self._connection.execute(sql, values).fetchall()

    def _change(self, sql: str, document_id: int, number: int, value: object) -> None:
        with self._writing() as connection:
            connection.execute(sql, (number, PageState.UNREAD.value, value, document_id))

    def _page_range(self, document_id: int, first: int, last: int) -> dict[int, PageRecord]:
        rows = self._rows(_SELECT_PAGES, (document_id, first, last))
        records = {}
        for number, state, width, height, rotation, reading, edit, attempts, waits in rows:
            records[number] = PageRecord(
                number=number,
                state=PageState.QUEUED if waits else self._state(state),
                width=width,
                height=height,
                rotation=rotation,
                reading=self._decode(reading, PageReading),
                edit=self._decode(edit, PageEdit),
                attempts=self._decode(attempts, tuple[Attempt, ...]) or (),
            )
        for (number,) in self._rows(
            "SELECT number FROM queue WHERE document_id = ? AND number BETWEEN ? AND ?",
            (document_id, first, last),
        ):
            if number not in records:
                records[number] = PageRecord(number=number, state=PageState.QUEUED)
        return records

    def _write_page(self, document_id: int, record: PageRecord) -> None:
        reading = record.reading
        self._connection.execute(
            "INSERT INTO pages (document_id, number, state, warnings, failures, width, height,"
            " rotation, attempts, edit, reading) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
            " ON CONFLICT (document_id, number) DO UPDATE SET state = excluded.state,"
            " warnings = excluded.warnings, failures = excluded.failures,"
            " width = excluded.width, height = excluded.height, attempts = excluded.attempts,"
            " edit = excluded.edit, reading = excluded.reading",
            (
                document_id,
                record.number,
                record.state.value,
                len(reading.warnings) if reading is not None else 0,
                sum(attempt.failure is not None for attempt in record.attempts),
                record.width,
                record.height,
                record.rotation,
                msgspec.msgpack.encode(record.attempts),
                _encoded(record.edit),
                _encoded(reading),
            ),
        )

    def _remember(self, document_id: int, record: PageRecord) -> None:
        self._connection.execute(
            "INSERT INTO history (document_id, number, replaced_at, attempts, edit, reading)"
            " VALUES (?, ?, ?, ?, ?, ?)",
            (
                document_id,
                record.number,
                time.time(),
                msgspec.msgpack.encode(record.attempts),
                _encoded(record.edit),
                _encoded(record.reading),
            ),
        )

    def _decode(self, blob: bytes | None, kind: type[T]) -> T | None:
        if blob is None:
            return None
        try:
            return msgspec.msgpack.decode(blob, type=kind)
        except msgspec.DecodeError as error:
            raise self._unreadable(str(error)) from error

    def _state(self, value: str) -> PageState:
        try:
            return PageState(value)
        except ValueError as error:
            raise self._unreadable(str(error)) from error

    def _unreadable(self, reason: str) -> SessionError:
        return SessionError(
            f"The session in {shown_path(self.path)} holds a record that cannot be read "
            f"({reason}). Update Textlift, or move the file away to start a new session."
        )


def _encoded(part: msgspec.Struct | None) -> bytes | None:
    return None if part is None else msgspec.msgpack.encode(part)


def _with_outcome(
    before: PageRecord,
    reading: PageReading | None,
    attempts: tuple[Attempt, ...],
    width: int,
    height: int,
) -> PageRecord:
    """The page after a reading; the boxes of a kept reading are in pixels of its own size."""
    keeps = reading is None and before.reading is not None
    return PageRecord(
        number=before.number,
        state=finished_state(reading, attempts),
        width=before.width if keeps else width,
        height=before.height if keeps else height,
        rotation=before.rotation,
        reading=before.reading if reading is None else reading,
        edit=before.edit if reading is None else None,
        attempts=attempts,
    )
