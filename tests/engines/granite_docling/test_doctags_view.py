"""Whoever watches sees the words of DocTags and where they stand, not the marks."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from textlift.content.geometry import Box
from textlift.engines.granite_docling.doctags_view import DocTagsView

_ANSWER = (
    "<doctag><title><loc_10><loc_20><loc_30><loc_40>A < B</title>"
    "<otsl><loc_0><loc_0><loc_500><loc_250><fcel>1<fcel>2<nl></otsl>"
    "<code><loc_5><loc_6><loc_7><loc_8><_C_>a <b> c</code></doctag>"
)


def _watch(parts: list[str]) -> tuple[str, list[Box | None]]:
    view = DocTagsView(width=1000, height=500)
    pieces = [view.add(part) for part in parts]
    boxes = [line.box for piece in pieces for line in piece.lines]
    return "".join(piece.text for piece in pieces), boxes


def test_words_and_outlines() -> None:
    text, boxes = _watch([_ANSWER])

    assert text == "A < B\n\t1\t2\n\na <b> c\n\n"
    assert boxes == [Box(20, 20, 60, 40), Box(0, 0, 1000, 250), Box(10, 6, 14, 8)]


@given(st.lists(st.integers(1, 30), max_size=60))
def test_it_does_not_matter_where_the_answer_is_cut(lengths: list[int]) -> None:
    parts, rest = [], _ANSWER
    for length in lengths:
        parts.append(rest[:length])
        rest = rest[length:]

    assert _watch([*parts, rest]) == _watch([_ANSWER])


def test_a_sign_that_begins_no_mark_is_not_held_back_for_ever() -> None:
    text, _ = _watch(["1 < 2 and so on for a good while longer"])

    assert text == "1 < 2 and so on for a good while longer"
