"""The choice between the readings of two engines."""

from __future__ import annotations

import pytest

from textlift.content.block import Block, BlockKind, Line
from textlift.content.reading import PageReading, PageWarning, WarningKind
from textlift.engines.automatic.evidence import (
    choose,
    foreign_script,
    foreign_share,
    is_doubtful,
    is_for_tesseract,
    is_out_of_reach,
    sure_letters,
    sure_share,
)

LATIN = "Within each of the major directory trees there are three sets"
CYRILLIC = "Внутри каждого из основных каталогов находятся три набора"


def reading(engine: str, *lines: tuple[str, float]) -> PageReading:
    block = Block(
        kind=BlockKind.TEXT,
        text="\n".join(text for text, _ in lines),
        lines=tuple(Line(text=text, score=score) for text, score in lines),
    )
    return PageReading(blocks=(block,), read_by=engine)


def test_a_partly_cyrillic_page_goes_to_tesseract() -> None:
    ours = reading("pp-ocrv6", *[(LATIN, 0.99)] * 8)
    theirs = reading("tesseract", *[(LATIN, 0.95)] * 8, (CYRILLIC, 0.93))
    verdict = choose(ours, theirs)
    assert verdict.reading is theirs
    assert verdict.why == "Part of the page is in Cyrillic letters, which PP-OCRv6 cannot read."


def test_unsure_cyrillic_is_no_evidence() -> None:
    ours = reading("pp-ocrv6", *[(LATIN, 0.99)] * 8)
    theirs = reading("tesseract", *[(LATIN, 0.95)] * 8, (CYRILLIC, 0.4))
    assert choose(ours, theirs).reading is ours


def test_cyrillic_that_costs_the_rest_of_the_page_is_not_taken() -> None:
    ours = reading("pp-ocrv6", *[(LATIN, 0.99)] * 8)
    theirs = reading("tesseract", *[(LATIN, 0.3)] * 8, (CYRILLIC, 0.9))
    assert choose(ours, theirs).reading is ours


def test_of_two_latin_readings_the_one_with_clearly_more_sure_letters_is_taken() -> None:
    few = reading("pp-ocrv6", (LATIN, 0.9), (LATIN, 0.5))
    many = reading("tesseract", (LATIN, 0.9), (LATIN, 0.9))
    assert choose(few, many).reading is many
    assert "51 letters" in choose(few, many).why
    like = reading("pp-ocrv6", (LATIN, 0.9), (LATIN, 0.9))
    assert choose(like, many).reading is like


def test_letters_are_counted_in_sure_lines() -> None:
    page = reading("tesseract", ("ab, 12", 0.9), ("cdef", 0.2))
    assert sure_letters(page) == 4
    assert sure_share(page) == 0.5
    assert sure_share(reading("tesseract")) == 0.0


def test_the_script_that_is_foreign_is_named() -> None:
    page = reading("tesseract", ("да", 0.9), ("abcdef 12", 0.9), ("한국어", 0.1))
    assert foreign_share(page) == 0.25
    assert foreign_script(page) == "Cyrillic"
    assert foreign_script(reading("tesseract", ("abc", 0.9))) == ""


@pytest.mark.parametrize(
    ("kind", "doubtful"),
    [
        (WarningKind.LANGUAGE, True),
        (WarningKind.UNCERTAIN, True),
        (WarningKind.PARTIAL_IMAGE, False),
    ],
)
def test_doubt_is_what_the_engine_says_of_itself(kind: WarningKind, doubtful: bool) -> None:
    page = PageReading(blocks=(), read_by="pp-ocrv6", warnings=(PageWarning(kind, "Look."),))
    assert is_doubtful(page) is doubtful


def test_languages_decide_where_the_user_names_them() -> None:
    assert not is_for_tesseract(["eng", "zho", "jpn"])
    assert is_for_tesseract(["eng", "rus"])
    assert is_out_of_reach(["rus"])
    assert is_for_tesseract(["vie"])
    assert not is_out_of_reach(["vie"])
