"""What is left of a page when an engine failed on it, and what becomes of the engine."""

from __future__ import annotations

import pytest

from doubles import engine_script as do
from doubles.scripted_engine import PEAK_MEMORY
from textlift.content.attempt import FailureKind, Repetition
from textlift.engines.contract import ReadingMode

READ = "Page 1 read by alpha."


@pytest.mark.parametrize(
    ("what", "kind", "words"),
    [
        (do.CUT_OFF, "cut-off", "cut off"),
        (do.GIVE_UP, "timed-out", "the end of the page"),
        (do.UNPARSED, "malformed", "Its answer is no layout."),
    ],
)
def test_text_of_a_refused_reading_is_kept_and_the_next_engine_asked(desk, what, kind, words):
    desk.script.engine("alpha", default=what)
    desk.script.engine("beta")
    desk.run(1, "alpha", "beta")
    assert desk.failures(1) == [("alpha", kind), ("beta", None)]
    first, second = desk.record(1).attempts
    assert words in first.sentence
    assert (first.partial, second.partial) == (READ, "")
    assert desk.record(1).reading.text == "Page 1 read by beta."


def test_the_peak_of_memory_is_kept(desk):
    desk.script.engine("alpha", default=do.CUT_OFF)
    desk.run(1, "alpha")
    assert desk.record(1).attempts[0].peak_memory == PEAK_MEMORY


def test_a_run_away_that_the_engine_noticed_is_tried_again_and_says_what_it_repeated(desk):
    desk.script.engine("alpha", default=do.REPEAT)
    desk.run(1, "alpha")
    assert desk.failures(1) == [("alpha", "ran-away"), ("alpha", "ran-away")]
    first, _ = desk.record(1).attempts
    assert first.sentence == "Stopped: the same words 14 times: “and again”."
    assert first.repetition == Repetition(times=14, stopped=True)
    assert first.partial == READ


@pytest.mark.parametrize(
    ("death", "kind"),
    [
        (do.KILL, "crashed"),
        (do.RAISE, "crashed"),
        (do.HANG, "timed-out"),
        (do.fail(FailureKind.OUT_OF_MEMORY), "out-of-memory"),
    ],
)
def test_what_an_engine_told_before_its_end_is_kept(desk, death, kind):
    desk.script.engine("alpha", default=do.saying("So far\n", death), page_deadline=1.0)
    desk.script.engine("beta")
    desk.run(1, "alpha", "beta")
    assert desk.record(1).attempts[0].failure.value == kind
    assert desk.record(1).attempts[0].partial == "So far"


def test_letters_that_an_engine_cannot_read_are_not_kept(desk):
    desk.script.engine("alpha", default=do.saying("Cb6vnma", do.WRONG_SCRIPT))
    desk.run(1, "alpha")
    assert desk.record(1).attempts[0].partial == ""


@pytest.mark.parametrize("what", [do.GIVE_UP, do.fail(FailureKind.TIMED_OUT)])
def test_an_engine_that_gives_up_by_itself_stays_loaded(desk, what):
    desk.script.engine("alpha", pages={1: what})
    desk.script.engine("beta", pages={2: do.READ})
    desk.run(1, "beta")
    desk.run(2, "alpha", "beta")
    assert desk.failures(1) == [("alpha", "timed-out"), ("beta", None)]
    assert desk.script.loads("alpha") == 1
    assert desk.script.loads("beta") == 1
    assert desk.failures(2) == [("alpha", None)]


def test_an_engine_that_is_killed_at_the_deadline_is_loaded_anew(desk):
    desk.script.engine("alpha", pages={1: do.HANG}, page_deadline=0.5)
    desk.script.engine("beta")
    desk.run(1, "beta")
    desk.run(2, "alpha", "beta")
    assert desk.script.loads("alpha") == 2
    assert desk.script.loads("beta") == 2


def test_blocks_without_text_are_a_reading_only_where_they_were_asked_for(desk):
    modes = (
        ReadingMode(name="full", title="Full", returns="blocks"),
        ReadingMode(name="outline", title="Outline", returns="layout"),
    )
    desk.script.engine("alpha", default=do.LAYOUT, modes=modes)
    desk.run(1, "alpha")
    assert desk.failures(1) == [("alpha", "empty-reading")]
    desk.run(1, "alpha", modes=(("alpha", "outline"),))
    assert desk.failures(1) == [("alpha", None)]
