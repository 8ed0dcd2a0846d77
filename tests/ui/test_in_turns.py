"""Much work in the window's thread is done between its events, in order, and all of it."""

from __future__ import annotations

import pytest

from textlift.ui import in_turns as module
from textlift.ui.in_turns import InTurns


def test_few_steps_are_done_at_once(qtbot, monkeypatch):
    monkeypatch.setattr(module, "_SLICE", 60.0)
    done = []
    InTurns().go_through(map(done.append, range(5)))
    assert done == list(range(5))


def test_events_come_between_many_steps_which_stay_in_order(qtbot, monkeypatch):
    monkeypatch.setattr(module, "_SLICE", 0.0)
    turns, done = InTurns(), []
    turns.go_through(map(done.append, range(3)))
    turns.go_through(map(done.append, "ab"))
    assert done == [0]
    qtbot.waitUntil(lambda: len(done) == 5)
    assert done == [0, 1, 2, "a", "b"]
    turns.go_through(map(done.append, "c"))
    qtbot.waitUntil(lambda: done[-1] == "c")


def test_what_begins_within_a_turn_has_its_time_together(qtbot, monkeypatch):
    monkeypatch.setattr(module, "_SLICE", 0.0)
    turns, done = InTurns(), []
    for number in range(4):
        turns.call(lambda number=number: done.append(number))
    assert done == [0]
    qtbot.waitUntil(lambda: len(done) == 4)
    assert done == [0, 1, 2, 3]


def test_an_error_does_not_hold_up_what_comes_after(qtbot, monkeypatch):
    monkeypatch.setattr(module, "_SLICE", 60.0)
    turns, done = InTurns(), []

    def fails():
        raise ValueError("on purpose")

    with pytest.raises(ValueError, match="on purpose"):
        turns.call(fails)
    turns.call(lambda: done.append(1))
    qtbot.waitUntil(lambda: done == [1])


def test_what_is_dropped_from_within_is_not_gone_on_with(qtbot, monkeypatch):
    monkeypatch.setattr(module, "_SLICE", 60.0)
    turns, done = InTurns(), []
    turns.call(turns.drop)
    turns.call(lambda: done.append(1))
    assert done == [1]
