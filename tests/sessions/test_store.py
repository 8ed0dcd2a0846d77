"""What goes into a session comes out of it, also after it was closed."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import closing

import pytest

from textlift.content.attempt import Attempt, FailureKind
from textlift.content.geometry import Box
from textlift.content.page import EditedLine, PageEdit, PageRecord, PageState
from textlift.content.reading import PageWarning, WarningKind
from textlift.sessions.store import SessionError, SessionStore
from textlift.sessions.stored import PageSummary, QueuedPage, QueuedPlan

GOOD = Attempt("alpha", "cpu", 1.0, 0.5, pixels=9)
BAD = Attempt("beta", "cuda:0", 0.5, 0.5, FailureKind.CRASHED, "It crashed.", "exit code: -9")
EDIT = PageEdit((EditedLine("Corrected", 0), EditedLine(""), EditedLine("Added ёжик")))
PLAN = QueuedPlan(
    order=("alpha", "beta"),
    languages=("rus",),
    use_text_layer=True,
    modes=(("alpha", "text"),),
    box=Box(1, 2, 3, 4.5),
)


def finish(store, document, page, reading, *attempts, width=800, height=1000):
    return store.finish_page(
        document.id, page, reading=reading, attempts=attempts, width=width, height=height
    )


@pytest.fixture
def document(store, make_info):
    return store.add_document(make_info(), title="scan.pdf")


@pytest.fixture
def reopened(session_path) -> Iterator[SessionStore]:
    stores = []

    def reopen() -> SessionStore:
        stores.append(SessionStore(session_path))
        return stores[-1]

    yield reopen
    for store in stores:
        store.close()


def test_documents_are_kept_in_order(store, make_info, reopened):
    first = store.add_document(make_info("/a/b.pdf"), title="b.pdf")
    second = store.add_document(make_info("/a/a.pdf", pages=9), title="a.pdf")
    assert first.id != second.id
    assert first.added_at > 1_600_000_000
    assert reopened().documents() == (first, second)


@pytest.mark.parametrize("name", ["caf\udce9.pdf", "\udcff\udcfe", "漢字 😀.pdf", "new\nline.pdf"])
def test_odd_file_names_survive_and_titles_can_be_shown(store, make_info, name, reopened):
    info = make_info(f"/home/{name}")
    added = store.add_document(info, title=name)
    (found,) = reopened().documents()
    assert found == added
    assert found.info.path == info.path
    found.title.encode()


def test_half_a_surrogate_pair_in_a_title(store, make_info):
    assert store.add_document(make_info(), title="\ud800x").title.endswith("x")


def test_page_that_nobody_touched_is_unread(store, document):
    assert store.page(document.id, 2) == PageRecord(number=2)
    assert store.page_states(document.id) == {}


def test_finished_page_is_kept(store, document, make_reading, reopened):
    reading = make_reading("Hello", languages=("eng",), why="Because.")
    record = finish(store, document, 2, reading, GOOD)
    assert record.state is PageState.DONE
    again = reopened()
    assert again.page(document.id, 2) == record
    assert again.page(document.id, 2).reading == reading
    assert (record.width, record.height) == (800, 1000)
    assert again.page_states(document.id) == {2: PageSummary(PageState.DONE)}


def test_failures_and_warnings_are_counted(store, document, make_reading):
    warning = PageWarning(WarningKind.UNCERTAIN, "Look.")
    finish(store, document, 1, make_reading("x", warnings=(warning, warning)), BAD, GOOD)
    finish(store, document, 3, None, BAD, BAD)
    assert store.page_states(document.id) == {
        1: PageSummary(PageState.WARNED, warnings=2, failures=1),
        3: PageSummary(PageState.FAILED, failures=2),
    }
    assert store.page(document.id, 3).attempts == (BAD, BAD)


def test_all_pages_come_lazily_and_complete(store, make_info, make_reading):
    document = store.add_document(make_info(pages=250), title="x")
    for number in (1, 100, 101, 250):
        finish(store, document, number, make_reading(str(number)), GOOD)
    pages = store.pages(document.id)
    first = next(pages)
    # Between two pages the store can be used for other things.
    finish(store, document, 200, make_reading("late"), GOOD)
    numbers = [first.number, *(page.number for page in pages)]
    assert numbers == list(range(1, 251))
    read = [page.number for page in store.pages(document.id) if page.reading is not None]
    assert read == [1, 100, 101, 200, 250]
    assert list(store.pages(document.id + 1)) == []


def test_edit_is_kept_and_can_be_undone(store, document, make_reading, reopened):
    finish(store, document, 1, make_reading("Hello"), GOOD)
    store.set_edit(document.id, 1, EDIT)
    assert reopened().page(document.id, 1).edit == EDIT
    store.set_edit(document.id, 1, None)
    assert store.page(document.id, 1).edit is None
    assert store.page(document.id, 1).state is PageState.DONE


def test_edit_and_rotation_of_an_unread_page(store, document, make_reading):
    store.set_rotation(document.id, 2, 270)
    store.set_edit(document.id, 2, EDIT)
    page = store.page(document.id, 2)
    assert (page.state, page.rotation, page.edit) == (PageState.UNREAD, 270, EDIT)
    record = finish(store, document, 2, make_reading("Hello"), GOOD)
    assert record.rotation == 270
    store.set_rotation(document.id, 2, None)
    assert store.page(document.id, 2).rotation is None


def test_reading_again_moves_what_was_there_to_the_history(store, document, make_reading):
    finish(store, document, 1, make_reading("first"), BAD, GOOD)
    store.set_edit(document.id, 1, EDIT)
    record = finish(store, document, 1, make_reading("second"), GOOD)
    assert record.edit is None
    assert record.reading.text == "second"
    assert record.attempts == (GOOD,)
    (earlier,) = store.earlier(document.id, 1)
    assert (earlier.reading.text, earlier.edit, earlier.attempts) == ("first", EDIT, (BAD, GOOD))
    assert earlier.state is PageState.WARNED
    assert store.earlier(document.id, 2) == ()


def test_failed_reading_keeps_the_earlier_text(store, document, make_reading):
    finish(store, document, 1, make_reading("first"), GOOD)
    store.set_edit(document.id, 1, EDIT)
    record = finish(store, document, 1, None, BAD, width=0, height=0)
    assert record.state is PageState.FAILED
    assert record.reading.text == "first"
    assert record.edit == EDIT
    assert record.attempts == (BAD,)
    assert (record.width, record.height) == (800, 1000)
    assert store.page(document.id, 1) == record


def test_queue_keeps_its_order_and_plan(store, document, make_info, reopened):
    other = store.add_document(make_info(), title="y")
    store.queue_pages(other.id, [3, 1], plan=PLAN)
    store.queue_pages(document.id, [2], plan=QueuedPlan(order=("beta",)))
    assert reopened().queued() == (
        QueuedPage(other.id, 3, PLAN),
        QueuedPage(other.id, 1, PLAN),
        QueuedPage(document.id, 2, QueuedPlan(order=("beta",))),
    )
    assert store.page(other.id, 3).state is PageState.QUEUED
    assert [page.state for page in store.pages(other.id)] == [
        PageState.QUEUED,
        PageState.UNREAD,
        PageState.QUEUED,
    ]


def test_page_queued_twice_waits_once_and_takes_the_new_plan(store, document):
    store.queue_pages(document.id, [1, 2], plan=QueuedPlan(order=("beta",)))
    store.queue_pages(document.id, [1], plan=PLAN)
    assert [(page.page, page.plan.order[0]) for page in store.queued()] == [
        (1, "alpha"),
        (2, "beta"),
    ]


def test_finished_page_leaves_the_queue(store, document, make_reading):
    store.queue_pages(document.id, [1, 2], plan=PLAN)
    record = finish(store, document, 1, make_reading("x"), GOOD)
    assert record.state is PageState.DONE
    assert [page.page for page in store.queued()] == [2]


def test_unqueue_restores_what_was_before(store, document, make_reading, make_info):
    other = store.add_document(make_info(), title="y")
    finish(store, document, 1, make_reading("x"), GOOD)
    store.queue_pages(document.id, [1, 2], plan=PLAN)
    store.queue_pages(other.id, [1], plan=PLAN)
    assert store.page_states(document.id)[1] == PageSummary(PageState.QUEUED)
    store.unqueue(document.id)
    assert store.page_states(document.id) == {1: PageSummary(PageState.DONE)}
    assert len(store.queued()) == 1
    store.unqueue()
    assert store.queued() == ()


def test_document_goes_with_all_it_has(store, document, make_info, make_reading, reopened):
    other = store.add_document(make_info(), title="y")
    finish(store, document, 1, make_reading("x"), GOOD)
    finish(store, document, 1, make_reading("y"), GOOD)
    finish(store, other, 1, make_reading("z"), GOOD)
    store.queue_pages(document.id, [2], plan=PLAN)
    store.remove_document(document.id)
    again = reopened()
    assert [found.id for found in again.documents()] == [other.id]
    assert again.queued() == ()
    assert again.page(document.id, 1) == PageRecord(number=1)
    assert again.earlier(document.id, 1) == ()
    assert again.page(other.id, 1).reading.text == "z"
    # What a run still has in hand changes nothing, and a new document is another.
    assert finish(store, document, 1, make_reading("late"), GOOD) is None
    store.set_edit(document.id, 1, EDIT)
    assert store.page(document.id, 1) == PageRecord(number=1)
    assert store.add_document(make_info(), title="z").id not in (document.id, other.id)


def test_pages_of_a_removed_document_are_not_queued(store, document):
    store.remove_document(document.id)
    store.queue_pages(document.id, [1], plan=PLAN)
    assert store.queued() == ()


def test_text_of_a_removed_document_is_gone_from_the_file(session_path, make_info, make_reading):
    secret = "zanzibar" * 2000
    for step in ("keep", "remove"):
        with closing(SessionStore(session_path)) as store:
            if step == "keep":
                document = store.add_document(make_info(), title="x")
                finish(store, document, 1, make_reading(secret), GOOD)
            else:
                assert b"zanzibar" in session_path.read_bytes()
                store.remove_document(document.id)
    assert b"zanzibar" not in session_path.read_bytes()


def test_two_stores_write_at_once(session_path, make_info, make_reading):
    stores = [SessionStore(session_path) for _ in range(2)]
    document = stores[0].add_document(make_info(pages=200), title="x")
    errors = []

    def work(store, numbers):
        try:
            for number in numbers:
                finish(store, document, number, make_reading(str(number)), GOOD)
                store.set_edit(document.id, number, EDIT)
        except SessionError as error:
            errors.append(error)

    halves = (range(1, 101), range(101, 201))
    threads = [
        threading.Thread(target=work, args=pair) for pair in zip(stores, halves, strict=True)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []
    assert all(page.edit == EDIT for page in stores[0].pages(document.id))
    for store in stores:
        store.close()


def test_one_store_serves_several_threads(store, make_info, make_reading):
    document = store.add_document(make_info(pages=100), title="x")
    threads = [
        threading.Thread(
            target=lambda first: [
                finish(store, document, number, make_reading("x"), GOOD)
                for number in range(first, 101, 4)
            ],
            args=(first,),
        )
        for first in range(1, 5)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(store.page_states(document.id)) == 100
