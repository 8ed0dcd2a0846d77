from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from textlift.content.block import Block, BlockKind, Line
from textlift.content.geometry import Box
from textlift.content.opinion_choices import Choices, all_second, choices_behind, composed
from textlift.content.page import EditedLine
from textlift.content.reading import PageReading
from textlift.content.second_opinion import set_side_by_side
from textlift.content.side_by_side import SideBySide
from textlift.content.text_lines import reading_lines


def make_reading(*blocks: str, left: float = 0, top: float = 0, placed: bool = True) -> PageReading:
    """Each block's lines 10 pixels for a character, 20 high, a line free between blocks."""
    made = []
    for block in blocks:
        lines = []
        for text in block.split("\n"):
            box = Box(left, top, left + 10 * len(text), top + 20) if placed else None
            lines.append(Line(text=text, box=box))
            top += 20
        top += 20
        made.append(Block(kind=BlockKind.TEXT, text=block, lines=tuple(lines)))
    return PageReading(blocks=tuple(made), read_by="test")


def compare(first: PageReading, second: PageReading, **more: object) -> SideBySide:
    return set_side_by_side(reading_lines(first), first, second, **more)


def texts(side: SideBySide) -> list[tuple[str, str]]:
    return [
        (
            "|".join(side.first[number].text for number in pair.first),
            "|".join(side.second[number].text for number in pair.second),
        )
        for pair in side.pairs
    ]


def marked(side: SideBySide) -> list[tuple[str, str]]:
    return [
        (
            "|".join(side.first[m.line].text[m.start : m.end] for m in one.first),
            "|".join(side.second[m.line].text[m.start : m.end] for m in one.second),
        )
        for one in side.differences
    ]


def plain(lines: tuple[EditedLine, ...]) -> str:
    return "\n".join(line.text for line in lines)


@pytest.mark.parametrize(
    ("first", "second", "expected"),
    [
        # The same blocks.
        (["One two three", "Four five six"], ["One two three", "Four fine six"],
         [("One two three", "One two three"), ("Four five six", "Four fine six")]),
        # Several blocks against one: cut where lines begin at the same words.
        (["Head of it", "one two three\nfour five six", "seven eight nine"],
         ["Head of it\none two three\nfour five six\nseven eight nine"],
         [("Head of it", "Head of it"),
          ("one two three|four five six", "one two three|four five six"),
          ("seven eight nine", "seven eight nine")]),
        # Lines that break elsewhere cannot be cut.
        (["one two three", "four five six"], ["one two\nthree four five six"],
         [("one two three|four five six", "one two|three four five six")]),
        # Another order.
        (["left one two", "right three four"], ["right three four", "left one two"],
         [("left one two", "left one two"), ("right three four", "right three four")]),
        # The end of a passage begins another.
        (["one two three\nfour five six", "seven eight nine"],
         ["one two three", "four five six\nseven eight nine"],
         [("one two three", "one two three"), ("four five six", "four five six"),
          ("seven eight nine", "seven eight nine")]),
        # Another order, where one of them has it all in one.
        (["left one two\nmiddle three four\nright five six"],
         ["right five six", "left one two\nmiddle three for"],
         [("left one two|middle three four", "left one two|middle three for"),
          ("right five six", "right five six")]),
        # What only one of them has.
        (["one two three", "seven eight nine"],
         ["four five six", "one two three", "ten eleven twelve", "seven eight nine"],
         [("", "four five six"), ("one two three", "one two three"), ("", "ten eleven twelve"),
          ("seven eight nine", "seven eight nine")]),
        (["one two three", "four five six"], ["four five six"],
         [("one two three", ""), ("four five six", "four five six")]),
        ([], ["one two"], [("", "one two")]),
    ],
)  # fmt: skip
@pytest.mark.parametrize("placed", [False, True])
def test_pairs(first, second, expected, placed):
    # Places say nothing here: in these readings they follow the order of the blocks.
    side = compare(make_reading(*first, placed=placed), make_reading(*second, placed=False))
    assert texts(side) == expected


