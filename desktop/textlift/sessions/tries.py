"""Every reading of a page that was tried, for a record of the models: attempts, without text."""

from __future__ import annotations

from collections.abc import Iterator

from textlift.content.attempt import Attempt
from textlift.sessions.session_file import SessionFile
from textlift.sessions.stored import StoredTries

_CHUNK = 500
"""Readings fetched at once."""

_SELECTS = (
    "SELECT rowid, document_id, number, attempts, 0 FROM history",
    "SELECT rowid, document_id, number, attempts, 0 FROM pages",
    "SELECT rowid, document_id, number, attempts, 1 FROM opinions",
)


def stored_tries(file: SessionFile) -> Iterator[StoredTries]:
    """Those of earlier readings first, then those that count, then those of second opinions."""
    for select in _SELECTS:
        yield from _tries(file, select)


def _tries(file: SessionFile, select: str) -> Iterator[StoredTries]:
    after = 0
    while True:
        rows = file.rows(
            f"{select} WHERE rowid > ? AND attempts IS NOT NULL ORDER BY rowid LIMIT ?",
            (after, _CHUNK),
        )
        if not rows:
            return
        for _, document_id, page, blob, opinion in rows:
            attempts = file.decode(blob, tuple[Attempt, ...])
            if attempts:
                yield StoredTries(document_id, page, attempts, opinion=bool(opinion))
        after = rows[-1][0]
