"""The table of pages, and what each was before it was read again."""

from __future__ import annotations

import sqlite3
import time
from collections import defaultdict
from collections.abc import Iterable, Iterator

import msgspec

from textlift.content.attempt import Attempt
from textlift.content.page import PageEdit, PageRecord, PageState, finished_state
from textlift.content.reading import PageReading
from textlift.sessions.session_file import SessionFile, encoded
from textlift.sessions.stored import PageSummary

_CHUNK = 100
"""Pages fetched at once by ``all_pages``."""

_SELECT = """
    SELECT number, state, width, height, rotation, reading, edit, attempts, ticked
    FROM pages WHERE document_id = ? AND number BETWEEN ? AND ?
"""
_WRITE = """
    INSERT INTO pages (document_id, number, state, warnings, failures, width, height,
        rotation, attempts, edit, reading, ticked) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
    ON CONFLICT (document_id, number) DO UPDATE SET state = excluded.state,
        warnings = excluded.warnings, failures = excluded.failures,
        width = excluded.width, height = excluded.height, attempts = excluded.attempts,
        edit = excluded.edit, reading = excluded.reading, ticked = excluded.ticked
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


def stored_page(file: SessionFile, document_id: int, number: int) -> PageRecord:
    """A page as it was stored, even while it waits to be read again; UNREAD when it is not."""
    found = _stored_range(file, document_id, number, number)
    return found.get(number, PageRecord(number=number))


def one_page(file: SessionFile, document_id: int, number: int) -> PageRecord:
    """A page, QUEUED while it waits."""
    return _page_range(file, document_id, number, number)[0]


def all_pages(file: SessionFile, document_id: int) -> Iterator[PageRecord]:
    """All pages from 1 to the last, fetched a few at a time; QUEUED while they wait."""
    rows = file.rows("SELECT page_count FROM documents WHERE id = ?", (document_id,))
    page_count = rows[0][0] if rows else 0
    for first in range(1, page_count + 1, _CHUNK):
        yield from _page_range(file, document_id, first, min(first + _CHUNK - 1, page_count))


def page_summaries(file: SessionFile, document_id: int) -> dict[int, PageSummary]:
    """Summaries of the pages that were read, tried, edited, turned or wait."""
    return _summaries(file, document_id, document_id).get(document_id, {})


def all_page_summaries(file: SessionFile) -> dict[int, dict[int, PageSummary]]:
    """Likewise of all documents, by their ids, in as few questions as of one."""
    numbers = [number for (number,) in file.rows("SELECT id FROM documents ORDER BY id")]
    found = _summaries(file, numbers[0], numbers[-1]) if numbers else {}
    return {number: found.get(number, {}) for number in numbers}


def _summaries(file: SessionFile, first: int, last: int) -> dict[int, dict[int, PageSummary]]:
    """Of the documents from one id to another."""
    result: defaultdict[int, dict[int, PageSummary]] = defaultdict(dict)
    for document_id, number, state, warnings, failures in file.rows(
        "SELECT document_id, number, state, warnings, failures FROM pages"
        " WHERE document_id BETWEEN ? AND ?",
        (first, last),
    ):
        result[document_id][number] = PageSummary(file.state(state), warnings, failures)
    for document_id, number in file.rows(
        "SELECT document_id, number FROM queue WHERE document_id BETWEEN ? AND ?", (first, last)
    ):
        before = result[document_id].get(number)
        result[document_id][number] = PageSummary(
            PageState.QUEUED,
            before.warnings if before is not None else 0,
            before.failures if before is not None else 0,
        )
    return result


def write_page(connection: sqlite3.Connection, document_id: int, record: PageRecord) -> None:
    """Stores a page; how the user turned it is kept where that is known already."""
    connection.execute(
        _WRITE,
        (
            document_id,
            record.number,
            record.state.value,
            len(record.to_check),
            sum(attempt.failure is not None for attempt in record.attempts),
            record.width,
            record.height,
            record.rotation,
            msgspec.msgpack.encode(record.attempts),
            encoded(record.edit),
            encoded(record.reading),
            encoded(record.ticked or None),
        ),
    )


def with_outcome(
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
        ticked=before.ticked if keeps else (),
    )


def with_ticks(before: PageRecord, ticked: Iterable[int]) -> PageRecord:
    """The page with these warnings ticked off, and no other; those it does not have are left out.

    A page whose last reading failed stays FAILED: that can not be ticked off.
    """
    warnings = before.reading.warnings if before.reading is not None else ()
    ticks = tuple(sorted(index for index in set(ticked) if 0 <= index < len(warnings)))
    state = before.state
    if state in {PageState.DONE, PageState.WARNED}:
        state = finished_state(before.reading, before.attempts, ticked=ticks)
    return msgspec.structs.replace(before, state=state, ticked=ticks)


def remember_page(connection: sqlite3.Connection, document_id: int, record: PageRecord) -> None:
    """Puts what a page was into its history, where there is anything to keep."""
    if record.reading is None and record.edit is None and not record.attempts:
        return
    connection.execute(
        "INSERT INTO history (document_id, number, replaced_at, attempts, edit, reading)"
        " VALUES (?, ?, ?, ?, ?, ?)",
        (
            document_id,
            record.number,
            time.time(),
            msgspec.msgpack.encode(record.attempts),
            encoded(record.edit),
            encoded(record.reading),
        ),
    )


def earlier_pages(file: SessionFile, document_id: int, number: int) -> tuple[PageRecord, ...]:
    """What a page was before it was read again, oldest first, whatever the clock said."""
    rows = file.rows(
        "SELECT reading, edit, attempts FROM history"
        " WHERE document_id = ? AND number = ? ORDER BY id",
        (document_id, number),
    )
    records = []
    for reading_blob, edit_blob, attempts_blob in rows:
        reading = file.decode(reading_blob, PageReading)
        attempts = file.decode(attempts_blob, tuple[Attempt, ...]) or ()
        records.append(
            PageRecord(
                number=number,
                state=finished_state(reading, attempts),
                reading=reading,
                edit=file.decode(edit_blob, PageEdit),
                attempts=attempts,
            )
        )
    return tuple(records)


def set_edit(
    connection: sqlite3.Connection, document_id: int, number: int, edit: PageEdit | None
) -> None:
    """Keeps the user's version of a page's text; None forgets it."""
    values = (number, PageState.UNREAD.value, encoded(edit), document_id)
    connection.execute(_SET_EDIT, values)


def user_changes(file: SessionFile, document_id: int) -> list[tuple[int, bool, int | None]]:
    """The pages that the user edited or turned; nothing of their text is read for it."""
    rows = file.rows(
        "SELECT number, edit IS NOT NULL, rotation FROM pages"
        " WHERE document_id = ? AND (edit IS NOT NULL OR rotation IS NOT NULL) ORDER BY number",
        (document_id,),
    )
    return [(number, bool(edited), rotation) for number, edited, rotation in rows]


def set_rotation(
    connection: sqlite3.Connection, document_id: int, number: int, degrees: int | None
) -> None:
    """Keeps how the user turned a page; None forgets it."""
    values = (number, PageState.UNREAD.value, degrees, document_id)
    connection.execute(_SET_ROTATION, values)


def _page_range(file: SessionFile, document_id: int, first: int, last: int) -> list[PageRecord]:
    stored = _stored_range(file, document_id, first, last)
    waiting = {
        number
        for (number,) in file.rows(
            "SELECT number FROM queue WHERE document_id = ? AND number BETWEEN ? AND ?",
            (document_id, first, last),
        )
    }
    pages = []
    for number in range(first, last + 1):
        page = stored.get(number, PageRecord(number=number))
        if number in waiting:
            page = msgspec.structs.replace(page, state=PageState.QUEUED)
        pages.append(page)
    return pages


def _stored_range(
    file: SessionFile, document_id: int, first: int, last: int
) -> dict[int, PageRecord]:
    return {
        number: PageRecord(
            number=number,
            state=file.state(state),
            width=width,
            height=height,
            rotation=rotation,
            reading=file.decode(reading, PageReading),
            edit=file.decode(edit, PageEdit),
            attempts=file.decode(attempts, tuple[Attempt, ...]) or (),
            ticked=file.decode(ticked, tuple[int, ...]) or (),
        )
        for number, state, width, height, rotation, reading, edit, attempts, ticked in file.rows(
            _SELECT, (document_id, first, last)
        )
    }