def test_garbled_text_is_paired_by_its_place():
    first = make_reading("Dear Sir or Madam", "xqj wrtz", "Yours sincerely")
    second = make_reading("Dear Sir or Madam", "Ten pounds", "Yours sincerely")
    assert texts(compare(first, second))[1] == ("xqj wrtz", "Ten pounds")


def test_garbled_text_without_a_place_is_paired_by_its_neighbours():
    first = make_reading("Dear Sir or Madam", "xqj wrtz", "Yours sincerely", placed=False)
    second = make_reading("Dear Sir or Madam", "Ten pounds", "Yours sincerely")
    assert texts(compare(first, second))[1] == ("xqj wrtz", "Ten pounds")


def test_a_garbled_line_belongs_to_the_paragraph_that_holds_its_place():
    first = make_reading("one two three\nhttp://an.address")
    second = make_reading("one two three", "http: //am.addres")
    moved = second.blocks[1].lines[0]
    place = Box(0, 20, 160, 40)
    line = Line(text=moved.text, box=place)
    second = PageReading(
        blocks=(second.blocks[0], Block(kind=BlockKind.TEXT, text=line.text, lines=(line,))),
        read_by="test",
    )
    assert texts(compare(first, second)) == [
        ("one two three", "one two three"),
        ("http://an.address", "http: //am.addres"),
    ]


def test_the_same_figure_in_many_places_is_paired_with_the_nearest():
    rows = [f"{name}\n0.00" for name in ("apples", "pears", "plums", "figs")]
    side = compare(make_reading(*rows), make_reading(*rows))
    assert all(ours == theirs for ours, theirs in texts(side))
    assert not side.differences


@pytest.mark.parametrize(
    ("first", "second", "expected"),
    [
        ("one two three", "one too three", [("two", "too")]),
        ("one two three four", "one too tree four", [("two three", "too tree")]),
        ("one three", "one two three", [("", "two")]),
        ("one two", "one two three", [("", "three")]),
        ("one two\nthree four", "one twa\nthrie four", [("two|three", "twa|thrie")]),
        ("one two\nthree", "one two three", []),
        ("Total 1,00", "total 1.00", [("Total 1,00", "total 1.00")]),
        ("文字認識", "文宇認識", [("字", "宇")]),
        ("re\u0301sume\u0301 x", "r\u00e9sum\u00e9 x", []),
    ],
)
def test_differences(first, second, expected):
    assert marked(compare(make_reading(first), make_reading(second))) == expected


def test_differences_have_their_place_on_the_page():
    side = compare(make_reading("one two three"), make_reading("one too three"))
    assert side.differences[0].boxes == (Box(40, 0, 70, 20),)
    missing = compare(make_reading("one three"), make_reading("one two three"))
    assert missing.differences[0].boxes == (Box(40, 0, 70, 20),)
    unplaced = compare(make_reading("one three"), make_reading("one two three", placed=False))
    assert unplaced.differences[0].boxes == (Box(30, 0, 50, 20),)


def test_the_places_of_a_page_that_was_drawn_larger():
    side = compare(make_reading("one three"), make_reading("one two three"), scale=(0.5, 0.5))
    assert side.differences[0].boxes == (Box(20, 0, 35, 10),)


def test_only_lines_inside_a_part_are_compared():
    first = make_reading("above it", "one two three", "below it")
    second = make_reading("one too three", top=40)
    side = compare(first, second, part=Box(0, 38, 200, 62))
    assert texts(side) == [("one two three", "one too three")]
    assert plain(composed(side, all_second(side))) == "above it\n\none too three\n\nbelow it"


def test_a_part_of_a_page_without_places_is_found_by_its_words():
    first = make_reading("above it", "one two three", "below it", placed=False)
    side = compare(first, make_reading("one too three", top=40), part=Box(0, 38, 200, 62))
    assert texts(side) == [("one two three", "one too three")]


def test_a_line_that_was_added_lies_where_its_neighbours_do():
    first = make_reading("above it", "one two\nthree four", "below it")
    lines = list(reading_lines(first))
    lines.insert(3, EditedLine("added"))
    part = Box(0, 38, 200, 82)
    side = set_side_by_side(lines, first, make_reading("one two\nthree fear", top=40), part=part)
    assert {n for pair in side.pairs for n in pair.first} == {2, 3, 4}


