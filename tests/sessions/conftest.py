"""A session and things to put into it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from textlift.content.block import Block, BlockKind
from textlift.content.reading import PageReading
from textlift.documents.messages import DocumentInfo, Fingerprint
from textlift.sessions.store import SessionStore


@pytest.fixture
def session_path(tmp_path: Path) -> Path:
    return tmp_path / "data" / "session.sqlite3"


@pytest.fixture
def store(session_path: Path) -> Iterator[SessionStore]:
    store = SessionStore(session_path)
    yield store
    store.close()


@pytest.fixture
def make_info():
    def make(path: str = "/home/me/scan.pdf", pages: int = 3) -> DocumentInfo:
        return DocumentInfo(path, "PDF", pages, Fingerprint(1234, 5_000_000_000_000_000_000))

    return make


@pytest.fixture
def make_reading():
    def make(text: str, **fields: object) -> PageReading:
        return PageReading(
            blocks=(Block(kind=BlockKind.TEXT, text=text),), read_by="alpha", **fields
        )

    return make
