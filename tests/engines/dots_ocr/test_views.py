"""What is shown of an answer while it is written, however it is cut into pieces."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from textlift.content.block import Block, BlockKind, Line
from textlift.content.geometry import Box
from textlift.engines.dots_ocr.answers import parsed
from textlift.engines.dots_ocr.family import DotsOcr
from textlift.engines.dots_ocr.layout_blocks import PageScale
from textlift.engines.dots_ocr.layout_view import LayoutView
from textlift.engines.dots_ocr.scene_text import SceneView
from textlift.engines.vision_language.family import AnswerView, PlainView, Request

SCALE = PageScale((1000, 500), (2000, 1500))


def element(text: str, category: str = "Text", box: tuple = (10, 20, 110, 70)) -> dict:
    return {"bbox": list(box), "category": category, "text": text}


def shown(view: AnswerView, text: str, *, step: int = 1) -> tuple[str, list[Line]]:
    words, lines = [], []
    for start in range(0, len(text), step):
        piece = view.add(text[start : start + step])
        words.append(piece.text)
        lines.extend(piece.lines)
    return "".join(words), lines


def test_an_outline_comes_with_the_box_and_words_as_they_are_written() -> None:
    view = LayoutView(SCALE)
    assert view.add('[{"bbox": [10, 20, 110').lines == ()
    assert view.add("0, 70], ").lines == (Line("", box=Box(20, 60, 2000, 210)),)
    assert view.add('"category": "Text", "te').text == ""
    assert view.add('xt": "Fir').text == "Fir"
    assert view.add("st \\").text == "st "
    assert view.add('"line\\u00').text == '"line'
    assert view.add("fc").text == "ü"
    assert view.add('"}, {"bbox": [1, 2, 3, 4], ').text == ""
    assert (
        view.add('"category": "Picture"}, {"bbox": [1, 2, 3, 4], "category": "Text", ').text == ""
    )
    assert view.add('"text": "Second').text == "\n\nSecond"


@given(
    st.lists(st.text(alphabet='ab"\\/\n\té漢😀<>&,:{}[]', max_size=12), max_size=4),
    st.integers(1, 30),
    st.booleans(),
)
def test_pieces_of_any_length_show_the_same(texts: list[str], step: int, escaped: bool) -> None:
    answer = json.dumps([element(text) for text in texts], ensure_ascii=escaped)
    words, lines = shown(LayoutView(SCALE), answer, step=step)
    assert words == "\n\n".join(text for text in texts if text)
    assert lines == [Line("", box=Box(20, 60, 220, 210))] * len(texts)


def test_a_table_is_shown_as_cells() -> None:
    html = "<table><tr><th>a</th><th>b &amp; c</th></tr>\n<tr><td>1 < 2</td><td></td></tr></table>"
    answer = json.dumps([element(html, "Table"), element("<b>", "Text")])
    for step in (1, 2, 5, 7, 1000):
        words, _ = shown(LayoutView(SCALE), answer, step=step)
        assert words == "a\tb & c\n\n1 < 2\t\n\n\n<b>"


@given(st.text(alphabet='[]{}",:\\utexbox019 ', max_size=120), st.integers(1, 9))
def test_no_text_upsets_the_view(text: str, step: int) -> None:
    words, lines = shown(LayoutView(SCALE), text, step=step)
    words.encode("utf-8")
    assert all(line.box is not None for line in lines)


SCENE = (
    "(10, 20), (110, 20), (110, 70), (10, 70) STOP (all) ways\n(0,0),(100,50),(90,80),(-10,30) Café"
)


def test_scene_text_is_lines_with_their_corners() -> None:
    answer = parsed(SCENE, mode="scene", scale=SCALE)
    upright, slanted = answer.blocks
    box = Box(20, 60, 220, 210)
    assert upright == Block(
        BlockKind.TEXT, "STOP (all) ways", box=box, lines=(Line("STOP (all) ways", box=box),)
    )
    assert slanted.lines[0].quad == ((0, 0), (200, 150), (180, 240), (0, 90))
    assert slanted.box == Box(0, 0, 200, 240)
    assert (answer.repairs, answer.unparsed) == ((), "")


def test_scene_text_without_places() -> None:
    answer = parsed("Nothing but words", mode="scene", scale=SCALE)
    assert [block.text for block in answer.blocks] == ["Nothing but words"]
    assert answer.unparsed == "The answer has no places of text, as was asked for."
    answer = parsed("Here: " + SCENE, mode="scene", scale=SCALE)
    assert [block.text for block in answer.blocks] == ["Here:", "STOP (all) ways", "Café"]
    assert answer.repairs == ("Words at the beginning of the answer came without a place.",)
    assert parsed(" ", mode="scene", scale=SCALE).blocks == ()


@pytest.mark.parametrize("step", [1, 2, 3, 10, 200])
def test_scene_text_is_shown_without_its_numbers(step: int) -> None:
    words, lines = shown(SceneView(SCALE), SCENE + " (1) x", step=step)
    assert words == "STOP (all) ways\nCafé (1) x"
    assert [line.box for line in lines] == [Box(20, 60, 220, 210), Box(0, 0, 200, 240)]


@given(st.text(alphabet="(), 0123456789-.a\n", max_size=200), st.integers(1, 9))
def test_no_scene_text_upsets_the_readers(text: str, step: int) -> None:
    shown(SceneView(SCALE), text, step=step)
    for block in parsed(text, mode="scene", scale=SCALE).blocks:
        for line in block.lines:
            assert line.box is None or 0 <= line.box.x0 < line.box.x1 <= 2000


@pytest.mark.parametrize(
    ("mode", "kind"),
    [("layout", LayoutView), ("layout-only", LayoutView), ("web", LayoutView),
     ("scene", SceneView), ("text", PlainView), ("box", PlainView)],
)  # fmt: skip
def test_each_mode_has_its_view(family: DotsOcr, mode: str, kind: type) -> None:
    image = Image.new("RGB", (56, 56), "white")
    request = Request(mode, 10**6)
    assert type(family.view(image, request, family.prepare(image, request))) is kind
