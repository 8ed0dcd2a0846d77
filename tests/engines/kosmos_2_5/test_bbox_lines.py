"""Lines that Kosmos-2.5 writes with their places become blocks of the page."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from textlift.content.block import BlockKind
from textlift.content.geometry import Box
from textlift.engines.kosmos_2_5.bbox_lines import BboxLinesView, SeenPage, parsed_lines

_PAGE = SeenPage(page=(1696, 2432), seen=(848, 1216))
_RECEIPT = """<bbox><x_53><y_573><x_69><y_606></bbox>1
<bbox><x_79><y_573><x_464><y_611></bbox>SESAME BREAD
<bbox><x_690><y_569><x_810><y_606></bbox>45,455
<bbox><x_53><y_614><x_69><y_648></bbox>1
<bbox><x_79><y_614><x_468><y_650></bbox>OAT COOKIES
<bbox><x_788><y_609><x_812><y_644></bbox>0
"""
_TAGS = ("<bbox>", "</bbox>", "<x_5>", "<y_1216>", "<x_", "<", "\n", " ", "words", "ï", "<x_99999>")


def test_words_beside_each_other_are_one_line() -> None:
    answer = parsed_lines(_RECEIPT, _PAGE)

    (block,) = answer.blocks
    assert block.text == "1 SESAME BREAD 45,455\n1 OAT COOKIES 0"
    assert [line.box for line in block.lines] == [
        Box(106, 1138, 1620, 1222),
        Box(106, 1218, 1624, 1300),
    ]
    assert not answer.repairs
    assert not answer.unparsed


def test_large_letters_far_from_the_rest_are_a_heading() -> None:
    body = "".join(
        f"<bbox><x_50><y_{top}><x_800><y_{top + 20}></bbox>A line of the page's text.\n"
        for top in range(300, 600, 26)
    )
    title = "<bbox><x_50><y_100><x_500><y_150></bbox>Title\n"

    blocks = parsed_lines(title + body, _PAGE).blocks

    assert [(block.kind, block.level) for block in blocks] == [
        (BlockKind.HEADING, 1),
        (BlockKind.TEXT, 0),
    ]


@pytest.mark.parametrize(
    "rest",
    [
        *("<bbox>", "<bbox><x_", "<bbox><x_5", "<bbox><x_5><y_6><x_7>"),
        *("<bbox><x_5><y_6><x_7><y_8>", "<bbox><x_5><y_6><x_7><y_8></bb"),
        *("<bbox><x_5><y_6><x_7><y_8></bbox>", ""),
    ],
)
def test_a_place_broken_off_does_not_become_text(rest: str) -> None:
    answer = parsed_lines(f"<bbox><x_1><y_2><x_3><y_4></bbox>words\n{rest}", _PAGE)

    (block,) = answer.blocks
    assert block.text == "words"
    assert not answer.repairs


@pytest.mark.parametrize(
    "place",
    [
        "<bbox></bbox>",
        "<bbox><x_1><y_2></bbox>",
        "<bbox><y_1><x_2><y_3><x_4></bbox>",
        "<bbox><x_1><y_2><x_3><y_4><x_5></bbox>",
        "<bbox><x_7><y_2><x_7><y_4></bbox>",
        "<x_1><y_2></bbox>",
    ],
)
def test_a_line_without_a_usable_place_is_kept(place: str) -> None:
    answer = parsed_lines(f"{place}lost\n<bbox><x_1><y_2><x_3><y_4></bbox>words\n", _PAGE)

    assert [(block.text, block.box) for block in answer.blocks] == [
        ("words", Box(2, 4, 6, 8)),
        ("lost", None),
    ]
    assert answer.repairs
    assert not answer.unparsed


@pytest.mark.parametrize(
    "place",
    [
        "<bbox> <x_840> <y_1200> <x_99999> <y_2000> </bbox>",
        "<bbox><x_99999><y_2000><x_840><y_1200></bbox>",
        f"<bbox><x_840><y_1200><x_{'9' * 400}><y_1216>",
    ],
)
def test_a_place_that_can_be_mended_is_used(place: str) -> None:
    answer = parsed_lines(f"{place}words", _PAGE)

    assert [(block.text, block.box) for block in answer.blocks] == [
        ("words", Box(1680, 2400, 1696, 2432))
    ]


def test_an_answer_without_places_says_so() -> None:
    answer = parsed_lines("I see\na page.", _PAGE)

    assert answer.unparsed
    assert [block.text for block in answer.blocks] == ["I see\na page."]
    assert parsed_lines(" \n", _PAGE).blocks == ()
    assert not parsed_lines(" \n", _PAGE).unparsed


@given(st.lists(st.sampled_from(_TAGS), max_size=40))
def test_whatever_the_model_writes_is_read(parts: list[str]) -> None:
    source = "".join(parts)

    answer = parsed_lines(source, _PAGE)

    text = " ".join(block.text for block in answer.blocks)
    assert text.count("words") == source.count("words")
    assert "bbox>" not in text
    for block in answer.blocks:
        for line in block.lines:
            assert line.box is not None
            assert 0 <= line.box.x0 < line.box.x1 <= _PAGE.page[0]
            assert 0 <= line.box.y0 < line.box.y1 <= _PAGE.page[1]


_WORDS = st.text(st.characters(codec="utf-8", categories=["L", "Nd", "Po"]), min_size=1)


@given(
    st.lists(st.tuples(_WORDS, *[st.integers(0, 800)] * 2, *[st.integers(1, 90)] * 2), max_size=12),
    st.lists(st.integers(1, 30), max_size=30),
)
def test_every_line_is_placed_and_shown_however_it_arrives(
    lines: list[tuple[str, int, int, int, int]], cuts: list[int]
) -> None:
    source = "".join(
        f"<bbox><x_{x}><y_{y}><x_{x + width}><y_{y + height}></bbox>{words}\n"
        for words, x, y, width, height in lines
    )
    view = BboxLinesView(_PAGE)
    shown, outlines, start = "", [], 0
    for length in [*cuts, len(source)]:
        piece = view.add(source[start : start + length])
        shown += piece.text
        outlines += [line.box for line in piece.lines]
        start += length

    assert shown == "".join(f"{words}\n" for words, *_ in lines)
    assert outlines == [
        Box(2 * x, 2 * y, 2 * min(x + width, 848), 2 * (y + height))
        for _, x, y, width, height in lines
    ]
    answer = parsed_lines(source, _PAGE)
    assert sorted(" ".join(block.text for block in answer.blocks).split()) == sorted(
        words for words, *_ in lines
    )
    assert not answer.repairs


def test_a_word_after_an_angle_is_no_mark_that_breaks_off():
    (block,) = parsed_lines("<bbox><price", SeenPage(page=(10, 10), seen=(10, 10))).blocks
    assert block.text == "<price"
