"""A session that an earlier version wrote, byte for byte as it did, is read by this one."""

from __future__ import annotations

import sqlite3
from contextlib import closing

import msgspec
import pytest

from textlift.content.attempt import Attempt, FailureKind
from textlift.content.page import PageState
from textlift.content.reading import StopReason
from textlift.sessions.store import SessionStore
from textlift.sessions.stored import QueuedPage, QueuedPlan

# As version 0.1.0 encoded them: maps by field name, fields with their default value left out.
READING = {
    "blocks": [
        {
            "kind": "heading",
            "text": "Old text",
            "box": [1.0, 2.0, 3.0, 4.0],
            "level": 1,
            "lines": [{"text": "Old text", "box": [1.0, 2.0, 3.0, 4.0], "score": 0.5}],
        }
    ],
    "read_by": "pp-ocrv6",
    "warnings": [{"kind": "uncertain", "sentence": "One word is unsure."}],
}
ATTEMPTS = [
    {
        "engine": "tesseract",
        "device": "cpu",
        "started_at": 1.0,
        "seconds": 2.0,
        "failure": "crashed",
        "sentence": "It crashed.",
        "pixels": 9,
    },
    {"engine": "pp-ocrv6", "device": "cpu", "started_at": 3.0, "seconds": 1.0, "pixels": 9},
]
PLAN = {"order": ["pp-ocrv6", "tesseract"], "languages": ["rus"]}


@pytest.fixture
def old_session(session_path, make_info):
    """A document with its first page read and its second one waiting."""
    store = SessionStore(session_path)
    document = store.add_document(make_info(), title="scan.pdf")
    store.close()
    page = (
        document.id,
        1,
        "done-with-warnings",
        msgspec.msgpack.encode(ATTEMPTS),
        msgspec.msgpack.encode(READING),
    )
    with closing(sqlite3.connect(session_path)) as connection, connection:
        connection.execute(
            "INSERT INTO pages (document_id, number, state, attempts, reading)"
            " VALUES (?, ?, ?, ?, ?)",
            page,
        )
        connection.execute(
            "INSERT INTO queue (document_id, number, plan) VALUES (?, ?, ?)",
            (document.id, 2, msgspec.msgpack.encode(PLAN)),
        )
    return document


def test_pages_and_plans_have_the_new_fields_at_their_defaults(old_session, session_path):
    with closing(SessionStore(session_path)) as store:
        record = store.page(old_session.id, 1)
        (waiting,) = store.queued()
    assert record.state is PageState.WARNED
    assert record.reading.text == "Old text"
    assert record.reading.stop_reason is StopReason.END
    assert (record.reading.unparsed, record.reading.generation) == ("", None)
    assert record.attempts[0] == Attempt(
        "tesseract", "cpu", 1.0, 2.0, FailureKind.CRASHED, "It crashed.", pixels=9
    )
    assert [(one.partial, one.peak_memory) for one in record.attempts] == [("", 0)] * 2
    plan = QueuedPlan(order=("pp-ocrv6", "tesseract"), languages=("rus",))
    assert waiting == QueuedPage(old_session.id, 2, plan)
    assert (plan.modes, plan.box) == ((), None)
