"""A run with real engine processes: fallback, retries, skipping, what is recorded."""

from __future__ import annotations

import pytest

from doubles import engine_script as do
from textlift.content.attempt import FailureKind
from textlift.content.page import PageState
from textlift.content.text_lines import page_text
from textlift.engines.contract import Availability
from textlift.recognition.events import (
    AttemptFailed,
    EngineLoaded,
    EngineLoading,
    EngineSkipped,
    PageFinished,
    PageStarted,
)


def test_pages_are_read_by_the_chosen_engine(desk):
    desk.script.engine("alpha")
    summary = desk.run(3, "alpha", languages=("eng",), rotation=90)
    assert (summary.done, summary.warned, summary.failed) == (3, 0, 0)
    assert not summary.cancelled
    assert summary.braked == ""
    assert [page_text(desk.record(page)) for page in (1, 2, 3)] == [
        f"Page {page} read by alpha." for page in (1, 2, 3)
    ]
    assert desk.failures(2) == [("alpha", None)]
    attempt = desk.record(2).attempts[0]
    assert attempt.device == "cpu"
    assert attempt.pixels == 300 * 400
    assert 0 < attempt.seconds < 30
    told = desk.script.told("alpha")
    assert [call.page for call in told] == [1, 2, 3]
    assert {call.pid for call in told} == {desk.log.all(EngineLoaded)[0].pid}
    assert (told[0].languages, told[0].rotation) == (("eng",), 90)
    assert len(desk.log.all(EngineLoading)) == 1
    assert [event.task.page for event in desk.log.all(PageStarted)] == [1, 2, 3]
    assert [event.record.number for event in desk.log.all(PageFinished)] == [1, 2, 3]


def test_engine_stays_loaded_between_runs(desk):
    desk.script.engine("alpha")
    desk.run(1, "alpha")
    assert list(desk.pool.pids().values()) == ["alpha"]
    desk.run(1, "alpha")
    assert desk.script.loads("alpha") == 1


@pytest.mark.parametrize("death", [do.KILL, do.EXIT, do.SEGFAULT, do.RAISE])
def test_crash_is_tried_again_in_a_fresh_process(desk, death):
    desk.script.engine("alpha", pages={2: [death, do.READ]})
    desk.script.engine("beta")
    summary = desk.run(3, "alpha", "beta")
    assert desk.failures(2) == [("alpha", "crashed"), ("alpha", None)]
    assert summary.warned == 1
    assert summary.done == 2
    first, second = desk.script.told("alpha", 2)
    assert first.pid != second.pid
    assert desk.record(2).attempts[0].sentence
    failed = desk.log.all(AttemptFailed)
    assert [event.next_engine for event in failed] == ["Engine alpha"]
    assert desk.script.told("beta") == []


def test_two_crashes_give_the_page_to_the_next_engine_in_a_fresh_process(desk):
    desk.script.engine("alpha", pages={2: do.KILL})
    desk.script.engine("beta")
    desk.run(1, "beta")
    (before,) = desk.pool.pids()
    summary = desk.run(2, "alpha", "beta")
    assert desk.failures(2) == [("alpha", "crashed"), ("alpha", "crashed"), ("beta", None)]
    assert desk.record(2).reading.read_by == "beta"
    assert desk.script.told("beta", 2)[0].pid != before
    assert summary.warned == 1
    assert [event.next_engine for event in desk.log.all(AttemptFailed)] == [
        "Engine alpha",
        "Engine beta",
    ]


def test_hang_ends_at_the_deadline_and_the_next_engine_reads(desk):
    desk.script.engine("alpha", pages={1: do.HANG}, page_deadline=0.5)
    desk.script.engine("beta")
    desk.run(2, "alpha", "beta")
    assert desk.failures(1) == [("alpha", "timed-out"), ("beta", None)]
    assert "0.5" not in desk.record(1).attempts[0].sentence
    assert desk.failures(2) == [("alpha", None)]


def test_run_away_is_tried_again_with_a_variation(desk):
    desk.script.engine("alpha", default=do.RUN_AWAY)
    desk.run(1, "alpha")
    assert desk.failures(1) == [("alpha", "ran-away"), ("alpha", None)]
    assert [call.variation for call in desk.script.told("alpha")] == [0, 1]


