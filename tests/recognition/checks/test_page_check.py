"""Checks of a page by place: what nobody read, what is not there, and what is out of order."""

from __future__ import annotations

import sys

import msgspec
import pytest

from doubles.checked_page import (
    HEIGHT,
    LINE,
    WIDTH,
    as_blocks,
    as_lines,
    as_text,
    look_at,
    paragraph,
    printed,
)
from textlift.content.block import Block, BlockKind, Line
from textlift.content.geometry import Box
from textlift.content.reading import PageReading, WarningKind
from textlift.recognition.checks.page_check import check_page

UPPER = paragraph(0, 5)
LOWER = paragraph(30, 5, y=400)
FORMS = [as_lines, as_blocks]


def check(reading, lines, *, witness=None, ink=True):
    return check_page(
        reading, look=look_at(lines, ink=ink), witness=witness, width=WIDTH, height=HEIGHT
    )


def only(warnings):
    assert len(warnings) == 1, warnings
    return warnings[0]


@pytest.mark.parametrize("form", [*FORMS, as_text])
def test_a_page_that_was_read_rightly_has_no_warnings(form):
    assert check(form(UPPER, LOWER), [*UPPER, *LOWER]) == ()


@pytest.mark.parametrize("form", FORMS)
def test_a_paragraph_that_was_left_out_is_missed(form):
    warning = only(check(form(UPPER), [*UPPER, *LOWER]))
    assert warning.kind is WarningKind.MISSED
    assert warning.sentence == "5 lines were not read."
    assert warning.box == Box(100, 400, max(line.box.x1 for line in LOWER), 400 + 4 * 30 + LINE)


def test_one_line_is_said_in_the_singular():
    assert only(check(as_lines(UPPER, LOWER[1:]), [*UPPER, *LOWER])).sentence == (
        "A line was not read."
    )


def test_lines_apart_are_two_warnings():
    far = [printed("a line at the foot of the page", 100, 1200)]
    found = check(as_lines(LOWER), [UPPER[0], *LOWER, *far])
    assert [one.sentence for one in found] == ["A line was not read."] * 2


def test_dust_is_not_missed():
    dust = Line(text="", box=Box(500, 900, 506, 905))
    assert check(as_lines(UPPER), [*UPPER, dust]) == ()


def test_what_is_printed_in_a_picture_is_not_missed():
    picture = Block(kind=BlockKind.PICTURE, text="", box=Box(90, 390, 900, 560))
    reading = as_lines(UPPER)
    reading = msgspec.structs.replace(reading, blocks=(*reading.blocks, picture))
    assert check(reading, [*UPPER, *LOWER]) == ()


def test_a_block_without_text_was_not_read():
    empty = Block(kind=BlockKind.TEXT, text="", box=Box(90, 390, 900, 560))
    reading = as_lines(UPPER)
    reading = msgspec.structs.replace(reading, blocks=(*reading.blocks, empty))
    assert only(check(reading, [*UPPER, *LOWER])).sentence == "5 lines were not read."


def test_where_only_the_layout_was_asked_for_blocks_need_no_text():
    blocks = tuple(
        Block(kind=BlockKind.TEXT, text="", box=box)
        for box in (Box(90, 90, 900, 260), Box(90, 390, 900, 560))
    )
    assert check(PageReading(blocks=blocks, read_by="m"), [*UPPER, *LOWER]) == ()


def test_what_has_no_place_may_be_what_was_seen():
    without = as_text(LOWER).blocks
    reading = as_lines(UPPER)
    reading = msgspec.structs.replace(reading, blocks=(*reading.blocks, *without))
    assert check(reading, [*UPPER, *LOWER]) == ()


def test_a_few_words_without_a_place_do_not_excuse_lines():
    reading = as_lines(UPPER)
    stray = Block(kind=BlockKind.PAGE_FOOTER, text="page 7")
    reading = msgspec.structs.replace(reading, blocks=(*reading.blocks, stray))
    assert only(check(reading, [*UPPER, *LOWER])).sentence == "5 lines were not read."


