"""Questions to the session: as many for a long document as for a short one, and none in vain."""

from __future__ import annotations

import re

import pytest

from textlift.content.attempt import Attempt, FailureKind
from textlift.content.page import EditedLine, PageEdit, PageState
from textlift.content.reading import PageWarning, WarningKind
from textlift.sessions.stored import PageSpan, PageSummary, QueuedPlan

GOOD = Attempt("alpha", "cpu", 1.0, 0.5, pixels=9)
BAD = Attempt("beta", "cpu", 0.5, 0.5, FailureKind.CRASHED, "It crashed.")
WARNINGS = (PageWarning(WarningKind.MISSED, "A line was missed."),)
EDIT = PageEdit((EditedLine("x"),))


@pytest.fixture
def asked(store):
    """The statements that were run since it was cleared, with their values."""
    statements: list[str] = []
    connection = store._file._connection
    connection.set_trace_callback(statements.append)
    yield statements
    connection.set_trace_callback(None)


@pytest.fixture
def finish(store, make_reading):
    def finish(document, page, *attempts):
        reading = make_reading(f"Page {page}", warnings=WARNINGS)
        store.finish_page(
            document.id, page, reading=reading, attempts=attempts or (GOOD,), width=8, height=9
        )

    return finish


def test_what_is_done_with_a_page_looks_at_no_other(store, make_info, finish, asked):
    document = store.add_document(make_info(pages=50), title="scan.pdf")
    asked.clear()
    for _ in range(2):
        finish(document, 7, BAD, GOOD)
    store.page(document.id, 7)
    store.set_edit(document.id, 7, EDIT)
    store.set_rotation(document.id, 7, 90)
    store.set_ticked(document.id, 7, [0])
    store.earlier(document.id, 7)
    store.opinions(document.id, 7)
    store.queue_pages(document.id, [7, 8], plan=QueuedPlan(order=("alpha",)))
    store.first_with([PageSpan(document.id, 1, 20)], "lamp")
    store.page_states(document.id)
    store.user_changes(document.id)
    connection = store._file._connection
    connection.set_trace_callback(None)
    plans = {}
    for statement in asked:
        if re.match(r"\s*(SELECT|INSERT|UPDATE|DELETE)", statement):
            rows = connection.execute(f"EXPLAIN QUERY PLAN {statement}").fetchall()
            plans[statement] = [row[-1] for row in rows]
    assert len(plans) > 15
    # Such as “SCAN pages”; “SEARCH pages USING INDEX …” is what is wanted.
    assert not {one: plan for one, plan in plans.items() if any("SCAN" in step for step in plan)}


def test_removing_a_document_looks_at_what_it_has(store, make_info, finish, asked):
    first = store.add_document(make_info(), title="a.pdf")
    for page in (1, 2, 3):
        finish(first, page, BAD, GOOD)
    connection = store._file._connection
    for table in ("pages", "history", "queue", "opinions", "failures"):
        # What a removal does there through its foreign key.
        (plan,) = connection.execute(
            f"EXPLAIN QUERY PLAN DELETE FROM {table} WHERE document_id = 1"
        ).fetchall()
        assert "SEARCH" in plan[-1], table


@pytest.mark.parametrize("documents", [3, 60])
def test_where_all_documents_stand_takes_as_many_questions_as_of_one(
    store, make_info, finish, asked, documents
):
    listed = [store.add_document(make_info(f"/{n}.pdf"), title="x") for n in range(documents)]
    for document in listed[::2]:
        finish(document, 1)
    store.queue_pages(listed[1].id, [2], plan=QueuedPlan(order=("alpha",)))
    store.queue_pages(listed[2].id, [1], plan=QueuedPlan(order=("alpha",)))
    asked.clear()
    states = store.all_page_states()
    assert len(asked) == 3
    assert states == {one.id: store.page_states(one.id) for one in listed}
    assert list(states) == [one.id for one in listed]
    assert states[listed[1].id] == {2: PageSummary(PageState.QUEUED)}
    assert states[listed[2].id] == {1: PageSummary(PageState.QUEUED, warnings=1)}


def test_an_empty_session_has_no_states(store):
    assert store.all_page_states() == {}


def test_many_documents_are_removed_in_one_go(store, make_info, finish, asked):
    listed = [store.add_document(make_info(f"/{n}.pdf"), title="x") for n in range(20)]
    asked.clear()
    store.remove_documents(one.id for one in listed[:-1])
    assert sum(statement.startswith("COMMIT") for statement in asked) == 1
    assert [one.id for one in store.documents()] == [listed[-1].id]


def test_what_the_user_changed_is_known_without_reading_pages(store, make_info, finish):
    document = store.add_document(make_info(pages=9), title="scan.pdf")
    for page in range(1, 7):
        finish(document, page)
    store.set_edit(document.id, 2, EDIT)
    store.set_rotation(document.id, 4, 270)
    store.set_rotation(document.id, 9, 0)
    assert store.user_changes(document.id) == [(2, True, None), (4, False, 270), (9, False, 0)]
