"""Tesseract's TSV output as blocks and lines."""

from __future__ import annotations

from pathlib import Path

import pytest

from textlift.content.geometry import Box, Quad
from textlift.engines.tesseract.tsv import join_words, make_blocks, mean_confidence, parse_tsv

OUTPUT = (Path(__file__).parent / "data" / "two_paragraphs.tsv").read_text(encoding="utf-8")


def as_it_is(box: Box) -> Quad:
    return ((box.x0, box.y0), (box.x1, box.y0), (box.x1, box.y1), (box.x0, box.y1))


def test_paragraphs_become_blocks_with_their_lines() -> None:
    first, second = make_blocks(parse_tsv(OUTPUT), page_quad=as_it_is)
    assert first.text == "Hello world, invoice\nNo 15 of the year"
    assert second.text == "Second paragraph has\nwell-hyphen-\nated words"
    assert [line.text for line in second.lines] == second.text.split("\n")
    assert first.box == Box(102, 106, 443, 193)
    line = first.lines[0]
    assert line.box == Box(102, 106, 443, 136)
    assert line.quad is None
    assert line.score == pytest.approx(0.963, abs=0.001)


def test_lines_of_a_skewed_page_keep_their_corners() -> None:
    def leaning(box: Box) -> Quad:
        (a, b, c, d) = as_it_is(box)
        return (a, (b[0], b[1] + 9), (c[0], c[1] + 9), d)

    block = next(make_blocks(parse_tsv(OUTPUT), page_quad=leaning))
    assert block.lines[0].quad == ((102, 106), (443, 115), (443, 145), (102, 136))
    assert block.lines[0].box == Box(102, 106, 443, 145)


def test_a_page_without_text_has_no_words() -> None:
    header, page, *_ = OUTPUT.splitlines()
    assert parse_tsv(f"{header}\n{page}\n") == []
    assert parse_tsv("") == []
    assert mean_confidence([]) == 0.0


def test_words_of_spaces_and_quotes_do_not_confuse() -> None:
    header = OUTPUT.splitlines()[0]
    rows = ['5\t1\t1\t1\t1\t1\t0\t0\t9\t9\t95.0\t "', "5\t1\t1\t1\t1\t2\t9\t0\t9\t9\t90.0\t  "]
    (word,) = parse_tsv("\n".join([header, *rows]))
    assert word.text == '"'


def test_text_is_composed() -> None:
    header = OUTPUT.splitlines()[0]
    (word,) = parse_tsv(f"{header}\n5\t1\t1\t1\t1\t1\t0\t0\t9\t9\t95.0\tcafe\u0301")
    assert word.text == "café"


def test_something_else_is_refused() -> None:
    with pytest.raises(ValueError, match="not Tesseract's TSV"):
        parse_tsv("Segmentation fault\n")


@pytest.mark.parametrize(
    ("words", "text"),
    [
        (["two", "words"], "two words"),
        (["第", "一", "章"], "第一章"),
        (["版本", "Debian", "12", "发布", "。"], "版本 Debian 12 发布。"),
        (["ภาษา", "ไทย"], "ภาษาไทย"),
        (["한국어", "문장"], "한국어 문장"),
        ([], ""),
    ],
)
def test_words_are_spaced_as_their_script_is(words: list[str], text: str) -> None:
    assert join_words(words) == text