def test_a_block_that_ends_too_early_was_read_in_part():
    reading = as_blocks(UPPER, LOWER)
    short = msgspec.structs.replace(reading.blocks[1], text=LOWER[0].text)
    found = check(
        msgspec.structs.replace(reading, blocks=(reading.blocks[0], short)), [*UPPER, *LOWER]
    )
    warning = only(found)
    assert warning.kind is WarningKind.MISSED
    assert warning.box == reading.blocks[1].box


def test_a_page_of_which_nothing_was_read():
    found = check(PageReading(blocks=(), read_by="m"), UPPER)
    assert only(found).sentence == "5 lines were not read."


def test_outside_the_part_that_was_asked_for_nothing_is_missed():
    part = Box(0, 380, WIDTH, HEIGHT)
    reading = msgspec.structs.replace(as_lines(LOWER[:3]), box=part)
    warning = only(check(reading, [*UPPER, *LOWER]))
    assert warning.sentence == "2 lines were not read."
    assert warning.box.y0 == LOWER[3].box.y0


@pytest.mark.parametrize("ink", [True, False])
def test_text_on_blank_paper_is_invented(ink):
    stray = [printed("and they lived happily ever after", 100, 1000)]
    warning = only(check(as_lines(UPPER, stray), UPPER, ink=ink))
    assert warning.kind is WarningKind.INVENTED
    assert "happily" in warning.sentence
    assert warning.box == stray[0].box


def test_handwriting_that_only_its_ink_shows_is_not_invented():
    written = [printed("Yours truly, Jane", 100, 1000)]
    look = msgspec.structs.replace(look_at([*UPPER, *written]), lines=look_at(UPPER).lines)
    found = check_page(
        as_lines(UPPER, written), look=look, witness=None, width=WIDTH, height=HEIGHT
    )
    assert found == ()


def test_text_that_its_place_cannot_hold_is_invented():
    reading = as_blocks(UPPER, LOWER)
    long = msgspec.structs.replace(
        reading.blocks[1], text=" ".join(line.text for line in paragraph(30, 11))
    )
    found = check(
        msgspec.structs.replace(reading, blocks=(reading.blocks[0], long)), [*UPPER, *LOWER]
    )
    assert only(found).kind is WarningKind.INVENTED


def test_a_formula_may_be_longer_than_its_print():
    formula = Block(
        kind=BlockKind.FORMULA,
        text=r"\frac{\partial u}{\partial t} = \alpha \frac{\partial^2 u}{\partial x^2}",
        box=Box(100, 400, 160, 420),
    )
    reading = as_blocks(UPPER)
    reading = msgspec.structs.replace(reading, blocks=(*reading.blocks, formula))
    assert check(reading, [*UPPER, printed("du/dt=", 100, 400)]) == ()


def test_a_place_that_was_read_thirty_times_is_said_once():
    again = [UPPER[2]] * 30
    warning = only(check(as_lines([*UPPER[:2], *again, *UPPER[3:]], LOWER), [*UPPER, *LOWER]))
    assert warning.kind is WarningKind.INVENTED
    assert "29 times too many" in warning.sentence
    assert warning.box == UPPER[2].box


def test_text_squeezed_in_between_lines_is_invented():
    stray = [printed("a stranger came to the gate", 100, UPPER[1].box.y0 + 15)]
    warning = only(check(as_lines(UPPER, stray), UPPER))
    assert warning.kind is WarningKind.INVENTED
    assert "stranger" in warning.sentence


def test_a_number_above_a_line_is_not_squeezed_in():
    exponent = [Line(text="[12]", box=Box(300, UPPER[1].box.y0 - 6, 320, UPPER[1].box.y0 + 4))]
    look = msgspec.structs.replace(look_at([*UPPER, *exponent]), lines=look_at(UPPER).lines)
    found = check_page(
        as_lines(UPPER, exponent), look=look, witness=None, width=WIDTH, height=HEIGHT
    )
    assert found == ()


def test_a_line_without_a_place_that_is_repeated():
    text = "\n".join([UPPER[0].text] * 6)
    reading = PageReading(blocks=(Block(kind=BlockKind.TEXT, text=text),), read_by="m")
    warning = only(check_page(reading, look=None, witness=None, width=WIDTH, height=HEIGHT))
    assert "5 times too many" in warning.sentence


