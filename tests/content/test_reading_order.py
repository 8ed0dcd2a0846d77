"""Reading order on made-up layouts: what is read after what."""

from __future__ import annotations

import math
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from textlift.content.block import BlockKind
from textlift.content.geometry import Box
from textlift.content.placed import Placed
from textlift.content.reading_order import order_blocks

PROSE = (
    "the lines of a printed column go on from",
    "one to the next without a stop and fill",
    "nearly all of its width, which is how the",
    "eye knows that it has to go down and not",
    "across the gutter to the column beside it",
)


def column(name: str, x: float, *, top: float, lines: int, pitch: float = 30) -> list[Placed]:
    return [
        Placed(
            box=Box(x, top + i * pitch, x + 400 - 7 * (i % 3), top + i * pitch + 24),
            text=f"{name}{i} {PROSE[i % len(PROSE)]}",
        )
        for i in range(lines)
    ]


def cell(text: str, x: float, y: float, *, height: float = 24) -> Placed:
    return Placed(box=Box(x, y, x + 11 * len(text), y + height), text=text)


def read(pieces: list[Placed], *, shuffled: int | None = 1) -> list[str]:
    """First words of the rows, in the order they are read; a row's pieces joined by a bar."""
    pieces = list(pieces)
    if shuffled is not None:
        random.Random(shuffled).shuffle(pieces)
    return [
        "|".join(pieces[index].text.split()[0] for index in row)
        for block in order_blocks(pieces)
        for row in block.rows
    ]


def in_turn(parts: list[list[Placed]]) -> list[Placed]:
    return [piece for part in parts for piece in part]


def names(pieces: list[Placed]) -> list[str]:
    return [piece.text.split()[0] for piece in pieces]


def test_columns_are_read_one_after_the_other():
    left, right = column("L", 100, top=100, lines=12), column("R", 530, top=100, lines=12)
    assert read(left + right) == names(left + right)


def test_three_columns():
    columns = [column(name, 50 + 430 * i, top=90, lines=9) for i, name in enumerate("ABC")]
    assert read(in_turn(columns)) == names(in_turn(columns))


def test_four_narrow_columns():
    columns = [column(name, 50 + 425 * i, top=90, lines=14) for i, name in enumerate("ABCD")]
    assert read(in_turn(columns)) == names(in_turn(columns))


def test_heading_over_columns_and_foot_under_them():
    heading = cell("Heading over both columns of the page", 300, 40, height=40)
    left, right = column("L", 100, top=120, lines=10), column("R", 530, top=120, lines=10)
    foot = cell("17", 510, 480)
    order = read([heading, *left, *right, foot])
    assert order == ["Heading", *names(left), *names(right), "17"]


def test_wide_paragraph_between_two_pairs_of_columns():
    first = column("A", 100, top=100, lines=6) + column("B", 530, top=100, lines=6)
    wide = [Placed(box=Box(100, 300, 930, 324), text="wide text across the whole page")]
    second = column("C", 100, top=340, lines=6) + column("D", 530, top=340, lines=6)
    assert read(first + wide + second) == [*names(first), "wide", *names(second)]


def test_table_is_read_row_by_row():
    rows = [("Item", "Pieces", "Price", "Sum")] + [
        (f"thing{i}", str(i), f"{i}.50", f"{i * i}.00") for i in range(1, 9)
    ]
    pieces = [
        cell(text, 100 + 200 * x, 100 + 34 * y)
        for y, row in enumerate(rows)
        for x, text in enumerate(row)
    ]
    assert read(pieces) == ["|".join(row) for row in rows]


def test_receipt_is_read_row_by_row():
    goods = ["Milk 1.5% fat", "Brown bread large", "Apples loose", "Coffee ground", "TOTAL"]
    pieces = []
    for y, name in enumerate(goods):
        pieces += [cell(name, 60, 100 + 30 * y), cell(f"{y + 1}.99", 420, 101 + 30 * y)]
    assert read(pieces) == [f"{name.split()[0]}|{y + 1}.99" for y, name in enumerate(goods)]


def test_form_keeps_label_and_value_together():
    fields = [
        ("Surname", "Lovelace"),
        ("Names", "Augusta Ada"),
        ("Born", "10 December 1815"),
        ("Town", "London"),
        ("Trade", "Mathematician"),
    ]
    pieces = []
    for y, (label, value) in enumerate(fields):
        pieces += [cell(label, 60, 100 + 40 * y), cell(value, 300, 102 + 40 * y)]
    assert read(pieces) == [f"{label}|{value.split()[0]}" for label, value in fields]


