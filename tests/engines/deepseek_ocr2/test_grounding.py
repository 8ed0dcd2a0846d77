"""Places in an answer of DeepSeek-OCR become boxes on the page."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from textlift.content.geometry import Box
from textlift.engines.deepseek_ocr2.grounding import (
    GroundingView,
    blocks_of_grounding,
    has_grounding,
)

_ANSWER = """<|ref|>title<|/ref|><|det|>[[330, 198, 558, 230]]<|/det|>
# R&D QUALITY

<|ref|>text<|/ref|><|det|>[[108, 234, 457, 261], [520, 100, 900, 130]]<|/det|>
A paragraph over two columns.

<|ref|>sub_title<|/ref|><|det|>[[108, 289, 343, 308]]<|/det|>
## Part

<|ref|>image<|/ref|><|det|>[[0, 0, 999, 999]]<|/det|>

<|ref|>image_caption<|/ref|><|det|>[[1, 2, 3, 4]]<|/det|>
Figure 1.

<|ref|>table<|/ref|><|det|>[[5, 6, 7, 8]]<|/det|>
<table><tr><td>1</td></tr></table>

<|ref|>equation<|/ref|><|det|>[[5, 6, 7, 8]]<|/det|>
\\[ x^2 \\]

<|ref|>page_number<|/ref|><|det|>[[5, 6, 7, 8]]<|/det|>
12
"""


def test_parts_have_their_kinds_and_places() -> None:
    blocks = blocks_of_grounding(_ANSWER, width=999, height=1998)

    assert [(block.kind.value, block.text, block.level) for block in blocks] == [
        ("heading", "R&D QUALITY", 1),
        ("text", "A paragraph over two columns.", 0),
        ("heading", "Part", 2),
        ("picture", "", 0),
        ("caption", "Figure 1.", 0),
        ("table", "<table><tr><td>1</td></tr></table>", 0),
        ("formula", "x^2", 0),
        ("page-footer", "12", 0),
    ]
    assert blocks[0].box == Box(330, 396, 558, 460)
    assert blocks[1].box == Box(108, 200, 900, 522)
    assert blocks[3].box == Box(0, 0, 999, 1998)


def test_text_before_the_first_place_is_kept() -> None:
    blocks = blocks_of_grounding(f"Hello.\n\n{_ANSWER}", width=10, height=10)

    assert (blocks[0].text, blocks[0].box) == ("Hello.", None)


@pytest.mark.parametrize(
    "rest",
    [
        *("<|ref|>", "<|ref|>tex", "<|ref|>text<|/ref|>", "<|ref|>text<|/ref|><|det|>[[1, 2"),
        *("<|ref|>text<|/ref|><|det|>[[1, 2, 3, 4]]", ""),
    ],
)
def test_a_place_broken_off_does_not_become_text(rest: str) -> None:
    start = "<|ref|>text<|/ref|><|det|>[[1, 2, 3, 4]]<|/det|>\nwords\n\n"

    (block,) = blocks_of_grounding(start + rest, width=10, height=10)

    assert block.text == "words"


@pytest.mark.parametrize("places", ["", "[[1, 2, 3]]", "[[a, b, c, d]]", "nonsense"])
def test_text_without_a_usable_place_is_kept(places: str) -> None:
    (block,) = blocks_of_grounding(
        f"<|ref|>text<|/ref|><|det|>{places}<|/det|>\nwords", width=10, height=10
    )

    assert (block.text, block.box) == ("words", None)


def test_a_place_beyond_the_page_ends_at_its_edge() -> None:
    (block,) = blocks_of_grounding(
        "<|ref|>text<|/ref|><|det|>[[1500, 40, 10, 20]]<|/det|>\nwords", width=999, height=999
    )

    assert block.box == Box(10, 20, 999, 40)


def test_prose_has_no_places() -> None:
    assert has_grounding(_ANSWER)
    assert not has_grounding("Just words.")


@given(st.lists(st.integers(1, 60), max_size=40))
def test_whoever_watches_sees_the_text_without_marks(cuts: list[int]) -> None:
    view = GroundingView(width=999, height=1998)
    shown, boxes, start = "", [], 0
    for length in [*cuts, len(_ANSWER)]:
        piece = view.add(_ANSWER[start : start + length])
        shown += piece.text
        boxes += [line.box for line in piece.lines]
        start += length

    assert "<|" not in shown
    assert shown.split() == [
        word
        for line in _ANSWER.splitlines()
        if not line.startswith("<|ref|>")
        for word in line.split()
    ]
    assert boxes[0] == Box(330, 396, 558, 460)
    assert len(boxes) == 8


def test_a_mark_that_is_never_closed_takes_no_paragraph_with_it():
    answer = (
        "<|ref|>text\nA paragraph.\n\n<|ref|>title<|/ref|><|det|>[[1, 2, 3, 4]]<|/det|>\n# Title"
    )
    blocks = blocks_of_grounding(answer, width=999, height=999)
    assert "A paragraph." in blocks[0].text
    assert blocks[-1].text == "Title"
