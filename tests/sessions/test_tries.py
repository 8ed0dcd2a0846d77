"""What was tried at every reading, for a record of the models."""

from __future__ import annotations

import pytest

from textlift.content.attempt import Attempt, FailureKind
from textlift.sessions import tries
from textlift.sessions.stored import StoredTries


def read(at: float = 0.0) -> Attempt:
    return Attempt("one", "cpu", at, 2.0, pixels=10)


def lost(at: float = 0.0) -> Attempt:
    return Attempt("one", "cpu", at, 1.0, failure=FailureKind.CRASHED)


@pytest.mark.parametrize("chunk", [2, 500])
def test_every_reading_is_told_of_once(store, make_info, make_reading, monkeypatch, chunk):
    monkeypatch.setattr(tries, "_CHUNK", chunk)
    document = store.add_document(make_info(pages=5), title="scan.pdf").id
    size = {"width": 8, "height": 9}
    store.finish_page(document, 1, reading=None, attempts=(lost(1.0),), **size)
    for page in range(1, 6):
        attempts = (lost(2.0), read(3.0))
        store.finish_page(document, page, reading=make_reading("text"), attempts=attempts, **size)
    store.finish_opinion(
        document, 2, asked="one", reading=None, attempts=(lost(4.0),), box=None, **size
    )
    assert list(store.tries()) == [
        StoredTries(document, 1, (lost(1.0),)),
        *(StoredTries(document, page, (lost(2.0), read(3.0))) for page in range(1, 6)),
        StoredTries(document, 2, (lost(4.0),), opinion=True),
    ]


def test_pages_that_nobody_tried_to_read_are_left_out(store, make_info, make_reading):
    document = store.add_document(make_info(pages=2), title="scan.pdf").id
    store.set_rotation(document, 1, 90)
    store.finish_page(document, 2, reading=make_reading("text"), attempts=(), width=8, height=9)
    assert list(store.tries()) == []