def test_chosen_lines_keep_the_printed_lines_they_stand_for():
    first = make_reading("Heading here", "one two three\nfour five six")
    second = make_reading("Heeding here", "one two three\nfour fine six\nnever seen")
    side = compare(first, second)
    lines = composed(side, all_second(side))
    assert lines == (
        EditedLine("Heeding here", 0),
        EditedLine(""),
        EditedLine("one two three", 1),
        EditedLine("four fine six", 2),
        EditedLine("never seen", None),
    )


def test_the_users_own_lines_stay_where_they_are_not_chosen_away():
    first = make_reading("one two three", "four five six")
    lines = (EditedLine("one two three, and mine", 0), EditedLine(""), EditedLine(""),
             EditedLine("all mine"), EditedLine(""), EditedLine("four five six", 1))  # fmt: skip
    side = set_side_by_side(lines, first, make_reading("one two three", "four fine six"))
    assert composed(side, Choices()) == lines
    last = len(side.pairs) - 1
    chosen = composed(side, Choices(taken=frozenset({last})))
    assert chosen == (*lines[:5], EditedLine("four fine six", 1))


def test_what_the_other_does_not_have_can_be_left_out():
    first = make_reading("one two three", "invented by it", "four five six")
    side = compare(first, make_reading("one two three", "four five six"))
    assert plain(composed(side, all_second(side))) == "one two three\n\nfour five six"


def test_another_order_can_be_taken():
    first = make_reading("left one two", "right three four", placed=False)
    side = compare(first, make_reading("right three for", "left one two"))
    assert side.reordered
    assert plain(composed(side, all_second(side))) == "right three for\n\nleft one two"
    assert plain(composed(side, Choices())) == plain(reading_lines(first))


words = st.lists(
    st.sampled_from(["ba", "be", "bi", "bo", "bu", "da", "de"]), min_size=1, max_size=5
)
block_texts = st.lists(words.map(" ".join), min_size=1, max_size=3).map("\n".join)
readings = st.builds(
    lambda blocks, placed: make_reading(*blocks, placed=placed),
    st.lists(block_texts, max_size=5),
    st.booleans(),
)
parts = st.none() | st.builds(
    lambda y, height: Box(0, y, 300, y + height), *[st.integers(0, 200)] * 2
)


@given(readings, readings, parts)
def test_every_line_is_in_one_pair_and_nothing_chosen_is_nothing_changed(first, second, part):
    side = compare(first, second, part=part)
    ours = [number for pair in side.pairs for number in pair.first]
    theirs = [number for pair in side.pairs for number in pair.second]
    assert len(ours) == len(set(ours))
    assert sorted(theirs) == [n for n, line in enumerate(side.second) if line.text]
    if part is None:
        assert sorted(ours) == [n for n, line in enumerate(side.first) if line.text]
    assert composed(side, Choices()) == reading_lines(first)


@given(readings, readings, st.data())
def test_the_text_is_made_of_what_was_chosen(first, second, data):
    side = compare(first, second)
    differing = [number for number, pair in enumerate(side.pairs) if pair.differences]
    taken = data.draw(
        st.frozensets(st.sampled_from(differing)) if differing else st.just(frozenset())
    )
    lines = composed(side, Choices(taken=taken))
    expected = sorted(
        text.text
        for number, pair in enumerate(side.pairs)
        for text in (
            [side.second[n] for n in pair.second]
            if number in taken
            else [side.first[n] for n in pair.first]
        )
    )
    assert sorted(line.text for line in lines if line.text) == expected
    sources = [line.source for line in lines if line.source is not None]
    assert len(sources) == len(set(sources))
    assert not any(a.text == b.text == "" for a, b in itertools.pairwise(lines))
    found = choices_behind(side, lines)
    if found is not None:
        assert plain(composed(side, found)) == plain(lines)


@given(readings, readings)
def test_all_of_the_second_is_the_words_of_the_second(first, second):
    side = compare(first, second)
    lines = composed(side, all_second(side))
    if not side.reordered:
        assert plain(lines).split() == second.text.split()
    assert sorted(plain(lines).split()) == sorted(second.text.split())
