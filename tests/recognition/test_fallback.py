"""The policy as a table: what was tried, and what comes next."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from textlift.content.attempt import FailureKind
from textlift.engines.contract import EngineCard
from textlift.recognition.fallback import (
    Refusal,
    Step,
    Tried,
    next_move,
    scripts_of_languages,
)
from textlift.recognition.pixel_ladder import fewer_pixels

CRASHED = FailureKind.CRASHED
OOM = FailureKind.OUT_OF_MEMORY
RAN_AWAY = FailureKind.RAN_AWAY
TIMED_OUT = FailureKind.TIMED_OUT
WRONG_SCRIPT = FailureKind.WRONG_SCRIPT

ORDER = ("a", "b", "c")
MPX = 1_000_000
CARDS = {
    name: EngineCard(name=name, title=name.upper(), summary="", scripts=scripts)
    for name, scripts in {
        "a": ("Latn", "Hani"),
        "b": ("Latn",),
        "c": (),
    }.items()
}


def move(history=(), *, order=ORDER, skipped=None, scripts=frozenset(), starts=None):
    return next_move(
        order,
        history=list(history),
        cards=CARDS,
        skipped=skipped or {},
        scripts=scripts,
        starts=starts,
    )


def starved(*pixels: int) -> list[Tried]:
    """Engine "a" ran out of memory with so many pixels, one after the other."""
    limits = (0, *pixels[1:])
    return [
        Tried(Step("a", max_pixels=limit), OOM, shown)
        for limit, shown in zip(limits, pixels, strict=True)
    ]


def test_first_is_the_chosen_engine():
    assert move() == Step("a")
    assert move(order=("c", "a")) == Step("c")
    assert move(order=()) is None


@pytest.mark.parametrize(
    ("history", "expected"),
    [
        ([Tried(Step("a"), OOM, 4 * MPX)], Step("a", max_pixels=2 * MPX)),
        ([Tried(Step("a"), OOM, 0)], Step("b")),
        # The ladder has two rungs, and does not go below what can be read.
        (starved(4 * MPX, 2 * MPX), Step("a", max_pixels=MPX)),
        (starved(4 * MPX, 2 * MPX, MPX), Step("b")),
        (starved(800_000), Step("a", max_pixels=500_000)),
        (starved(800_000, 500_000), Step("b")),
        (starved(550_000), Step("b")),
        ([Tried(Step("a"), RAN_AWAY, 9)], Step("a", variation=1)),
        ([Tried(Step("a"), RAN_AWAY), Tried(Step("a", variation=1), RAN_AWAY)], Step("b")),
        ([Tried(Step("a"), CRASHED, 9)], Step("a", fresh=True)),
        ([Tried(Step("a"), CRASHED), Tried(Step("a", fresh=True), CRASHED)], Step("b", fresh=True)),
        ([Tried(Step("a"), TIMED_OUT)], Step("b", fresh=True)),
        ([Tried(Step("a"), TIMED_OUT, orderly=True)], Step("b")),
        ([Tried(Step("a"), FailureKind.EMPTY_READING)], Step("b")),
        ([Tried(Step("a"), FailureKind.CUT_OFF)], Step("b")),
        ([Tried(Step("a"), FailureKind.MALFORMED)], Step("b")),
        ([Tried(Step("a"), FailureKind.NOT_AVAILABLE)], Step("b")),
        # Each kind of retry has its own turn, and keeps what the earlier one changed.
        (
            [*starved(2 * MPX), Tried(Step("a", max_pixels=MPX), CRASHED, MPX)],
            Step("a", max_pixels=MPX, fresh=True),
        ),
        (
            [Tried(Step("a"), CRASHED), Tried(Step("a", fresh=True), RAN_AWAY)],
            Step("a", variation=1, fresh=True),
        ),
        # The next engine has retries of its own.
        (
            [
                Tried(Step("a"), CRASHED),
                Tried(Step("a", fresh=True), CRASHED),
                Tried(Step("b", fresh=True), CRASHED),
            ],
            Step("b", fresh=True),
        ),
        ([Tried(Step(name), FailureKind.CUT_OFF) for name in ORDER], None),
    ],
)
def test_after(history, expected):
    assert move(history) == expected


def test_engine_begins_where_the_run_learned_that_it_can():
    assert move(starts={"a": MPX}) == Step("a", max_pixels=MPX)
    lower = [Tried(Step("a", max_pixels=MPX), OOM, MPX)]
    assert move(lower, starts={"a": MPX}) == Step("a", max_pixels=500_000)


@pytest.mark.parametrize(
    ("lacking", "room", "pixels"),
    [
        (0, 0, 1_000_000),
        (1, 0, 1_000_000),
        (3_000, 7_000, 1_260_000),
        # However little is missing, the step is worth the try; however much, there is a next.
        (1, 9_000, 1_700_000),
        (9_000, 1_000, 500_000),
        (90_000, 1, 500_000),
    ],
)
def test_the_pixels_go_by_what_was_missing(lacking, room, pixels):
    assert fewer_pixels(2 * MPX, lacking=lacking, room=room) == pixels


@settings(deadline=None)
@given(
    pixels=st.integers(0, 100 * MPX),
    lacking=st.integers(0, 1 << 40),
    room=st.integers(0, 1 << 40),
)
def test_a_rung_is_lower_and_can_be_read(pixels, lacking, room):
    rung = fewer_pixels(pixels, lacking=lacking, room=room)
    assert rung == 0 or 500_000 <= rung < pixels


def test_engine_named_twice_is_asked_once():
    assert move([Tried(Step("a"), FailureKind.CUT_OFF)], order=("a", "a")) is None


def test_skipped_engine_is_refused_and_not_tried_again():
    refusal = Refusal("a", FailureKind.NOT_AVAILABLE, "It is not installed.")
    assert move(skipped={"a": refusal}) == refusal
    assert move([refusal], skipped={"a": refusal}) == Step("b")
    # It became unloadable at its own crash: no second try.
    crash = Tried(Step("a"), CRASHED)
    assert move([crash], skipped={"a": refusal}) == Step("b", fresh=True)


def test_engine_that_is_gone_is_refused():
    refusal = move(order=("old", "a"))
    assert isinstance(refusal, Refusal)
    assert refusal.failure is FailureKind.NOT_AVAILABLE
    assert "old" in refusal.sentence


def test_engine_without_the_pages_script_is_refused():
    refusal = move(scripts=frozenset({"Cyrl"}))
    assert isinstance(refusal, Refusal)
    assert refusal.failure is WRONG_SCRIPT
    assert "A" in refusal.sentence
    assert "Cyrillic" in refusal.sentence
    assert move(
        [refusal, move([refusal], scripts=frozenset({"Cyrl"}))], scripts=frozenset({"Cyrl"})
    ) == Step("c")


def test_engine_with_one_of_the_pages_scripts_is_asked():
    assert move(scripts=frozenset({"Cyrl", "Latn"})) == Step("a")


def test_wrong_script_rules_out_engines_that_read_no_more():
    history = [Tried(Step("a"), WRONG_SCRIPT)]
    refusal = move(history)
    assert isinstance(refusal, Refusal)
    assert refusal.engine == "b"
    assert move([*history, refusal]) == Step("c")
    # The other way round "a" reads one script more.
    assert move([Tried(Step("b"), WRONG_SCRIPT)], order=("b", "a")) == Step("a")
    # What an engine without a list cannot read says nothing about others.
    assert move([Tried(Step("c"), WRONG_SCRIPT)], order=("c", "b")) == Step("b")


@pytest.mark.parametrize(
    ("languages", "scripts"),
    [
        ((), set()),
        (("rus",), {"Cyrl"}),
        (("rus", "eng"), {"Cyrl", "Latn"}),
        (("jpn",), {"Kana", "Hani"}),
        (("rus", "tlh"), set()),
    ],
)
def test_scripts_of_languages(languages, scripts):
    assert scripts_of_languages(languages) == scripts


@settings(deadline=None)
@given(st.data())
def test_every_order_ends_and_asks_no_engine_more_than_five_times(data):
    order = data.draw(st.lists(st.sampled_from(["a", "b", "c", "gone"]), max_size=6))
    history: list[Tried | Refusal] = []
    while (step := move(history, order=order)) is not None:
        assert len(history) < 20
        if isinstance(step, Refusal):
            history.append(step)
            continue
        kind = data.draw(st.sampled_from(list(FailureKind)))
        history.append(Tried(step, kind, pixels=step.max_pixels or 9 * MPX))
    steps = [item.step for item in history if isinstance(item, Tried)]
    for name in "abc":
        mine = [step for step in steps if step.engine == name]
        assert len(mine) <= 5
    # Asked in the order given, each engine's tries together.
    firsts = list(dict.fromkeys(step.engine for step in steps))
    refused = {item.engine for item in history if isinstance(item, Refusal)}
    assert firsts == [name for name in dict.fromkeys(order) if name not in refused]
