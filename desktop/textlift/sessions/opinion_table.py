"""The table of second opinions: one for each page, engine that was asked, and part of the page."""

from __future__ import annotations

import sqlite3
import time
from typing import Any

import msgspec

from textlift.content.attempt import Attempt
from textlift.content.geometry import Box
from textlift.content.opinion import Opinion
from textlift.content.reading import PageReading
from textlift.sessions.session_file import SessionFile, encoded

_SELECT = """
    SELECT number, asked, box, read_at, width, height, attempts, reading FROM opinions
    WHERE document_id = ? AND number = ?
"""
_WHOLE_PAGE = b""
"""In place of the part that was read; NULL would be unlike every other NULL."""


def write_opinion(connection: sqlite3.Connection, document_id: int, opinion: Opinion) -> None:
    """Stores a second opinion in place of an earlier one of the same engine and part."""
    connection.execute(
        "INSERT OR REPLACE INTO opinions (document_id, number, asked, box, read_at, width, height,"
        " attempts, reading) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            document_id,
            opinion.number,
            opinion.asked,
            _box_key(opinion.box),
            opinion.read_at,
            opinion.width,
            opinion.height,
            msgspec.msgpack.encode(opinion.attempts),
            encoded(opinion.reading),
        ),
    )


def later_opinion(
    before: Opinion | None,
    *,
    number: int,
    asked: str,
    reading: PageReading | None,
    attempts: tuple[Attempt, ...],
    width: int,
    height: int,
    box: Box | None,
) -> Opinion:
    """The opinion after a reading; one that failed keeps what was read before, and when."""
    if reading is None and before is not None and before.reading is not None:
        return msgspec.structs.replace(before, attempts=attempts)
    return Opinion(
        number=number,
        asked=asked,
        read_at=time.time(),
        reading=reading,
        attempts=attempts,
        width=width,
        height=height,
        box=box,
    )


def stored_opinions(file: SessionFile, document_id: int, number: int) -> tuple[Opinion, ...]:
    """All of a page in the order they were stored, whatever the clock said."""
    rows = file.rows(f"{_SELECT} ORDER BY id", (document_id, number))
    return tuple(_opinion(file, row) for row in rows)


def stored_opinion(
    file: SessionFile, document_id: int, number: int, *, asked: str, box: Box | None
) -> Opinion | None:
    """That of one engine on one part of a page."""
    rows = file.rows(
        f"{_SELECT} AND asked = ? AND box = ?", (document_id, number, asked, _box_key(box))
    )
    return _opinion(file, rows[0]) if rows else None


def delete_opinion(
    connection: sqlite3.Connection, document_id: int, number: int, *, asked: str, box: Box | None
) -> None:
    """Forgets that of one engine on one part of a page."""
    connection.execute(
        "DELETE FROM opinions WHERE document_id = ? AND number = ? AND asked = ? AND box = ?",
        (document_id, number, asked, _box_key(box)),
    )


def _box_key(box: Box | None) -> bytes:
    # As floats, since 3 and 3.0 are the same place.
    if box is None:
        return _WHOLE_PAGE
    return msgspec.msgpack.encode([float(side) for side in (box.x0, box.y0, box.x1, box.y1)])


def _opinion(file: SessionFile, row: tuple[Any, ...]) -> Opinion:
    number, asked, box, read_at, width, height, attempts, reading = row
    return Opinion(
        number=number,
        asked=asked,
        read_at=read_at,
        reading=file.decode(reading, PageReading),
        attempts=file.decode(attempts, tuple[Attempt, ...]) or (),
        width=width,
        height=height,
        box=file.decode(box or None, Box),
    )
