"""A page of which an engine was unsure by its own scores is warned of."""

from __future__ import annotations

import msgspec
import pytest

from textlift.content.block import Block, BlockKind, Line
from textlift.content.reading import PageReading, PageWarning, WarningKind
from textlift.recognition.checks.low_confidence import find_low_confidence, mean_confidence
from textlift.recognition.checks.page_check import check_page

TEXT = "A line of print as long as others are"
RUSSIAN = "Строка текста такой же длины, как и все"
UNSURE = PageWarning(WarningKind.UNCERTAIN, "It is not sure of this page.")


def page(engine: str, *scores: float | None, text: str = TEXT) -> PageReading:
    lines = tuple(Line(f"{'ab'[n % 2]} {text}", score=score) for n, score in enumerate(scores))
    block = Block(kind=BlockKind.TEXT, text="\n".join(line.text for line in lines), lines=lines)
    return PageReading(blocks=(block,), read_by=engine)


def is_told(reading: PageReading) -> bool:
    return bool(find_low_confidence(reading))


@pytest.mark.parametrize(
    ("engine", "score", "told"),
    [
        ("pp-ocrv6", 0.94, True),
        ("pp-ocrv6", 0.97, False),
        ("tesseract", 0.8, True),
        ("tesseract", 0.9, False),
        ("dots.ocr", 0.1, False),
    ],
)
def test_each_engine_is_judged_by_its_own_scores(engine, score, told):
    assert is_told(page(engine, *[score] * 6)) is told


def test_a_few_lines_are_no_page():
    assert not is_told(page("pp-ocrv6", *[0.5] * 4))


def test_one_bad_line_is_no_bad_page():
    assert not is_told(page("pp-ocrv6", 0.5, *[0.99] * 30))


def test_lines_without_a_score_say_nothing():
    assert not is_told(page("pp-ocrv6", *[None] * 9))
    assert mean_confidence(page("pp-ocrv6", *[None] * 9)) is None


def test_long_lines_count_for_more():
    long = page("pp-ocrv6", *[1.0] * 5, text="x" * 89)
    short = page("pp-ocrv6", *[0.0] * 5, text="x" * 9)
    both = msgspec.structs.replace(long, blocks=(*long.blocks, *short.blocks))
    assert mean_confidence(both) == pytest.approx(0.9)


def test_alphabets_that_were_not_measured_are_not_judged():
    assert is_told(page("tesseract", *[0.5] * 6, text=RUSSIAN))
    assert not is_told(page("pp-ocrv6", *[0.5] * 6, text=RUSSIAN))


def test_what_the_engine_says_itself_is_not_said_twice():
    reading = msgspec.structs.replace(page("pp-ocrv6", *[0.5] * 6), warnings=(UNSURE,))
    assert not is_told(reading)


def test_it_is_one_warning_of_the_whole_page():
    reading = page("tesseract", *[0.5] * 6)
    (warning,) = check_page(reading, look=None, witness=None, width=100, height=100)
    assert (warning.kind, warning.box) == (WarningKind.UNCERTAIN, None)
    assert warning.sentence.startswith("Many lines were read with little confidence")
