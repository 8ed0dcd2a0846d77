"""Two minutes of measurements, and the peak of a page."""

from __future__ import annotations

from itertools import pairwise

import msgspec

from textlift.ui.memory_history import SPAN, MemoryHistory
from textlift.ui.memory_use import DeviceUse

CARD = DeviceUse(
    key="card", devices=("cuda:0",), short="GPU", title="A card", total=100, used=30, ours=20
)


def use(ours: int, **fields: object) -> DeviceUse:
    return msgspec.structs.replace(CARD, ours=ours, used=ours + 10, **fields)


def test_what_is_older_than_two_minutes_is_forgotten():
    history = MemoryHistory()
    for second in range(0, 300, 10):
        history.add([use(second)], at=float(second))
    moments = history.of("card")
    assert moments[-1] == (290.0, 290, 300, False)
    # The line comes in from the edge: one moment lies on it or before it.
    assert [moment.at for moment in moments] == [290.0 - SPAN + 10 * step for step in range(13)]


def test_a_lost_device_keeps_its_name_and_its_past():
    history = MemoryHistory()
    history.add([use(5)], at=1.0)
    history.add([use(0, title="", total=0, lost=True)], at=2.0)
    (lost,) = history.latest
    assert (lost.title, lost.total, lost.lost) == ("A card", 100, True)
    assert [moment.at for moment in history.of("card")] == [1.0]
    history.add([use(3)], at=3.0)
    assert not history.latest[0].lost
    assert [moment.ours for moment in history.of("card")] == [5, 3]


def test_a_level_that_stays_is_two_moments_however_long_it_stays():
    history = MemoryHistory()
    for second in range(100):
        history.add([use(1000 if second >= 60 else 5, total=10_000)], at=float(second))
    assert [(moment.at, moment.ours) for moment in history.of("card")] == [
        (0.0, 5), (59.0, 5), (60.0, 1000), (99.0, 1000)
    ]  # fmt: skip


def test_a_slow_rise_is_not_taken_for_a_level():
    history = MemoryHistory()
    for second in range(100):
        history.add([use(second, total=1000)], at=float(second))
    seen = history.of("card")
    assert seen[-1].ours == 99
    assert max(later.ours - before.ours for before, later in pairwise(seen)) <= 5


def test_what_is_not_known_is_no_line():
    history = MemoryHistory()
    history.add([use(5)], at=1.0)
    history.add([use(5)], at=2.0)
    # The computer slept.
    history.add([use(5)], at=60.0)
    history.add([use(5, lost=True)], at=61.0)
    history.add([use(5)], at=62.0)
    history.add([use(5)], at=63.0)
    assert [(moment.at, moment.after_gap) for moment in history.of("card")] == [
        (1.0, False), (2.0, False), (60.0, True), (62.0, True), (63.0, False)
    ]  # fmt: skip


def test_the_peak_is_that_of_the_page_read_last():
    history = MemoryHistory()
    history.add([use(50)], at=1.0)
    history.begin_page("first")
    assert history.peak("card") == 0
    history.add([use(80)], at=2.0)
    history.add([use(20)], at=3.0)
    history.end_page("first")
    assert history.peak("card") == 80
    history.begin_page("second")
    history.end_page("second")
    assert history.peak("card") == 20


def test_what_an_engine_tells_counts_for_the_pages_in_hand():
    history = MemoryHistory()
    history.add([use(10)], at=1.0)
    history.begin_page("page")
    history.tell_peak("card", 95)
    history.end_page("page")
    assert history.peak("card") == 95


def test_a_page_that_is_not_read_to_its_end_does_not_count():
    history = MemoryHistory()
    history.add([use(10)], at=1.0)
    history.begin_page("page")
    history.forget_pages()
    history.end_page("page")
    assert history.peak("card") == 0
