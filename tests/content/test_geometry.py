"""Boxes: union, intersection, scaling, points."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from textlift.content.geometry import Box, quad_box, union_box

coordinate = st.floats(0, 5000)
boxes = st.builds(
    lambda x, y, w, h: Box(x, y, x + w, y + h), coordinate, coordinate, coordinate, coordinate
)


@given(boxes, boxes)
def test_the_intersection_is_symmetric_and_within_both(a, b):
    assert a.intersection_area(b) == b.intersection_area(a)
    assert a.intersection_area(b) <= min(a.area, b.area) + 1e-6


@given(st.lists(boxes, min_size=1))
def test_the_union_contains_every_corner(many):
    around = union_box(many)
    assert all(around.contains(box.x0, box.y0) and around.contains(box.x1, box.y1) for box in many)


def test_the_union_of_nothing_is_refused():
    with pytest.raises(ValueError, match="no boxes"):
        union_box([])


def test_boxes_that_touch_share_no_area():
    assert Box(0, 0, 10, 10).intersection_area(Box(10, 0, 20, 10)) == 0


def test_scaling_and_centre():
    assert Box(1, 2, 3, 4).scaled(10, 100) == Box(10, 200, 30, 400)
    assert Box(0, 0, 10, 20).center == (5, 10)


def test_a_quad_of_a_slanted_line_has_the_box_around_it():
    assert quad_box(((10, 5), (110, 25), (108, 45), (8, 25))) == Box(8, 5, 110, 45)
