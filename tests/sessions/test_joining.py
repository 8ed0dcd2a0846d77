"""A session that was begun while the real one could not be used is put at its end."""

from __future__ import annotations

import sqlite3
from contextlib import closing

import pytest

from textlift.content.attempt import Attempt, FailureKind
from textlift.content.page import EditedLine, PageEdit
from textlift.sessions.setting_aside import set_aside
from textlift.sessions.store import SessionError, SessionStore
from textlift.sessions.stored import QueuedPlan

GOOD = Attempt("alpha", "cpu", 1.0, 0.5, pixels=9)
BAD = Attempt("beta", "cuda:0", 0.5, 0.5, FailureKind.CRASHED, "It crashed.")


def fill(store, make_info, make_reading, title):
    """Two documents, of which the first was removed again."""
    gone = store.add_document(make_info(), title="gone")
    document = store.add_document(make_info(), title=title)
    store.remove_document(gone.id)
    number = document.id
    for text in ("first", "second"):
        store.finish_page(
            number,
            1,
            reading=make_reading(f"{title} {text}"),
            attempts=(BAD, GOOD),
            width=1,
            height=2,
        )
    store.set_edit(number, 1, PageEdit((EditedLine(f"{title} edited"),)))
    store.set_rotation(number, 3, 90)
    store.finish_opinion(
        number,
        1,
        asked="beta",
        reading=make_reading(f"{title} opinion"),
        attempts=(GOOD,),
        width=1,
        height=2,
    )
    store.queue_pages(number, [3, 2], plan=QueuedPlan(order=(title,)))


def everything(store, document_id):
    failures = [
        (one.title, one.page, one.attempt)
        for one in store.failures()
        if one.document_id == document_id
    ]
    waiting = [(one.page, one.plan) for one in store.queued() if one.document_id == document_id]
    return (
        list(store.pages(document_id)),
        store.earlier(document_id, 1),
        store.opinions(document_id, 1),
        failures,
        waiting,
    )


def test_all_of_both_is_there(store, tmp_path, make_info, make_reading):
    fill(store, make_info, make_reading, "kept")
    with closing(SessionStore(tmp_path / "spare's.sqlite3")) as spare:
        fill(spare, make_info, make_reading, "added")
        (added,) = spare.documents()
        before = everything(store, 2), everything(spare, added.id)
        store.take_in(spare.path)
        first, second = store.documents()
        assert (first.title, second.title) == ("kept", "added")
        assert (everything(store, first.id), everything(store, second.id)) == before
        assert everything(spare, added.id) == before[1]
    assert [one.title for one in store.failures()] == ["kept", "kept", "added", "added"]
    assert [one.plan.order[0] for one in store.queued()] == ["kept", "kept", "added", "added"]
    # A document that comes now is another than all of these.
    assert store.add_document(make_info(), title="new").id > second.id


def test_into_an_empty_session_and_from_one(store, tmp_path, make_info, make_reading):
    with closing(SessionStore(tmp_path / "spare.sqlite3")) as spare:
        store.take_in(spare.path)
        assert store.documents() == ()
        fill(spare, make_info, make_reading, "added")
        store.take_in(spare.path)
    (document,) = store.documents()
    assert store.page(document.id, 1).reading.text == "added second"


def test_session_that_cannot_take_anything_says_so_and_changes_nothing(
    store, tmp_path, make_info, make_reading
):
    with closing(SessionStore(tmp_path / "spare.sqlite3")) as spare:
        fill(spare, make_info, make_reading, "added")
    with closing(sqlite3.connect(tmp_path / "spare.sqlite3")) as connection:
        connection.execute("DROP TABLE queue")
        connection.commit()
    with pytest.raises(SessionError):
        store.take_in(tmp_path / "spare.sqlite3")
    assert store.documents() == ()
    store.add_document(make_info(), title="and goes on")


def test_set_aside_with_what_belongs_to_it(tmp_path):
    path = tmp_path / "session.sqlite3"
    for number in (1, 2):
        path.write_text(f"file {number}")
        path.with_name("session.sqlite3-wal").write_text(f"log {number}")
        kept = set_aside(path)
        assert kept.name == f"session.old-{number}.sqlite3"
        assert kept.read_text() == f"file {number}"
        assert kept.with_name(kept.name + "-wal").read_text() == f"log {number}"
        assert not path.exists()
        assert not path.with_name("session.sqlite3-wal").exists()
