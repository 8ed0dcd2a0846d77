"""How far and how fast a download of several threads is."""

from __future__ import annotations

import pytest

from textlift.downloads import meter as module
from textlift.downloads.meter import Meter


@pytest.fixture
def clock(monkeypatch):
    """A clock that the test moves."""

    class Clock:
        now = 1000.0

    monkeypatch.setattr(module.time, "monotonic", lambda: Clock.now)
    return Clock


def test_bytes_are_counted():
    meter = Meter(have=100, size=1000)
    meter.add(300)
    meter.move(-50)
    assert (meter.state().have, meter.state().size, meter.came) == (350, 1000, 300)
    meter.move(-1000)
    assert meter.state().have == 0
    meter.add(5000)
    assert meter.state().have == 1000


def test_the_rate_is_that_of_the_last_seconds(clock):
    meter = Meter(have=0, size=10_000)
    assert meter.state().rate == 0
    for _ in range(20):
        clock.now += 1
        meter.add(100)
        state = meter.state()
    assert state.rate == pytest.approx(100)
    assert state.seconds_left == pytest.approx(80)
    for _ in range(10):
        clock.now += 1
        state = meter.state()
    assert state.rate == 0
    assert state.seconds_left is None


def test_why_nothing_comes_is_told_when_all_wait(clock):
    meter = Meter(have=0, size=1000)
    first, second = object(), object()
    with meter.busy(), meter.busy():
        meter.state()
        clock.now += 1
        meter.add(100)
        meter.waits(first, "The hub is busy.", clock.now + 30)
        assert meter.state().waiting == ""
        assert meter.state().rate > 0
        meter.waits(second, "The connection was lost.", clock.now + 4)
        state = meter.state()
        assert state.waiting == "The connection was lost. Trying again in 4 s."
        assert state.rate == 0
        clock.now += 3.9
        assert meter.state().waiting.endswith("in 1 s.")
        meter.waits(second, "", 0.0)
        assert meter.state().waiting == ""


def test_checksums_of_what_is_there_are_told_of():
    meter = Meter(have=0, size=1000)
    with meter.busy():
        assert not meter.state().checking
        with meter.checking():
            assert meter.state().checking
            with meter.busy():
                assert not meter.state().checking
        assert not meter.state().checking