def test_a_form_may_print_the_same_line_again_and_again():
    lines = [printed("Signature of the applicant", 100, 100 + 30 * row) for row in range(8)]
    assert check(as_lines(lines), lines) == ()
    assert check(as_blocks(lines), lines) == ()


@pytest.mark.parametrize(
    ("count", "kind"), [(2, WarningKind.MISSED), (10, None), (24, WarningKind.INVENTED)]
)
def test_a_text_without_places_and_witness_is_held_against_the_room_there_is(count, kind):
    lines = paragraph(0, 10)
    text = (paragraph(0, 15) + paragraph(0, 9))[:count]
    found = check(as_text(text), lines)
    assert [one.kind for one in found] == ([kind] if kind else [])


def test_columns_in_the_wrong_order():
    left, right = paragraph(0, 8), paragraph(24, 8, x=600)
    assert check(as_lines(left, right), [*left, *right]) == ()
    warning = only(check(as_lines(right, left), [*left, *right]))
    assert warning.kind is WarningKind.ORDER


def test_columns_read_straight_across():
    left, right = paragraph(0, 12), paragraph(24, 12, x=560)
    across = [line for pair in zip(left, right, strict=True) for line in pair]
    warning = only(check(as_lines(across), [*left, *right]))
    assert warning.kind is WarningKind.ORDER
    assert warning.box.x1 == max(line.box.x1 for line in right)


@pytest.mark.parametrize("form", FORMS)
def test_the_lower_half_before_the_upper(form):
    assert only(check(form(LOWER, UPPER), [*UPPER, *LOWER])).kind is WarningKind.ORDER


def test_a_page_upside_down_is_read_from_its_foot():
    turned = msgspec.structs.replace(as_lines(LOWER[::-1], UPPER[::-1]), rotation=180)
    assert check(turned, [*UPPER, *LOWER]) == ()


def test_a_table_is_read_row_by_row_or_column_by_column():
    cells = [
        printed(f"amount {x} {y} in francs", 100 + 400 * x, 100 + 30 * y)
        for y in range(12)
        for x in range(2)
    ]
    columns = sorted(cells, key=lambda line: -line.box.x0)
    table = msgspec.structs.replace(as_lines(columns).blocks[0], kind=BlockKind.TABLE)
    assert check(PageReading(blocks=(table,), read_by="m"), cells) == ()


def test_hebrew_columns_run_from_the_right():
    left = [
        Line(text="שלום לכולם וברוכים הבאים אל העיר", box=Box(100, y, 400, y + 20))
        for y in range(100, 400, 30)
    ]
    right = [
        Line(text="הבית הגדול עומד ליד הים הכחול", box=Box(600, y, 900, y + 20))
        for y in range(100, 400, 30)
    ]
    assert check(as_lines(right, left), [*left, *right]) == ()


def test_the_text_of_a_pdf_is_not_checked():
    reading = as_lines(UPPER, read_by="text-layer")
    assert check(reading, [*UPPER, *LOWER]) == ()


def test_without_a_look_a_page_with_places_has_nothing_missed():
    found = check_page(as_lines(UPPER), look=None, witness=None, width=WIDTH, height=HEIGHT)
    assert found == ()


def test_a_page_of_a_thousand_lines_is_checked_without_looking_at_every_pair():
    lines = [
        printed(
            " ".join(paragraph(row % 50, 1)[0].text.split()[:2]), 10 + 240 * column, 2 + 11 * row
        )
        for row in range(250)
        for column in range(4)
    ]
    calls = 0

    def count(_frame: object, event: str, _argument: object) -> None:
        nonlocal calls
        calls += event == "call"

    look, reading = look_at(lines, ink=True), as_lines(lines[::-1])
    sys.setprofile(count)
    try:
        check_page(reading, look=look, witness=None, width=WIDTH, height=HEIGHT)
    finally:
        sys.setprofile(None)
    # A million and a half. Each line with each other is a million already, in each of the checks.
    assert calls < 3_000_000
