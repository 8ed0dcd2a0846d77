"""Second opinions beside the pages of a run."""

from __future__ import annotations

import msgspec
import pytest

from doubles import engine_script as do
from textlift.content.attempt import FailureKind
from textlift.content.block import Block, BlockKind
from textlift.content.geometry import Box
from textlift.content.page import PageState
from textlift.content.reading import PageReading
from textlift.documents.client import DocumentError
from textlift.documents.messages import DocumentFailure, TextLayer
from textlift.engines.contract import ReadingMode
from textlift.recognition.events import (
    AttemptFailed,
    OpinionFinished,
    PageFinished,
    PageProgressed,
    PageStarted,
    RunBraked,
)
from textlift.recognition.run import RunSummary

PART = ReadingMode(name="part", title="Part", returns="text", needs_box=True)
BROKEN = do.fail(FailureKind.MALFORMED, "The model gave a broken answer.")


def opinion(desk, page: int, engine: str, **fields: object):
    return desk.tasks(page, engine, opinion=True, **fields)[-1]


def test_an_opinion_changes_nothing_of_the_page_and_is_kept_beside_it(desk):
    desk.script.engine("alpha")
    desk.script.engine("beta")
    run = desk.prepare(2, "alpha")
    desk.queue.add([opinion(desk, 2, "beta")])
    assert run.execute() == RunSummary(done=2)
    assert [task.opinion for task in (event.task for event in desk.log.all(PageStarted))] == [
        True,
        False,
        False,
    ]
    assert {page: desk.record(page).reading.read_by for page in (1, 2)} == dict.fromkeys(
        (1, 2), "alpha"
    )
    (kept,) = desk.sink.opinions
    assert (kept.number, kept.asked, kept.box) == (2, "beta", None)
    assert kept.reading.text == "Page 2 read by beta."
    assert [attempt.engine for attempt in kept.attempts] == ["beta"]
    assert [event.opinion for event in desk.log.all(OpinionFinished)] == [kept]
    assert len(desk.log.all(PageFinished)) == 2


def test_a_lost_opinion_is_no_lost_page_and_no_other_engine_is_asked(desk):
    desk.script.engine("alpha", default=do.WARN)
    desk.script.engine("beta", default=BROKEN)
    run = desk.prepare(4, "alpha")
    desk.queue.add(opinion(desk, page, "beta") for page in (1, 2, 3, 4))
    summary = run.execute()
    assert (summary.warned, summary.failed, summary.braked) == (4, 0, "")
    assert not desk.log.all(RunBraked)
    assert [one.reading for one in desk.sink.opinions] == [None] * 4
    assert [one.attempts[-1].sentence for one in desk.sink.opinions] == [
        "The model gave a broken answer."
    ] * 4
    assert all(event.task.opinion for event in desk.log.all(AttemptFailed))
    assert desk.record(1).state is PageState.WARNED
    assert len(desk.script.told("alpha")) == 4


def test_opinions_between_lost_pages_do_not_release_the_brake(desk):
    desk.script.engine("alpha", default=BROKEN)
    desk.script.engine("beta")
    run = desk.prepare(6, "alpha")
    finished = []

    def ask_when_lost(event):
        desk.log.add(event)
        if isinstance(event, PageFinished):
            finished.append(event.record.number)
            desk.queue.add([opinion(desk, event.record.number, "beta")])

    run._on_event = ask_when_lost
    assert run.execute().braked
    assert finished == [1, 2, 3]


def test_an_opinion_is_what_the_engine_reads_and_not_the_text_layer(desk):
    whole = PageReading(blocks=(Block(kind=BlockKind.TEXT, text="All of it"),), read_by="x")
    desk.reader.layers[1] = TextLayer(reading=whole, sentence="")
    desk.script.engine("alpha")
    desk.queue.add([opinion(desk, 1, "alpha", use_text_layer=True)])
    desk.prepare(0, "alpha").execute()
    assert desk.sink.opinions[0].reading.read_by == "alpha"


