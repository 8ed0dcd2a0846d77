"""The queue of pages."""

from __future__ import annotations

from doubles.drawn_reader import drawn_document
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