@pytest.mark.parametrize(
    ("what", "kind"),
    [
        (do.EMPTY, "empty-reading"),
        (do.CUT_OFF, "cut-off"),
        (do.WRONG_SCRIPT, "wrong-script"),
        (do.GARBAGE, "malformed"),
        (do.fail(FailureKind.MALFORMED), "malformed"),
    ],
)
def test_failure_gives_the_page_to_the_next_engine_at_once(desk, what, kind):
    desk.script.engine("alpha", default=what)
    desk.script.engine("beta")
    desk.run(1, "alpha", "beta", "alpha")
    assert desk.failures(1) == [("alpha", kind), ("beta", None)]
    assert desk.record(1).state is PageState.WARNED
    assert desk.record(1).attempts[0].sentence.endswith(".")


@pytest.mark.parametrize(
    ("load", "kind", "loads"),
    [
        (do.fail(FailureKind.DOES_NOT_FIT, "It needs 8 GB."), "does-not-fit", 1),
        (do.HANG, "timed-out", 1),
        (do.EXIT, "crashed", 2),
        (do.RAISE, "crashed", 2),
    ],
)
def test_engine_that_cannot_be_loaded_is_skipped_with_one_notice(desk, load, kind, loads):
    desk.script.engine("alpha", load=load, load_deadline=2.0 if load is do.HANG else 60.0)
    desk.script.engine("beta")
    summary = desk.run(4, "alpha", "beta")
    assert desk.script.loads("alpha") == loads
    (notice,) = desk.log.all(EngineSkipped)
    assert (notice.engine, notice.title) == ("alpha", "Engine alpha")
    assert notice.sentence
    assert desk.failures(1) == [*[("alpha", kind)] * loads, ("beta", None)]
    for page in (2, 3, 4):
        assert desk.failures(page) == [("alpha", kind), ("beta", None)]
    assert summary.warned == 4


def test_what_stopped_an_engine_while_it_was_loaded_is_told(desk):
    desk.script.engine("alpha", load=do.RAISE)
    desk.run(1, "alpha")
    first, _ = desk.record(1).attempts
    assert first.sentence.endswith("while it was loaded: ValueError: scripted.")
    assert "Traceback" in first.details


def test_engine_that_died_once_while_loading_is_loaded_again(desk):
    desk.script.engine("alpha", load=[do.EXIT, do.READ])
    desk.run(2, "alpha")
    assert desk.failures(1) == [("alpha", "crashed"), ("alpha", None)]
    assert desk.failures(2) == [("alpha", None)]
    assert desk.log.all(EngineSkipped) == []


def test_engine_that_is_not_there_is_skipped_with_its_remedy(desk):
    missing = Availability(ready=False, sentence="It is not installed.", remedy="Type this.")
    desk.script.engine("alpha", available=missing)
    desk.script.engine("beta")
    desk.run(2, "alpha", "beta", "gone")
    (notice,) = desk.log.all(EngineSkipped)
    assert notice.sentence == "It is not installed. Type this."
    assert desk.script.loads("alpha") == 0
    assert desk.failures(2) == [("alpha", "not-available"), ("beta", None)]
    assert desk.record(2).attempts[0].sentence == "It is not installed."
    assert desk.log.all(AttemptFailed) == []


def test_engine_is_not_asked_for_a_script_it_cannot_read(desk):
    desk.script.engine("alpha", scripts=("Latn",))
    desk.script.engine("beta", scripts=("Latn", "Cyrl"))
    desk.run(1, "alpha", "beta", languages=("rus",))
    assert desk.failures(1) == [("alpha", "wrong-script"), ("beta", None)]
    assert desk.script.told("alpha") == []
    assert "Cyrillic" in desk.record(1).attempts[0].sentence


def test_page_on_which_all_engines_find_nothing_is_done_with_a_warning(desk):
    desk.script.engine("alpha", default=do.EMPTY)
    desk.script.engine("beta", default=do.EMPTY)
    summary = desk.run(4, "alpha", "beta")
    assert summary.warned == 4
    record = desk.record(4)
    assert record.reading.blocks == ()
    assert "No text was found" in record.reading.warnings[0].sentence


def test_page_on_which_one_engine_crashed_and_others_find_nothing_is_failed(desk):
    desk.script.engine("alpha", default=do.KILL)
    desk.script.engine("beta", default=do.EMPTY)
    assert desk.run(1, "alpha", "beta").failed == 1


def test_page_with_specks_only_may_be_empty(desk):
    desk.reader.ink[1] = 1.5e-5
    desk.script.engine("alpha", default=do.EMPTY)
    assert desk.run(1, "alpha").done == 1


def test_page_without_a_model_is_failed_with_a_reason(desk):
    desk.script.engine("alpha")
    assert desk.run(1).failed == 1
    assert "No model" in desk.record(1).attempts[0].sentence
