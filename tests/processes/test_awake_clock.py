"""The clock of deadlines leaves out the time in which nobody was there."""

from __future__ import annotations

import threading

import pytest

from textlift.processes.awake_clock import LOOK_EVERY, AwakeClock, ticking_clock


class Seconds:
    """A clock that goes when it is told."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


def test_it_goes_like_any_clock_for_whoever_looks_often() -> None:
    seconds = Seconds()
    clock = AwakeClock(seconds)
    for _ in range(100):
        seconds.now += 0.2
        clock.look()
    assert clock.look() == pytest.approx(20)


def test_an_hour_of_sleep_takes_a_moment() -> None:
    seconds = Seconds()
    clock = AwakeClock(seconds)
    seconds.now += 0.2
    clock.look()
    seconds.now += 3600
    assert clock.look() == pytest.approx(0.2 + LOOK_EVERY)


def test_it_looks_by_itself_until_it_is_left() -> None:
    with ticking_clock() as now:
        threading.Event().wait(3 * LOOK_EVERY)
        assert 2 * LOOK_EVERY < now() < 20 * LOOK_EVERY
    assert "clock" not in {thread.name for thread in threading.enumerate()}
