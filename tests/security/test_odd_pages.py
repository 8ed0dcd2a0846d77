"""Pages whose boxes and words make no sense: ordered, compared and checked without an error."""

from __future__ import annotations

import io

import msgspec
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from textlift.commands.page_ranges import PageRangeError, parse_page_ranges
from textlift.content.block import Block, BlockKind, Line
from textlift.content.columns import split_columns
from textlift.content.comparing import compare_words
from textlift.content.geometry import Box
from textlift.content.placed import Placed
from textlift.content.reading import PageReading
from textlift.content.reading_order import order_blocks
from textlift.content.words import reading_words
from textlift.inspection.messages import InkMap, PageLook
from textlift.processes.frames import DamagedStreamError, read_frame
from textlift.recognition.checks.page_check import check_page

WIDTH, HEIGHT = 600, 900

EXAMPLES = settings(deadline=None, max_examples=150)

# Few places, so that boxes fall on each other, and none or much of a width and a height.
_X = st.sampled_from([0, 1, 100, 299, 300, 301, 599, 600])
_Y = st.sampled_from([0, 1, 50, 51, 70, 450, 899, 900])
_WORDS = st.sampled_from(
    ["", " ", "word", "a b c", "…", "中文", "-", "x" * 300, "e\u0301", "\u202e"]
)


@st.composite
def boxes(draw: st.DrawFn) -> Box:
    xs, ys = sorted([draw(_X), draw(_X)]), sorted([draw(_Y), draw(_Y)])
    return Box(xs[0], ys[0], xs[1], ys[1])


pieces = st.lists(
    st.builds(
        Placed, box=boxes(), text=_WORDS, slope=st.sampled_from([0.0, 0.1, -0.3, 1.0, -20.0])
    ),
    max_size=20,
)
lines = st.builds(Line, text=_WORDS, box=st.none() | boxes())
page_blocks = st.builds(
    lambda kind, box, found: Block(
        kind=kind, text="\n".join(line.text for line in found), box=box, lines=tuple(found)
    ),
    st.sampled_from(BlockKind),
    st.none() | boxes(),
    st.lists(lines, max_size=4),
)
readings = st.builds(
    PageReading,
    blocks=st.lists(page_blocks, max_size=6).map(tuple),
    read_by=st.just("model"),
    rotation=st.sampled_from([0, 90, 180, 270]),
)
looks = st.builds(
    PageLook,
    lines=st.lists(st.builds(Line, text=st.just(""), box=boxes()), max_size=6).map(tuple),
    ink=st.sampled_from(
        [None, InkMap(cell=600.0, columns=1, rows=1, shares=b"\0"),
         InkMap(cell=300.0, columns=2, rows=3, shares=b"\0\xff\0\x80\0\0")]
    ),
)  # fmt: skip


@EXAMPLES
@given(pieces)
def test_each_piece_is_in_the_order_once(found: list[Placed]):
    order = [index for block in order_blocks(found) for row in block.rows for index in row]
    assert sorted(order) == list(range(len(found)))


@EXAMPLES
@given(pieces)
def test_columns_share_the_pieces_out(found: list[Placed]):
    numbered = [msgspec.structs.replace(piece, number=index) for index, piece in enumerate(found)]
    split = split_columns(numbered)
    if split is not None:
        parts = (split.above, split.left, split.right, split.astride, split.below)
        shared = [piece.number for part in parts for piece in part]
        assert sorted(shared) == list(range(len(numbered)))


@EXAMPLES
@given(readings, st.none() | looks, st.none() | readings)
def test_a_page_is_checked_whatever_is_on_it(reading, look, witness):
    warnings = check_page(reading, look=look, witness=witness, width=WIDTH, height=HEIGHT)
    for warning in warnings:
        assert warning.sentence
        if warning.box is not None:
            assert 0 <= warning.box.x0 <= warning.box.x1 <= WIDTH
            assert 0 <= warning.box.y0 <= warning.box.y1 <= HEIGHT


@EXAMPLES
@given(readings)
def test_words_stand_where_they_say(reading: PageReading):
    shown = reading.lines
    for word in reading_words(reading):
        assert shown[word.line].text[word.start : word.end] == word.text


@EXAMPLES
@given(*[st.lists(st.one_of(_WORDS, st.text(max_size=6)), max_size=15)] * 2)
def test_differences_are_in_order_and_inside(first: list[str], second: list[str]):
    ends = (0, 0)
    for difference in compare_words(first, second):
        assert ends[0] <= difference.first_start <= difference.first_end <= len(first)
        assert ends[1] <= difference.second_start <= difference.second_end <= len(second)
        assert difference.first or difference.second
        ends = (difference.first_end, difference.second_end)
    assert compare_words(first, first) == ()


@EXAMPLES
@given(st.one_of(st.text(max_size=20), st.text("0123456789-–, ", max_size=30)), st.integers(0, 300))
@example("999999999-", 3)
@example("٣", 3)
def test_page_ranges_are_pages_or_an_error(text: str, count: int):
    try:
        pages = parse_page_ranges(text).within(count)
    except PageRangeError:
        return
    assert pages == sorted(set(pages))
    assert all(1 <= page <= count for page in pages)


@EXAMPLES
@given(st.lists(st.tuples(st.integers(1, 60), st.integers(0, 60)), min_size=1, max_size=6))
def test_page_ranges_come_back_as_they_were_written(found: list[tuple[int, int]]):
    text = ", ".join(f"{first}-{first + more}" for first, more in found)
    wanted = {page for first, more in found for page in range(first, first + more + 1)}
    assert parse_page_ranges(text).within(100) == sorted(page for page in wanted if page <= 100)


@EXAMPLES
@given(st.binary(max_size=300))
def test_a_child_that_sends_anything_is_damaged_or_understood(noise: bytes):
    """Also when the length is right, so that what is inside gets decoded."""
    framed = len(noise).to_bytes(4, "big") + noise
    for stream in (io.BytesIO(noise), io.BytesIO(framed)):
        try:
            while read_frame(stream) is not None:
                continue
        except DamagedStreamError:
            continue


def test_a_message_that_nests_for_ever_is_damage():
    nested = b"\x91" * 100_000 + b"\xc0"
    with pytest.raises(DamagedStreamError):
        read_frame(io.BytesIO(len(nested).to_bytes(4, "big") + nested))
