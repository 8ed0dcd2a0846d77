from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from textlift.content.block import Line
from textlift.content.geometry import Box
from textlift.ui.line_index import LineIndex, line_box

_SIZE = st.integers(0, 300)


@st.composite
def _lines(draw: st.DrawFn) -> Line:
    x, y = draw(st.integers(-50, 1000)), draw(st.integers(-50, 1000))
    return Line("x", box=Box(x, y, x + draw(_SIZE), y + draw(_SIZE)))


@given(st.lists(_lines(), max_size=40), _lines())
def test_finds_the_lines_that_looking_at_all_finds(lines: list[Line], area_line: Line):
    area = area_line.box
    assert area is not None
    index = LineIndex(lines)
    expected = [
        number
        for number, line in enumerate(lines)
        if line.box is not None
        and line.box.x0 <= area.x1
        and area.x0 <= line.box.x1
        and line.box.y0 <= area.y1
        and area.y0 <= line.box.y1
    ]
    assert index.within(area) == expected


@given(st.lists(_lines(), max_size=40), st.integers(-60, 1400), st.integers(-60, 1400))
def test_finds_the_smallest_line_at_a_point(lines: list[Line], x: int, y: int):
    holding = [line.box.area for line in lines if line.box is not None and line.box.contains(x, y)]
    found = LineIndex(lines).at(x, y)
    if not holding:
        assert found is None
    else:
        assert found is not None
        box = lines[found].box
        assert box is not None
        assert box.contains(x, y)
        assert box.area == min(holding)


@pytest.mark.parametrize("clockwise", [True, False])
def test_a_slanted_line_is_found_only_between_its_corners(clockwise: bool):
    corners = ((0.0, 0.0), (100.0, 50.0), (100.0, 70.0), (0.0, 20.0))
    quad = corners if clockwise else corners[::-1]
    index = LineIndex([Line("slanted", quad=quad)])
    assert index.at(50, 35) == 0
    assert index.at(90, 5) is None


def test_lines_without_a_place_are_never_found():
    index = LineIndex([Line("nowhere"), Line("here", box=Box(0, 0, 10, 10))])
    assert index.boxes[0] is None
    assert index.within(Box(-100, -100, 100, 100)) == [1]


def test_no_lines():
    index = LineIndex(())
    assert index.at(3, 3) is None
    assert index.within(Box(0, 0, 9, 9)) == []


def test_the_corners_tell_more_than_the_box():
    line = Line("x", box=Box(0, 0, 1, 1), quad=((2, 2), (8, 3), (8, 9), (2, 8)))
    assert line_box(line) == Box(2, 2, 8, 9)
