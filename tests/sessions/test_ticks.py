"""Warnings that are ticked off: the page's state and what the tree counts follow."""

from __future__ import annotations

import pytest

from textlift.content.attempt import Attempt, FailureKind
from textlift.content.page import PageState
from textlift.content.reading import PageWarning, WarningKind
from textlift.sessions.stored import PageSummary, QueuedPlan

GOOD = Attempt("alpha", "cpu", 1.0, 0.5, pixels=9)
BAD = Attempt("beta", "cuda:0", 0.5, 0.5, FailureKind.CRASHED, "It crashed.")
WARNINGS = (
    PageWarning(WarningKind.MISSED, "A line was missed."),
    PageWarning(WarningKind.INVENTED, "A line was invented."),
)


@pytest.fixture
def document(store, make_info):
    return store.add_document(make_info(), title="scan.pdf")


@pytest.fixture
def finish(store, document, make_reading):
    def finish(*attempts, text="x", warnings=WARNINGS):
        reading = make_reading(text, warnings=warnings) if text else None
        return store.finish_page(
            document.id, 1, reading=reading, attempts=attempts, width=8, height=9
        )

    return finish


def test_state_and_count_follow(store, document, finish):
    finish(GOOD)
    assert store.page_states(document.id) == {1: PageSummary(PageState.WARNED, warnings=2)}
    page = store.set_ticked(document.id, 1, [1])
    assert (page.ticked, page.to_check, page.state) == ((1,), (0,), PageState.WARNED)
    assert store.page_states(document.id) == {1: PageSummary(PageState.WARNED, warnings=1)}
    page = store.set_ticked(document.id, 1, [0, 1])
    assert (page.to_check, page.state) == ((), PageState.DONE)
    assert store.page(document.id, 1) == page
    assert store.page_states(document.id) == {1: PageSummary(PageState.DONE)}
    assert store.set_ticked(document.id, 1, []).state is PageState.WARNED


def test_failed_attempt_is_still_something_to_say(store, document, finish):
    finish(BAD, GOOD)
    assert store.set_ticked(document.id, 1, [0, 1]).state is PageState.WARNED


def test_what_is_no_warning_cannot_be_ticked_off(store, document, finish):
    finish(GOOD)
    assert store.set_ticked(document.id, 1, [7, 1, -1, 1]).ticked == (1,)


def test_page_that_waits_to_be_read_again_goes_on_waiting(store, document, finish):
    finish(GOOD)
    store.queue_pages(document.id, [1], plan=QueuedPlan(order=("alpha",)))
    page = store.set_ticked(document.id, 1, [0, 1])
    assert (page.state, page.ticked) == (PageState.QUEUED, (0, 1))
    store.unqueue()
    assert store.page(document.id, 1).state is PageState.DONE


def test_new_reading_has_new_warnings(store, document, finish):
    finish(GOOD)
    store.set_ticked(document.id, 1, [0, 1])
    page = finish(GOOD, text="second")
    assert (page.ticked, page.state) == ((), PageState.WARNED)
    (earlier,) = store.earlier(document.id, 1)
    assert earlier.ticked == ()


def test_ticks_stay_with_a_reading_that_stays(store, document, finish):
    finish(GOOD)
    store.set_ticked(document.id, 1, [0])
    page = finish(BAD, text="")
    assert (page.ticked, page.state) == ((0,), PageState.FAILED)
    assert store.page_states(document.id)[1].warnings == 1
    # That the page failed is nothing one can tick off.
    assert store.set_ticked(document.id, 1, [0, 1]).state is PageState.FAILED


def test_page_without_a_reading_is_left_alone(store, document):
    store.set_rotation(document.id, 2, 90)
    before = store.page(document.id, 2)
    assert store.set_ticked(document.id, 2, [0]) == before
    store.set_ticked(document.id, 3, [0])
    store.set_ticked(document.id + 1, 1, [0])
    assert list(store.page_states(document.id)) == [2]


def test_turning_and_editing_keep_the_ticks(store, document, finish):
    finish(GOOD)
    store.set_ticked(document.id, 1, [0])
    store.set_rotation(document.id, 1, 180)
    assert store.set_ticked(document.id, 1, [0, 1]).rotation == 180
    store.set_edit(document.id, 1, None)
    assert store.page(document.id, 1).ticked == (0, 1)