def test_four_pages_on_a_sheet_are_read_page_by_page():
    pages = [
        column(name, x, top=top, lines=8)
        for name, x, top in (
            ("A", 60, 80),
            ("B", 600, 80),
            ("C", 60, 600),
            ("D", 600, 600),
        )
    ]
    assert read(in_turn(pages)) == names(in_turn(pages))


def test_parts_of_one_printed_line_stay_on_it():
    pieces = [
        cell("first", 100, 100),
        cell("second", 170, 103),
        cell("third", 260, 99),
        cell("below", 100, 140),
    ]
    assert read(pieces) == ["first|second|third", "below"]


def test_pages_of_an_open_book_that_lie_askew():
    left, right = column("L", 100, top=100, lines=12), column("R", 620, top=100, lines=12)
    tilted = [tilt(piece, 0.02) for piece in left] + [tilt(piece, -0.02) for piece in right]
    assert read(tilted) == names(left + right)


def tilt(piece: Placed, slope: float) -> Placed:
    x, y = piece.box.center
    angle = math.atan(slope)
    dx = x * math.cos(angle) - y * math.sin(angle) - x
    dy = x * math.sin(angle) + y * math.cos(angle) - y
    box = Box(piece.box.x0 + dx, piece.box.y0 + dy, piece.box.x1 + dx, piece.box.y1 + dy)
    return Placed(box=box, text=piece.text, slope=slope)


def test_chinese_columns():
    line = "在开始安装为生产使用的系统前建议阅读"
    pieces = [
        Placed(box=Box(x, 100 + 32 * i, x + 430, 126 + 32 * i), text=f"{name}{i} {line}")
        for name, x in (("左", 80), ("右", 560))
        for i in range(8)
    ]
    assert read(pieces) == names(pieces)


def test_caption_astride_the_gutter_comes_after_the_columns():
    left = [
        piece if not 4 <= i < 8 else Placed(Box(100, piece.box.y0, 390, piece.box.y1), piece.text)
        for i, piece in enumerate(column("L", 100, top=100, lines=14))
    ]
    right = [
        piece if not 4 <= i < 8 else Placed(Box(640, piece.box.y0, 930, piece.box.y1), piece.text)
        for i, piece in enumerate(column("R", 530, top=100, lines=14))
    ]
    caption = [cell("A caption here", 440, 230), cell("in two lines", 450, 260)]
    assert read(left + right + caption) == [*names(left), *names(right), "A", "in"]


def test_paragraphs_part_at_white_and_at_an_indented_line():
    first = column("A", 100, top=100, lines=4)
    second = column("B", 100, top=270, lines=3)
    indented = [
        Placed(box=Box(135, 360, 500, 384), text="C0 an indented line begins a paragraph"),
        *column("D", 100, top=390, lines=2),
    ]
    blocks = order_blocks([*first, *second, *indented])
    assert [len(block.rows) for block in blocks] == [4, 3, 3]


def test_large_short_line_is_a_heading():
    pieces = [cell("Chapter One", 100, 40, height=48), *column("L", 100, top=140, lines=8)]
    assert [block.kind for block in order_blocks(pieces)] == [BlockKind.HEADING, BlockKind.TEXT]


def test_large_number_is_no_heading():
    pieces = [cell("1,234.50", 100, 40, height=48), *column("L", 100, top=140, lines=8)]
    assert {block.kind for block in order_blocks(pieces)} == {BlockKind.TEXT}


def test_nothing_to_order():
    assert order_blocks([]) == ()


@pytest.mark.parametrize("seed", range(5))
def test_order_does_not_depend_on_the_order_of_the_pieces(seed: int):
    pieces = column("L", 100, top=100, lines=9) + column("R", 530, top=100, lines=9)
    assert read(pieces, shuffled=seed) == read(pieces, shuffled=None)


boxes = st.builds(
    lambda x, y, width, height: Box(x, y, x + width, y + height),
    st.integers(0, 2000),
    st.integers(0, 3000),
    st.integers(1, 900),
    st.integers(1, 80),
)
placed = st.builds(Placed, box=boxes, text=st.text(max_size=30), slope=st.floats(-0.1, 0.1))


@given(st.lists(placed, max_size=25))
def test_each_piece_is_read_once(pieces: list[Placed]):
    read_pieces = [index for block in order_blocks(pieces) for row in block.rows for index in row]
    assert sorted(read_pieces) == list(range(len(pieces)))


@given(st.lists(boxes, min_size=1, max_size=12))
def test_single_column_is_read_downward(found: list[Box]):
    pieces = [
        Placed(box=Box(100, 40 * i, 100 + box.width, 40 * i + 24), text="some words")
        for i, box in enumerate(found)
    ]
    order = [index for block in order_blocks(pieces) for row in block.rows for index in row]
    assert order == list(range(len(pieces)))
