from __future__ import annotations

import pytest

from textlift.content.geometry import Box
from textlift.content.reading import PageWarning, WarningKind
from textlift.content.warning_order import in_page_order


def warning(sentence: str, box: Box | None) -> PageWarning:
    return PageWarning(WarningKind.MISSED, sentence, box)


@pytest.mark.parametrize(
    ("rotation", "order"), [(0, "0abc"), (90, "0cab"), (180, "0cba"), (270, "0bac")]
)
def test_warnings_go_down_the_page_as_it_is_read(rotation: int, order: str):
    warnings = [
        warning("c", Box(0, 80, 20, 90)),
        warning("0", None),
        warning("b", Box(70, 10, 90, 20)),
        warning("a", Box(30, 10, 40, 20)),
    ]
    found = in_page_order(warnings, rotation=rotation)
    assert "".join(one.sentence for one in found) == order


def test_warnings_at_one_place_keep_their_order():
    box = Box(0, 0, 1, 1)
    found = in_page_order([warning("b", box), warning("a", box)], rotation=0)
    assert [one.sentence for one in found] == ["b", "a"]
