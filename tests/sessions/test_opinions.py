"""Second opinions lie beside a page and change nothing of it; failures of both are listed."""

from __future__ import annotations

import sqlite3
from contextlib import closing

import pytest

from textlift.content.attempt import Attempt, FailureKind
from textlift.content.geometry import Box
from textlift.content.page import EditedLine, PageEdit
from textlift.sessions.store import SessionStore
from textlift.sessions.stored import StoredFailure

GOOD = Attempt("alpha", "cpu", 1.0, 0.5, pixels=9)
BAD = Attempt("beta", "cuda:0", 0.5, 0.5, FailureKind.CRASHED, "It crashed.")
WORSE = Attempt("beta", "cuda:0", 0.2, 0.5, FailureKind.RAN_AWAY, "It ran away.", partial="a" * 99)
PART = Box(1, 2, 3, 4)


@pytest.fixture
def document(store, make_info, make_reading):
    document = store.add_document(make_info(), title="scan.pdf")
    store.finish_page(
        document.id, 1, reading=make_reading("first"), attempts=(GOOD,), width=8, height=9
    )
    return document


@pytest.fixture
def give(store, document, make_reading):
    def give(asked, text, *attempts, box=None, page=1):
        reading = make_reading(text) if text else None
        return store.finish_opinion(
            document.id,
            page,
            asked=asked,
            reading=reading,
            attempts=attempts,
            width=8,
            height=9,
            box=box,
        )

    return give


def test_nothing_of_the_page_changes(store, document, give, session_path):
    store.set_edit(document.id, 1, PageEdit((EditedLine("mine"),)))
    before = store.page(document.id, 1), store.page_states(document.id)
    given = give("beta", "second", BAD, GOOD)
    assert (store.page(document.id, 1), store.page_states(document.id)) == before
    assert store.earlier(document.id, 1) == ()
    assert (given.number, given.asked, given.width, given.height) == (1, "beta", 8, 9)
    assert (given.reading.text, given.attempts, given.box) == ("second", (BAD, GOOD), None)
    with closing(SessionStore(session_path)) as again:
        assert again.opinions(document.id, 1) == (given,)
        assert again.opinions(document.id, 2) == ()


def test_one_for_each_engine_and_part(store, document, give):
    give("beta", "whole")
    give("gamma", "whole")
    give("beta", "part", box=PART)
    newer = give("beta", "again")
    same_part = give("beta", "part again", box=Box(1.0, 2.0, 3.0, 4.0))
    found = store.opinions(document.id, 1)
    assert [(one.asked, one.reading.text, one.box) for one in found] == [
        ("gamma", "whole", None),
        ("beta", "again", None),
        ("beta", "part again", PART),
    ]
    assert found[1:] == (newer, same_part)
    store.remove_opinion(document.id, 1, asked="beta")
    assert [(one.asked, one.box) for one in store.opinions(document.id, 1)] == [
        ("gamma", None),
        ("beta", PART),
    ]
    store.remove_opinion(document.id, 1, asked="beta", box=PART)
    store.remove_opinion(document.id, 1, asked="nobody")
    assert [one.asked for one in store.opinions(document.id, 1)] == ["gamma"]


def test_failure_costs_no_reading(store, document, give):
    assert give("beta", "", BAD).reading is None
    first = give("beta", "text", GOOD)
    failed = give("beta", "", WORSE)
    assert (failed.reading, failed.read_at) == (first.reading, first.read_at)
    assert failed.attempts == (WORSE,)
    assert store.opinions(document.id, 1) == (failed,)


def test_goes_with_its_document(store, document, give, session_path):
    give("beta", "second", BAD)
    store.remove_document(document.id)
    assert store.opinions(document.id, 1) == ()
    assert list(store.failures()) == []
    assert give("beta", "late", BAD) is None
    with closing(sqlite3.connect(session_path)) as connection:
        for table in ("opinions", "failures"):
            assert connection.execute(f"SELECT count(*) FROM {table}").fetchone() == (0,)


def test_every_failed_attempt_is_listed_in_the_order_it_was_stored(
    store, document, give, make_info, make_reading
):
    """Later ones have an earlier time here: the clock was set back meanwhile."""
    other = store.add_document(make_info(), title="letter.png")

    def finish(one, page, reading, *attempts):
        store.finish_page(one.id, page, reading=reading, attempts=attempts, width=8, height=9)

    finish(document, 2, None, BAD)
    give("beta", "", WORSE)
    finish(document, 2, make_reading("now it went"), GOOD)
    give("beta", "now it went too", GOOD)
    finish(other, 1, make_reading("x"), WORSE, BAD, GOOD)
    expected = [
        StoredFailure(document.id, "scan.pdf", 2, BAD),
        StoredFailure(document.id, "scan.pdf", 1, WORSE),
        StoredFailure(other.id, "letter.png", 1, WORSE),
        StoredFailure(other.id, "letter.png", 1, BAD),
    ]
    assert list(store.failures()) == expected
    with closing(SessionStore(store.path)) as again:
        assert list(again.failures()) == expected


def test_many_failures_come_a_few_at_a_time(store, document):
    for _ in range(3):
        store.finish_page(document.id, 1, reading=None, attempts=(BAD,) * 400, width=1, height=1)
    failures = store.failures()
    next(failures)
    # In between the store can be used for other things.
    store.set_rotation(document.id, 1, 90)
    assert sum(1 for _ in failures) == 1199
