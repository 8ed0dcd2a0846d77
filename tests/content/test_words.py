"""Words of a reading: where each stands in the text and on the page."""

from __future__ import annotations

import pytest

from textlift.content.block import Block, BlockKind, Line
from textlift.content.geometry import Box
from textlift.content.reading import PageReading
from textlift.content.word_keys import Tolerance, word_key, word_spans
from textlift.content.words import reading_words, span_box


def words_of(line):
    return [line[start:end] for start, end in word_spans(line)]


def test_words_know_their_block_line_and_letters():
    reading = PageReading(
        blocks=(
            Block(kind=BlockKind.TEXT, text="one two\nthree"),
            Block(kind=BlockKind.TABLE, text="<table><tr><td>a</td><td>b c</td></tr></table>"),
        ),
        read_by="m",
    )
    words = reading_words(reading)
    assert [word.text for word in words] == ["one", "two", "three", "a", "b", "c"]
    assert [word.block for word in words] == [0, 0, 0, 1, 1, 1]
    assert [word.line for word in words] == [0, 0, 1, 2, 2, 2]
    for word in words:
        assert reading.lines[word.line].text[word.start : word.end] == word.text
        assert word.box is None


def test_a_word_lies_where_its_letters_are_in_the_line():
    line = Line(text="ab cdef", box=Box(100, 10, 170, 20))
    assert span_box(line, 0, 2) == Box(100, 10, 120, 20)
    assert span_box(line, 3, 7) == Box(130, 10, 170, 20)


def test_a_chinese_letter_is_twice_as_wide():
    line = Line(text="你a", box=Box(0, 0, 30, 10))
    assert span_box(line, 0, 1) == Box(0, 0, 20, 10)


def test_hebrew_runs_from_the_right():
    line = Line(text="אב גד", box=Box(0, 0, 50, 10))
    assert span_box(line, 0, 2) == Box(30, 0, 50, 10)


def test_a_line_down_the_page_is_parted_from_top_to_bottom():
    line = Line(text="縦書きの", box=Box(0, 0, 10, 40))
    assert span_box(line, 1, 2) == Box(0, 10, 10, 20)


def test_a_word_of_a_slanting_line_is_where_the_line_is_there():
    quad = ((0.0, 0.0), (100.0, 20.0), (100.0, 30.0), (0.0, 10.0))
    line = Line(text="abcd efgh ", box=Box(0, 0, 100, 30), quad=quad)
    assert span_box(line, 5, 10) == Box(50, 10, 100, 30)


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("Hello, world", ["Hello,", "world"]),
        ("你好，世界。abc", ["你", "好，", "世", "界。", "abc"]),
        ("สวัสดี ครับ", ["ส", "วั", "ส", "ดี", "ค", "รั", "บ"]),
        ("ひらがな", ["ひ", "ら", "が", "な"]),
        ("한국어 책", ["한국어", "책"]),
        ("  ", []),
    ],
)
def test_scripts_without_spaces_are_taken_letter_by_letter(line, words):
    assert words_of(line) == words


@pytest.mark.parametrize(
    ("one", "other", "tolerance", "same"),
    [
        ("“The", '"The', Tolerance.EXACT, True),
        ("The", "the", Tolerance.EXACT, False),
        ("The,", "the", Tolerance.PRINT, True),
        ("ﬁne", "fine", Tolerance.PRINT, True),
        ("well-known", "wellknown", Tolerance.PRINT, True),
        ("été", "ete", Tolerance.PRINT, False),
        ("été", "ete", Tolerance.READING, True),
        ("l0", "1O", Tolerance.READING, True),
        ("24", "27", Tolerance.READING, False),
        ("が", "か", Tolerance.READING, False),
    ],
)
def test_keys(one, other, tolerance, same):
    assert (word_key(one, tolerance) == word_key(other, tolerance)) is same


def test_a_ruler_has_nothing_to_compare():
    assert word_key("......", Tolerance.PRINT) == ""


def test_a_line_of_a_page_that_stands_on_its_side_runs_as_its_corners_say():
    upward = ((0.0, 100.0), (0.0, 0.0), (10.0, 0.0), (10.0, 100.0))
    line = Line(text="abcd efgh ", box=Box(0, 0, 10, 100), quad=upward)
    assert span_box(line, 0, 4) == Box(0, 60, 10, 100)
    downward = ((0.0, 0.0), (10.0, 0.0), (10.0, 100.0), (0.0, 100.0))
    line = Line(text="縦書き文章", box=Box(0, 0, 10, 100), quad=downward)
    assert span_box(line, 0, 1) == Box(0, 0, 10, 20)
