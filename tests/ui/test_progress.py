from __future__ import annotations

import pytest

from textlift.content.block import Line
from textlift.engines.contract import ReadProgress
from textlift.models.engine_memory import EngineMemory
from textlift.ui.progress import (
    ReadingProgress,
    activity_words,
    joined_progress,
    place_written,
    time_words,
)


def test_the_estimate_follows_the_pace():
    progress = ReadingProgress()
    progress.add(10)
    progress.begin(0.0)
    assert progress.remaining(0.0) is None
    progress.finish(4.0)
    assert progress.remaining(4.0) is None, "one page is too little to go by"
    progress.finish(8.0)
    assert progress.remaining(8.0) == pytest.approx(32.0)
    assert progress.remaining(10.0) == pytest.approx(30.0)
    assert progress.sentence(8.0) == "2 of 10 pages, about 30 s left"


def test_a_page_that_takes_long_does_not_promise_less_and_less():
    progress = ReadingProgress()
    progress.add(4)
    progress.begin(0.0)
    progress.finish(10.0)
    progress.finish(20.0)
    assert progress.remaining(500.0) == pytest.approx(10.0)


def test_a_pause_between_runs_does_not_count():
    progress = ReadingProgress()
    progress.add(6)
    progress.begin(0.0)
    progress.finish(10.0)
    progress.begin(1000.0)
    progress.finish(1002.0)
    progress.finish(1004.0)
    assert progress.remaining(1004.0) == pytest.approx(6.0)


def test_only_the_last_pages_count():
    progress = ReadingProgress()
    progress.add(100)
    progress.begin(0.0)
    for page in range(20):
        progress.finish(100.0 * (page + 1))
    for page in range(20):
        progress.finish(2000.0 + page + 1)
    assert progress.remaining(2020.0) == pytest.approx(60.0)


def test_one_page():
    progress = ReadingProgress()
    progress.add(1)
    progress.begin(0.0)
    assert progress.sentence(3.0) == "0 of 1 page"


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (0, "a few seconds"),
        (12, "about 10 s"),
        (54, "about 55 s"),
        (60, "about 1 min"),
        (200, "about 3 min"),
        (3600, "about 1 h"),
        (3600 + 20 * 60, "about 1 h 20 min"),
    ],
)
def test_durations(seconds: float, words: str):
    assert time_words(seconds) == words


@pytest.mark.parametrize(
    ("progress", "words"),
    [
        (ReadProgress(stage="About 4 min on this CPU"), "About 4 min on this CPU"),
        (ReadProgress(), ""),
        (
            ReadProgress(stage="Writing", tokens_per_second=41.4, token_share=0.12),
            "dots.ocr, page 3: 41 tokens/s, 12 % of its limit",
        ),
        (
            ReadProgress(stage="Writing", tokens_per_second=0.84, token_share=0.0),
            "dots.ocr, page 3: 0.8 tokens/s, 0 % of its limit",
        ),
        (ReadProgress(stage="Writing", token_share=0.5), "dots.ocr, page 3: 50 % of its limit"),
    ],
)
def test_what_an_engine_does_is_said(progress, words):
    assert activity_words(progress, engine="dots.ocr", page=3) == words


def test_progress_of_a_page_adds_up():
    place = Line("")
    first = ReadProgress(stage="Looking", lines=(place,), text="a", fraction=0.1)
    then = joined_progress(first, ReadProgress(text="b", lines=(Line("x"),), token_share=0.2))
    assert then == ReadProgress(
        stage="Looking", lines=(place, Line("x")), text="ab", fraction=0.1, token_share=0.2
    )


def test_what_a_model_takes_is_told_until_there_is_news_of_it():
    first, second = (EngineMemory("cuda:0", weights=7, cache=size) for size in (1, 2))
    joined = joined_progress(ReadProgress(memory=first), ReadProgress(text="a"))
    assert joined.memory == first
    assert joined_progress(joined, ReadProgress(memory=second)).memory == second


def test_the_place_that_is_written_is_the_last_of_an_engine_that_writes():
    places = (Line("", None), Line("", None))
    assert place_written(ReadProgress(lines=places)) is None
    assert place_written(ReadProgress(lines=places, token_share=0.1)) == 1
    assert place_written(ReadProgress(lines=(*places, Line("x")), token_share=0.1)) is None
    assert place_written(ReadProgress(token_share=0.1)) is None
