"""A run with an engine that has too little memory: the ladder of pixels, with real processes."""

from __future__ import annotations

import pytest

from doubles import engine_script as do
from textlift.content.attempt import FailureKind
from textlift.models.engine_memory import EngineMemory
from textlift.recognition.events import EngineSkipped

WHOLE = 1600 * 2000
GB = 1_000_000_000


@pytest.fixture
def large(desk):
    """Pages large enough to be made smaller."""
    desk.reader.size = (1600, 2000)
    return desk


def asked(desk, engine: str = "alpha") -> list[tuple[int, int]]:
    return [(call.page, call.max_pixels) for call in desk.script.told(engine)]


def test_half_the_pixels_where_nobody_knows_what_was_missing(large):
    large.script.engine("alpha", default=do.out_of_memory(WHOLE // 2))
    large.run(1, "alpha")
    assert large.failures(1) == [("alpha", "out-of-memory"), ("alpha", None)]
    assert asked(large) == [(1, 0), (1, WHOLE // 2)]
    assert [attempt.pixels for attempt in large.record(1).attempts] == [WHOLE, WHOLE // 2]
    assert len({call.pid for call in large.script.told("alpha")}) == 1


def test_what_was_missing_says_how_many_pixels_will_do(large):
    starving = do.out_of_memory(WHOLE * 7 // 10, lacking=2 * GB, free=6 * GB)
    large.script.engine("alpha", default=starving)
    large.run(1, "alpha")
    assert asked(large) == [(1, 0), (1, int(WHOLE * 0.9 * 6 / 8))]
    first, second = large.record(1).attempts
    assert (first.lacking_memory, second.lacking_memory) == (2 * GB, 0)


def test_the_second_rung_and_where_the_next_pages_begin(large):
    large.script.engine("alpha", default=do.out_of_memory(WHOLE // 4))
    large.run(3, "alpha")
    assert asked(large) == [
        (1, 0),
        (1, WHOLE // 2),
        (1, WHOLE // 4),
        (2, WHOLE // 4),
        (3, WHOLE // 4),
    ]
    assert large.failures(2) == [("alpha", None)]


def test_a_new_run_starts_afresh(large):
    large.script.engine("alpha", default=do.out_of_memory(WHOLE // 2))
    large.run(1, "alpha")
    large.run(1, "alpha")
    assert [pixels for _, pixels in asked(large)] == [0, WHOLE // 2] * 2


def test_a_page_that_fails_otherwise_shows_that_the_memory_was_enough(large):
    starving = do.out_of_memory(WHOLE // 2)
    large.script.engine("alpha", pages={1: [starving, do.CUT_OFF]})
    large.script.engine("beta")
    large.run(2, "alpha", "beta")
    assert large.failures(1) == [("alpha", "out-of-memory"), ("alpha", "cut-off"), ("beta", None)]
    assert asked(large) == [(1, 0), (1, WHOLE // 2), (2, WHOLE // 2)]


def test_fewer_pixels_are_fewer_than_the_model_was_shown(large):
    """A model that sees less than half of the page's pixels would else be shown the same again."""
    large.script.engine("alpha", default=do.out_of_memory(600_000, shows=1_200_000))
    large.run(1, "alpha")
    assert [pixels for _, pixels in asked(large)] == [0, 600_000]
    assert [attempt.pixels for attempt in large.record(1).attempts] == [1_200_000, 1_200_000]


def test_engine_starved_on_the_last_rung_gives_its_memory_back(large):
    large.script.engine("alpha", default=do.out_of_memory(1))
    large.script.engine("beta")
    large.run(1, "alpha", "beta")
    assert large.failures(1) == [*[("alpha", "out-of-memory")] * 3, ("beta", None)]
    assert list(large.pool.pids().values()) == ["beta"]


def test_engine_starved_on_two_pages_is_skipped_with_one_notice(large):
    large.script.engine("alpha", default=do.out_of_memory(1))
    large.script.engine("beta")
    large.run(4, "alpha", "beta")
    assert large.script.loads("alpha") == 2
    assert [page for page, _ in asked(large)] == [1, 1, 1, 2, 2, 2]
    assert large.failures(4) == [("alpha", "out-of-memory"), ("beta", None)]
    (notice,) = large.log.all(EngineSkipped)
    assert "two pages in a row" in notice.sentence


def test_small_page_is_not_made_smaller(desk):
    desk.script.engine("alpha", default=do.out_of_memory(1))
    desk.script.engine("beta")
    desk.run(1, "alpha", "beta")
    assert desk.failures(1) == [("alpha", "out-of-memory"), ("beta", None)]


def test_engine_that_cannot_read_any_page_gives_its_memory_back(large):
    large.script.engine("alpha", default=do.fail(FailureKind.DOES_NOT_FIT, "It needs 8 GB."))
    large.script.engine("beta")
    large.run(1, "alpha", "beta")
    assert large.failures(1) == [("alpha", "does-not-fit"), ("beta", None)]
    assert list(large.pool.pids().values()) == ["beta"]


def test_the_most_that_a_failed_try_used_is_kept(large):
    used = EngineMemory("cpu", weights=GB, peak=5 * GB, free=GB)
    large.script.engine("alpha", default=do.KILL, memory=used)
    large.run(1, "alpha")
    assert [attempt.peak_memory for attempt in large.record(1).attempts] == [5 * GB] * 2
