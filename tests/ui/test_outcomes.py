"""Pages with the same trouble are told together, a few times a second, and cost little."""

from __future__ import annotations

import msgspec
import pytest

from doubles.sample_pages import sample_record
from textlift.content.attempt import Attempt, FailureKind
from textlift.content.page import PageState
from textlift.documents.messages import DocumentInfo, Fingerprint
from textlift.sessions.stored import StoredDocument
from textlift.ui import notices, outcomes
from textlift.ui.listed_document import ListedDocument
from textlift.ui.outcomes import Outcomes
from textlift.ui.reader_thread import PageKey

PAGES = 400
BAD = Attempt("dots", "cpu", 1.0, 2.0, FailureKind.CRASHED, "It died.", partial="x" * 1000)
GOOD = Attempt("got", "cpu", 2.0, 2.0, pixels=9)
INFO = DocumentInfo("book.pdf", "PDF", PAGES, Fingerprint(1, 1))
BOOK = ListedDocument(StoredDocument(1, "book.pdf", INFO, 0.0))


@pytest.fixture
def told(qtbot):
    """What is told, and the subjects of what is settled."""
    watched = Outcomes(str)
    found, settled = [], []
    watched.noticed.connect(found.append)
    watched.settled.connect(settled.append)
    return watched, found, settled


def record(*attempts):
    return msgspec.structs.replace(sample_record(), state=PageState.WARNED, attempts=attempts)


def test_the_first_is_told_at_once_and_the_others_together(told, qtbot):
    watched, found, _ = told
    for page in range(1, PAGES + 1):
        watched.take(PageKey(1, page), record(BAD, GOOD), BOOK)
    assert len(found) == 1
    qtbot.waitUntil(lambda: len(found) == 2)
    assert f"{PAGES} pages" in found[-1].text
    assert len(found[-1].pages) == PAGES


def test_what_is_not_told_yet_is_told_at_the_end(told):
    watched, found, _ = told
    watched.take(PageKey(1, 1), record(BAD, GOOD), BOOK)
    watched.take(PageKey(1, 2), record(BAD, GOOD), BOOK)
    watched.tell()
    assert [len(one.pages) for one in found] == [1, 2]


def test_a_page_that_is_read_well_now_settles_it(told, qtbot):
    watched, found, settled = told
    watched.take(PageKey(1, 1), record(BAD, GOOD), BOOK)
    watched.take(PageKey(1, 1), record(GOOD), BOOK)
    watched.tell()
    assert settled == [found[0].subject]


def test_what_was_seen_and_whose_document_went_is_not_told_again(told):
    watched, found, _ = told
    watched.take(PageKey(1, 1), record(BAD, GOOD), BOOK)
    watched.forget(found[0].subject)
    watched.take(PageKey(1, 2), record(BAD, GOOD), BOOK)
    watched.tell()
    assert [key.page for key in found[-1].pages] == [2]
    watched.forget_document(1)
    watched.take(PageKey(2, 7), record(BAD, GOOD), BOOK)
    watched.tell()
    assert [key.page for key in found[-1].pages] == [7]


def test_work_grows_with_pages_and_no_text_is_kept(told, monkeypatch):
    watched, _, _ = told
    looked = []
    cause_of = notices.cause_of
    monkeypatch.setattr(notices, "cause_of", lambda one: looked.append(one) or cause_of(one))
    made = []
    monkeypatch.setattr(
        outcomes,
        "cause_notice",
        lambda *args, **options: made.append(args) or notices.cause_notice(*args, **options),
    )
    for page in range(1, PAGES + 1):
        watched.take(PageKey(1, page), record(BAD, GOOD), BOOK)
    assert len(looked) == PAGES
    assert len(made) == 1
    kept = [one for group in watched._outcomes.values() for one in group.values()]
    assert all(one.record.reading.blocks == () for one in kept)
    assert not any(attempt.partial for one in kept for attempt in one.record.attempts)
