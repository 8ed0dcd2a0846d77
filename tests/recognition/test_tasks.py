"""The queue of pages."""

from __future__ import annotations

from doubles.drawn_reader import drawn_document
from textlift.content.geometry import Box
from textlift.recognition.tasks import PageTask, TaskQueue


def task(page, document=1):
    return PageTask(document, drawn_document(9), page, ("alpha",))


def waiting(queue):
    return [waiting.key for waiting in queue.peek(99)]


def test_pages_are_taken_in_order_and_wait_once():
    queue = TaskQueue([task(1), task(2)])
    assert queue.add([task(2), task(3), task(1, document=2)]) == 2
    assert len(queue) == 4
    assert [queue.take().key for _ in range(4)] == [(1, 1), (1, 2), (1, 3), (2, 1)]
    assert queue.take() is None


def test_a_page_that_waits_is_read_as_was_said_last():
    queue = TaskQueue([task(1), task(2)])
    other = PageTask(1, drawn_document(9), 1, ("beta",))
    assert queue.add([other, task(3), task(3)]) == 1
    assert [queue.take().order for _ in range(2)] == [("beta",), ("alpha",)]
    assert waiting(queue) == [(1, 3)]


def test_looking_takes_nothing():
    queue = TaskQueue([task(1), task(2), task(3)])
    assert [seen.page for seen in queue.peek(2)] == [1, 2]
    assert queue.peek(0) == ()
    assert len(queue) == 3


def test_pages_put_back_come_first_in_their_order():
    queue = TaskQueue([task(3), task(4)])
    queue.put_back(task(page) for page in (1, 2))
    assert waiting(queue) == [(1, 1), (1, 2), (1, 3), (1, 4)]
    # Meanwhile the user may have asked for it again.
    queue.put_back([task(3)])
    assert len(queue) == 4


def test_pages_of_a_document_can_be_forgotten():
    queue = TaskQueue([task(1), task(1, document=2), task(2)])
    queue.remove_document(1)
    assert waiting(queue) == [(2, 1)]
    assert [left.key for left in queue.clear()] == [(2, 1)]
    assert len(queue) == 0


def opinion(page, engine="beta", document=1, **fields):
    return PageTask(document, drawn_document(9), page, (engine,), opinion=True, **fields)


def test_opinions_come_before_pages_and_beside_them():
    queue = TaskQueue([task(1), task(2)])
    assert queue.add([opinion(2), opinion(1), opinion(2, "gamma"), task(3)]) == 1
    assert queue.add([opinion(5), opinion(2, box=Box(0, 0, 9, 9))]) == 0
    assert (len(queue), queue.pages) == (8, 3)
    assert [(one.page, one.opinion, one.order[0]) for one in queue.peek(99)] == [
        (2, True, "beta"),
        (1, True, "beta"),
        (2, True, "gamma"),
        (5, True, "beta"),
        (2, True, "beta"),
        (1, False, "alpha"),
        (2, False, "alpha"),
        (3, False, "alpha"),
    ]


def test_an_opinion_that_waits_is_asked_for_as_was_said_last():
    queue = TaskQueue([opinion(1), opinion(2)])
    queue.add([opinion(1, modes=(("beta", "text"),))])
    assert [one.modes for one in queue.peek(99)] == [(("beta", "text"),), ()]


def test_what_is_put_back_comes_first_of_its_kind():
    queue = TaskQueue([opinion(3), task(3)])
    queue.put_back([task(1), opinion(1), task(2), opinion(3)])
    assert [(one.page, one.opinion) for one in queue.peek(99)] == [
        (1, True),
        (3, True),
        (1, False),
        (2, False),
        (3, False),
    ]


def test_opinions_are_forgotten_with_their_document():
    queue = TaskQueue([task(1), opinion(1), opinion(1, document=2)])
    queue.remove_document(1)
    assert [(one.document_id, one.opinion) for one in queue.clear()] == [(2, True)]
