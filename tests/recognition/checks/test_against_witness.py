"""A text beside what another engine read: lost, invented and exchanged words are placed."""

from __future__ import annotations

import msgspec
import pytest

from doubles.checked_page import (
    HEIGHT,
    WIDTH,
    WORDS,
    as_blocks,
    as_lines,
    as_text,
    look_at,
    paragraph,
    printed,
)
from textlift.content.block import Block, BlockKind, Line
from textlift.content.geometry import union_box
from textlift.content.reading import WarningKind
from textlift.recognition.checks.page_check import check_page
from textlift.recognition.checks.testimony import hear

UPPER = paragraph(0, 6)
LOWER = paragraph(36, 6, y=500)
ALL = [*UPPER, *LOWER]
WITNESS = as_lines(UPPER, LOWER)
INVENTED = "nobody ever expected such generosity towards strangers"


def check(reading, *, witness=WITNESS, seen=ALL):
    return check_page(reading, look=look_at(seen), witness=witness, width=WIDTH, height=HEIGHT)


def only(warnings):
    assert len(warnings) == 1, warnings
    return warnings[0]


def garbled(lines):
    """What a small engine makes of them: every third word has a wrong letter or two."""
    return [
        msgspec.structs.replace(
            line,
            text=" ".join(
                word[:-1] + "q" if index % 3 == 0 else word
                for index, word in enumerate(line.text.split())
            ),
        )
        for line in lines
    ]


@pytest.mark.parametrize("form", [as_blocks, as_text])
@pytest.mark.parametrize("change", ["same", "garbled", "capitals", "joined", "other order"])
def test_a_text_that_is_right_has_no_warnings_whatever_the_witness_makes_of_it(form, change):
    witness = {
        "same": WITNESS,
        "garbled": as_lines(garbled(UPPER), garbled(LOWER)),
        "capitals": as_lines(
            [msgspec.structs.replace(line, text=line.text.upper()) for line in UPPER], LOWER
        ),
        "joined": as_lines(
            [msgspec.structs.replace(line, text=line.text.replace(" ", "")) for line in UPPER],
            LOWER,
        ),
        "other order": as_lines(LOWER, UPPER),
    }[change]
    assert check(form(UPPER, LOWER), witness=witness) == ()


def test_a_paragraph_that_the_text_lacks_is_placed_where_the_witness_has_it():
    warning = only(check(as_text(UPPER)))
    assert warning.kind is WarningKind.MISSED
    assert warning.box == union_box(line.box for line in LOWER)
    assert LOWER[0].text[:20] in warning.sentence


def test_words_lost_inside_a_block_are_found_though_its_place_is_right():
    reading = as_blocks(UPPER, LOWER)
    shorter = msgspec.structs.replace(
        reading.blocks[0], text=" ".join(line.text for line in [*UPPER[:3], *UPPER[4:]])
    )
    found = check(msgspec.structs.replace(reading, blocks=(shorter, reading.blocks[1])))
    warning = only(found)
    assert warning.kind is WarningKind.MISSED
    assert warning.box == UPPER[3].box


@pytest.mark.parametrize("form", [as_blocks, as_text])
def test_an_invented_sentence_is_found_between_its_neighbours(form):
    stray = Line(text=INVENTED)
    reading = form([*UPPER[:3], stray, *UPPER[3:]], LOWER)
    warning = only(check(reading))
    assert warning.kind is WarningKind.INVENTED
    assert INVENTED in warning.sentence
    assert warning.box is not None
    assert warning.box.y0 < UPPER[5].box.y1


def test_a_line_said_thirty_times_is_invented():
    reading = as_text([*UPPER[:3], *[UPPER[2]] * 29, *UPPER[3:]], LOWER)
    assert WarningKind.INVENTED in {one.kind for one in check(reading)}


def test_words_of_another_page_are_other_words():
    other = [printed("invoice total including delivery and packaging charges", 100, 560)] * 6
    warning = only(check(as_text(UPPER, other)))
    assert warning.kind is WarningKind.DIFFERS
    assert warning.box == union_box(line.box for line in LOWER)


def test_a_lower_half_that_comes_first_is_out_of_order_though_the_text_has_no_places():
    warning = only(check(as_text(LOWER, UPPER)))
    assert warning.kind is WarningKind.ORDER


def test_what_the_witness_could_not_read_is_not_invented():
    # The detector sees the lower lines; the witness has nothing for them.
    assert check(as_text(UPPER, LOWER), witness=as_lines(UPPER)) == ()
    unsure = [msgspec.structs.replace(line, text="~ jx,.", score=0.3) for line in LOWER]
    assert check(as_text(UPPER, LOWER), witness=as_lines(UPPER, unsure)) == ()


def test_what_the_witness_is_not_sure_of_is_not_missed():
    unsure = [
        msgspec.structs.replace(line, text="lkj wq mnb vcxz poiu ytre", score=0.6)
        for line in LOWER[:2]
    ]
    assert check(as_text(UPPER), witness=as_lines(UPPER, unsure), seen=[*UPPER, *LOWER[:2]]) == ()


def test_a_witness_that_is_never_sure_is_believed_when_the_text_bears_it_out():
    unsure = [msgspec.structs.replace(line, score=0.65) for line in ALL]
    warning = only(check(as_text(UPPER), witness=as_lines(unsure[:6], unsure[6:])))
    assert warning.kind is WarningKind.MISSED


def test_a_script_that_the_witness_cannot_read_is_left_out():
    russian = Block(kind=BlockKind.TEXT, text="Первое сообщение о погоде в северных морях сегодня")
    reading = as_text(UPPER, LOWER)
    reading = msgspec.structs.replace(reading, blocks=(*reading.blocks, russian))
    assert check(reading) == ()


def test_formulas_and_pictures_are_not_compared():
    reading = as_blocks(UPPER)
    picture = Block(kind=BlockKind.PICTURE, text="", box=union_box(line.box for line in LOWER))
    formula = Block(kind=BlockKind.FORMULA, text=r"\sum_{i=1}^{n} x_i = \int_0^1 f(x) dx")
    reading = msgspec.structs.replace(reading, blocks=(*reading.blocks, picture, formula))
    assert check(reading) == ()


def test_the_markup_of_a_table_in_latex_is_not_invented():
    rows = r" \\ \hline ".join(line.text for line in LOWER)
    table = Block(
        kind=BlockKind.TEXT, text=rf"\begin{{tabular}}{{|c|}} \hline {rows} \end{{tabular}}"
    )
    reading = as_text(UPPER)
    assert check(msgspec.structs.replace(reading, blocks=(*reading.blocks, table))) == ()


def test_a_part_of_the_page_is_compared_with_that_part():
    part = union_box(line.box for line in LOWER)
    reading = msgspec.structs.replace(as_text(LOWER), box=part)
    assert check(reading) == ()


def test_words_know_where_the_witness_has_them():
    testimony = hear(as_text(UPPER, LOWER), WITNESS)
    assert testimony.agrees
    assert testimony.stretches == ()
    assert testimony.place(0).y0 == UPPER[0].box.y0
    assert testimony.place(len(testimony.said) - 1).y1 == LOWER[5].box.y1
    assert len(testimony.said) == len([*WORDS[:72]])


def test_texts_of_two_pages_do_not_agree():
    other = [printed("invoice total including delivery and packaging charges", 100, 560)] * 6
    assert not hear(as_text(other), WITNESS).agrees
