"""Figures that one engine left out are found, judged and put into their place."""

from __future__ import annotations

import pytest

from textlift.content.block import Block, BlockKind, Line
from textlift.content.geometry import Box, Quad
from textlift.content.reading import PageReading
from textlift.engines.automatic.left_out import are_figures, quads_left_out, with_lines
from textlift.engines.pp_ocr.pieces import Piece
from textlift.engines.pp_ocr.recognition import ReadText


def quad(x0: float, y0: float, x1: float, y1: float) -> Quad:
    return ((x0, y0), (x1, y0), (x1, y1), (x0, y1))


def block(text: str, *box: float) -> Block:
    line = Line(text, box=Box(*box))
    return Block(kind=BlockKind.TEXT, text=text, box=line.box, lines=(line,))


def added(reading: PageReading, text: str, *box: float) -> list[str]:
    result = with_lines(reading, [Line(text, box=Box(*box))], straight=lambda point: point)
    return [one.text for one in result.blocks]


BODY = block("body", 100, 100, 900, 140)
READING = PageReading(blocks=(BODY,), read_by="tesseract")
COLUMNS = PageReading(
    blocks=(
        block("left 1", 100, 100, 480, 140),
        block("left 2", 100, 400, 480, 440),
        block("right 1", 520, 100, 900, 140),
        block("right 2", 520, 400, 900, 440),
    ),
    read_by="tesseract",
)


def test_a_line_without_text_over_it_is_left_out():
    page_number = quad(480, 1200, 560, 1240)
    assert quads_left_out([quad(95, 95, 905, 145), page_number], READING) == (page_number,)


def test_a_line_that_is_read_half_is_not_left_out():
    assert quads_left_out([quad(700, 95, 1100, 145)], READING) == ()


def test_a_long_line_is_none_of_figures():
    assert quads_left_out([quad(100, 600, 900, 640)], READING) == ()


@pytest.mark.parametrize(
    ("text", "score", "are"),
    [
        ("- 2 -", 0.99, True),
        ("1 204,50", 0.95, True),
        ("2", 0.8, False),
        ("2 a", 0.99, False),
        ("3 января", 0.99, False),
        ("—", 0.99, False),
        ("", 0.99, False),
    ],
)
def test_figures_are_digits_without_a_letter(text, score, are):
    assert are_figures(Piece(quad(0, 0, 1, 1), ReadText(text, score))) is are


@pytest.mark.parametrize(
    ("box", "order"),
    [
        ((480, 1200, 560, 1240), ["left 1", "left 2", "right 1", "right 2", "7"]),
        ((100, 1200, 140, 1240), ["left 1", "left 2", "right 1", "right 2", "7"]),
        ((480, 20, 560, 60), ["7", "left 1", "left 2", "right 1", "right 2"]),
        ((100, 200, 140, 240), ["left 1", "7", "left 2", "right 1", "right 2"]),
        ((600, 200, 640, 240), ["left 1", "left 2", "right 1", "7", "right 2"]),
        ((1000, 410, 1040, 440), ["left 1", "left 2", "right 1", "right 2", "7"]),
    ],
)
def test_a_line_is_put_into_its_place(box, order):
    assert added(COLUMNS, "7", *box) == order


def test_lines_are_put_below_each_other():
    lines = [Line(text, box=Box(100, y, 140, y + 30)) for text, y in (("3", 300), ("2", 200))]
    result = with_lines(READING, lines, straight=lambda point: point)
    assert [one.text for one in result.blocks] == ["body", "2", "3"]


def test_a_page_that_lies_on_its_side_has_its_places_upright():
    # Turned clockwise by 90 degrees: what is at the right edge becomes the bottom.
    reading = PageReading(blocks=(block("body", 100, 100, 140, 900),), read_by="tesseract")
    height = 1000.0
    line = Line("7", box=Box(20, 480, 60, 560))
    result = with_lines(reading, [line], straight=lambda point: (height - point[1], point[0]))
    assert [one.text for one in result.blocks] == ["7", "body"]