def test_an_opinion_on_a_part_says_which(desk):
    desk.script.engine("alpha", modes=(PART,))
    box = Box(10, 20, 200, 80)
    desk.queue.add([opinion(desk, 1, "alpha", box=box)])
    desk.prepare(0, "alpha").execute()
    (kept,) = desk.sink.opinions
    assert kept.box == box
    assert kept.reading.box == box


def test_an_opinion_on_a_page_that_cannot_be_drawn_says_why(desk):
    desk.script.engine("alpha")
    desk.reader.errors[1] = [DocumentError(DocumentFailure.NOT_FOUND, "The file is gone.")]
    desk.queue.add([opinion(desk, 1, "alpha")])
    assert desk.prepare(0, "alpha").execute() == RunSummary()
    (kept,) = desk.sink.opinions
    assert kept.reading is None
    assert kept.attempts[0].failure is FailureKind.DOCUMENT
    assert kept.asked == "alpha"


def test_a_stopped_opinion_waits_again_and_is_not_kept(desk):
    desk.script.engine("alpha", default=do.HANG)
    run = desk.prepare(1, "alpha")
    desk.queue.add([opinion(desk, 1, "alpha")])
    run._on_event = lambda event: desk.cancellation.cancel()
    assert run.execute().cancelled
    assert [task.opinion for task in desk.queue.peek(9)] == [True, False]
    assert not desk.sink.opinions


def test_an_opinion_on_a_removed_document_is_told_to_nobody(desk, monkeypatch):
    desk.script.engine("alpha")
    monkeypatch.setattr(desk.sink, "finish_opinion", lambda *args, **fields: None)
    desk.queue.add([opinion(desk, 1, "alpha")])
    desk.prepare(0, "alpha").execute()
    assert not desk.log.all(OpinionFinished)


@pytest.mark.parametrize("lanes", [1, 2])
def test_a_page_and_opinions_on_it_are_read_in_one_run(desk, lanes):
    desk.script.engine("alpha")
    desk.script.engine("beta")
    run = desk.prepare(1, "alpha", lanes=lanes)
    desk.queue.add([opinion(desk, 1, "alpha"), opinion(desk, 1, "beta")])
    assert msgspec.structs.asdict(run.execute())["done"] == 1
    assert {one.asked for one in desk.sink.opinions} == {"alpha", "beta"}


def test_a_part_without_text_is_told_as_such(desk):
    desk.script.engine("alpha", default=do.EMPTY)
    desk.queue.add([opinion(desk, 1, "alpha", box=Box(10, 20, 200, 80))])
    desk.prepare(0, "alpha").execute()
    (kept,) = desk.sink.opinions
    assert kept.reading.blocks == ()
    assert kept.reading.warnings[0].sentence == (
        "No text was found in this part of the page (asked: Engine alpha)."
    )


def test_one_opinion_is_stopped_and_all_else_is_read(desk):
    desk.script.engine("alpha")
    desk.script.engine("beta", default=do.HANG)
    run = desk.prepare(2, "alpha")
    first, second = opinion(desk, 1, "beta"), opinion(desk, 2, "beta")
    desk.queue.add([first, second])

    def stop_both(event):
        desk.log.add(event)
        if isinstance(event, PageStarted) and event.task is first:
            run.stop_opinion(second)
            run.stop_opinion(first)

    run._on_event = stop_both
    assert run.execute() == RunSummary(done=2)
    assert not desk.sink.opinions
    assert not desk.log.all(OpinionFinished)
    assert not desk.queue.clear()


def test_an_opinion_is_stopped_in_the_middle_of_its_reading(desk):
    desk.script.engine("alpha", default=do.saying("So far", do.HANG))
    run = desk.prepare(0, "alpha")
    task = opinion(desk, 1, "alpha")
    desk.queue.add([task])

    def stop_it(event):
        if isinstance(event, PageProgressed):
            run.stop_opinion(task)

    run._asking._on_event = stop_it
    assert run.execute() == RunSummary()
    assert not desk.sink.opinions
    assert not run._opinions_in_hand


def test_stopping_an_opinion_that_nobody_asked_for_stops_nothing(desk):
    desk.script.engine("alpha")
    run = desk.prepare(1, "alpha")
    run.stop_opinion(opinion(desk, 1, "beta"))
    assert run.execute() == RunSummary(done=1)
