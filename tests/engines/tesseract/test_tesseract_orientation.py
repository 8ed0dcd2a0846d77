"""What Tesseract's orientation detector says."""

from __future__ import annotations

import pytest

from textlift.engines.tesseract.orientation import Orientation, parse_orientation

PRINTED = """Page number: 0
Orientation in degrees: {counter}
Rotate: {rotate}
Orientation confidence: {sure}
Script: {script}
Script confidence: {script_sure}
"""


def printed(rotate: int, sure: float, script: str, script_sure: float) -> str:
    return PRINTED.format(
        counter=(360 - rotate) % 360,
        rotate=rotate,
        sure=sure,
        script=script,
        script_sure=script_sure,
    )


def test_a_sure_answer_is_taken() -> None:
    found = parse_orientation(printed(90, 23.83, "Cyrillic", 14.36))
    assert found == Orientation(rotation=90, script="Cyrl", sure=True)


@pytest.mark.parametrize("sure", [0.43, 2.68, 4.9])
def test_an_unsure_orientation_is_a_guess(sure: float) -> None:
    assert parse_orientation(printed(180, sure, "Cyrillic", 9.0)) == Orientation(rotation=180)


def test_an_unsure_script_is_left_open() -> None:
    found = parse_orientation(printed(0, 20.0, "Han", 0.22))
    assert found == Orientation(rotation=0, script=None, sure=True)


def test_no_answer_is_none() -> None:
    assert parse_orientation("Too few characters. Skipping this page\n") is None
