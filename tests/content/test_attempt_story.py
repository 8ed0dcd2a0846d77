"""The story of a page's tries."""

from __future__ import annotations

import pytest

from textlift.content.attempt import Attempt, FailureKind, Repetition
from textlift.content.attempt_story import attempt_story, duration_words, size_words
from textlift.content.generation import Generation

TITLES = {"dots": "dots.ocr", "got": "GOT-OCR2", "pp": "PP-OCRv6"}


def tried(engine: str, failure: FailureKind | None = None, **fields: object) -> Attempt:
    fields.setdefault("device", "cuda:0")
    fields.setdefault("seconds", 3.2)
    return Attempt(engine=engine, started_at=0.0, failure=failure, **fields)


def story(*attempts: Attempt, to_check: int = 0) -> str:
    told = attempt_story(attempts, engine_title=TITLES.__getitem__, to_check=to_check)
    return told.replace("\u00a0", " ")


def test_a_page_that_took_three_tries() -> None:
    assert story(
        tried("dots", FailureKind.OUT_OF_MEMORY, pixels=2_100_000, lacking_memory=1_900_000_000),
        tried(
            "dots",
            FailureKind.RAN_AWAY,
            pixels=1_200_000,
            repetition=Repetition(times=14, lines=True, stopped=True),
        ),
        tried("got", pixels=2_100_000, seconds=4.1),
        to_check=2,
    ) == (
        "dots.ocr, attempt 1, GPU 0, 2.1 Mpx: out of memory after 3.2 s, needed 1.9 GB more. "
        "Attempt 2, 1.2 Mpx: stopped, the same line 14 times. "
        "GOT-OCR2: read in 4.1 s, 2 places to check."
    )


def test_a_page_that_was_read_at_once() -> None:
    assert story(tried("pp", device="cpu", pixels=800)) == "PP-OCRv6, CPU: read in 3.2 s."
    assert story(tried("pp"), to_check=1).endswith("read in 3.2 s, 1 place to check.")
    assert story() == ""


def test_the_device_is_told_when_it_is_another() -> None:
    told = story(
        tried("dots", FailureKind.CRASHED),
        tried("dots", FailureKind.CRASHED, device="cuda:1"),
        tried("pp", device="cpu"),
    )
    assert told == (
        "dots.ocr, attempt 1, GPU 0: stopped unexpectedly after 3.2 s. "
        "Attempt 2, GPU 1: stopped unexpectedly after 3.2 s. PP-OCRv6, CPU: read in 3.2 s."
    )


@pytest.mark.parametrize(
    ("repetition", "words"),
    [
        (Repetition(stopped=True), "stopped, the same words over and over"),
        (Repetition(times=90), "wrote the same words 90 times"),
        (None, "repeated itself after 3.2 s"),
    ],
)
def test_a_run_away(repetition: Repetition | None, words: str) -> None:
    told = story(tried("dots", FailureKind.RAN_AWAY, repetition=repetition))
    assert told.endswith(f": {words}.")


def test_what_was_not_tried_took_no_time() -> None:
    refused = tried("got", FailureKind.WRONG_SCRIPT, device="", seconds=0.3)
    assert story(refused) == "GOT-OCR2: cannot read the script."
    lost = tried("", FailureKind.DOCUMENT, device="", sentence="The file is gone.")
    assert story(lost) == "The page could not be opened."


def test_the_limit_is_told() -> None:
    cut = tried("dots", FailureKind.CUT_OFF, generation=Generation(token_limit=24_000))
    assert "cut off at its limit of 24,000 tokens after 3.2 s" in story(cut)


@pytest.mark.parametrize("kind", FailureKind)
def test_every_kind_has_words(kind: FailureKind) -> None:
    assert len(story(tried("dots", kind))) > 12


def test_numbers() -> None:
    assert duration_words(59.99) == "1\u00a0min 0\u00a0s"
    assert duration_words(3725) == "62\u00a0min 5\u00a0s"
    assert size_words(42_000_000) == "42\u00a0MB"
