"""Lines that run from right to left."""

from __future__ import annotations

import pytest

from textlift.engines.pp_ocr.reading_direction import logical_order, runs_right_to_left


@pytest.mark.parametrize(
    ("seen", "spoken"),
    [
        ("مالسلا", "السلام"),
        ("ملاعلا مالسلا", "السلام العالم"),
        # Figures, dates and Latin words keep their own direction inside the line.
        ("2026 ماع يف", "في عام 2026"),
        ("12.50 رعسلا", "السعر 12.50"),
        ("Python 3.12 ةغل", "لغة Python 3.12"),
        ("17/04/2026", "17/04/2026"),
        ("", ""),
        (" ", " "),
    ],
)
def test_what_is_seen_from_the_left_is_put_into_the_order_it_is_spoken_in(seen, spoken):
    assert logical_order(seen) == spoken


def test_the_direction_is_that_of_most_letters():
    assert runs_right_to_left(["السلام", "abc"])
    assert not runs_right_to_left(["السلام", "abcdefgh"])
    assert not runs_right_to_left(["12", ""])
