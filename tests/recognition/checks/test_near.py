"""The index of boxes by bands of the page gives all that touch a box."""

from __future__ import annotations

import random

from textlift.content.geometry import Box
from textlift.recognition.checks.near import BandIndex
from textlift.recognition.checks.places import meet


def some_box(rng):
    x, y = rng.uniform(-50, 900), rng.uniform(-50, 1300)
    return Box(x, y, x + rng.uniform(0, 300), y + rng.choice([0, 10, 20, 900]))


def test_nothing_that_touches_is_left_out():
    rng = random.Random(3)
    boxes = [some_box(rng) for _ in range(300)]
    index = BandIndex(boxes)
    for _ in range(300):
        box = some_box(rng)
        near = index.near(box)
        assert near == sorted(set(near))
        assert {i for i, other in enumerate(boxes) if meet(box, other)} <= set(near)


def test_most_of_what_is_far_is_left_out():
    boxes = [Box(0, 30 * row, 500, 30 * row + 20) for row in range(200)]
    assert len(BandIndex(boxes).near(boxes[100])) < 10


def test_there_may_be_no_boxes():
    assert BandIndex([]).near(Box(0, 0, 10, 10)) == []
