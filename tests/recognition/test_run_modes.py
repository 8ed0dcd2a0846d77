"""In which mode each engine reads, and what part of the page."""

from __future__ import annotations

import pytest

from doubles import engine_script as do
from textlift.content.block import Block, BlockKind
from textlift.content.geometry import Box
from textlift.content.reading import PageReading
from textlift.documents.messages import TextLayer
from textlift.engines.contract import EngineCard, ReadingMode
from textlift.recognition.reading_options import reading_mode

LAYOUT = ReadingMode(name="layout", title="Layout", returns="blocks")
TEXT = ReadingMode(name="text", title="Text", returns="text")
PART = ReadingMode(name="part", title="Part", returns="text", needs_box=True)
BOX = Box(10, 20, 200, 80)


def asked(desk, engine: str) -> list[tuple[str, Box | None]]:
    return [(told.mode, told.box) for told in desk.script.told(engine)]


def test_each_engine_reads_in_its_own_mode(desk):
    desk.script.engine("alpha", default=do.CUT_OFF, modes=(LAYOUT, TEXT, PART))
    desk.script.engine("beta", default=do.CUT_OFF, modes=(LAYOUT, TEXT))
    desk.script.engine("gamma")
    desk.run(1, "alpha", "beta", "gamma", modes=(("alpha", "text"), ("beta", "nosuch")))
    assert asked(desk, "alpha") == [("text", None)]
    assert asked(desk, "beta") == [("layout", None)]
    assert asked(desk, "gamma") == [("", None)]


def test_the_mode_stays_when_a_page_is_tried_again(desk):
    desk.script.engine("alpha", default=do.RUN_AWAY, modes=(LAYOUT, TEXT))
    desk.run(1, "alpha", modes=(("alpha", "text"),))
    assert [told.variation for told in desk.script.told("alpha")] == [0, 1]
    assert asked(desk, "alpha") == [("text", None)] * 2


def test_a_part_of_a_page_is_read_by_every_engine(desk):
    desk.script.engine("alpha", default=do.CUT_OFF, modes=(LAYOUT, PART))
    desk.script.engine("beta", default=do.CUT_OFF, modes=(LAYOUT, TEXT))
    desk.script.engine("gamma")
    desk.run(1, "alpha", "beta", "gamma", modes=(("beta", "text"),), box=BOX)
    assert asked(desk, "alpha") == [("part", BOX)]
    # The part is cut out for those that have no mode for parts.
    assert asked(desk, "beta") == [("text", None)]
    assert asked(desk, "gamma") == [("", None)]
    assert desk.failures(1) == [("alpha", "cut-off"), ("beta", "cut-off"), ("gamma", None)]
    record = desk.record(1)
    assert record.reading.box == BOX
    assert [attempt.pixels for attempt in record.attempts][1:] == [246 * 116] * 2


def test_a_part_of_a_page_is_not_taken_from_the_text_layer(desk):
    whole = PageReading(blocks=(Block(kind=BlockKind.TEXT, text="All of it"),), read_by="x")
    desk.reader.layers[1] = TextLayer(reading=whole, sentence="")
    desk.script.engine("alpha", modes=(PART,))
    desk.run(1, "alpha", use_text_layer=True, box=BOX)
    assert desk.record(1).reading.read_by == "alpha"


@pytest.mark.parametrize(
    ("wanted", "boxed", "mode"),
    [
        ("", False, LAYOUT),
        ("text", False, TEXT),
        ("part", False, LAYOUT),
        ("nosuch", False, LAYOUT),
        ("text", True, TEXT),
        ("nosuch", True, PART),
        ("", True, PART),
    ],
)
def test_the_mode_that_will_do(wanted, boxed, mode):
    card = EngineCard(name="a", title="A", summary="", modes=(LAYOUT, TEXT, PART))
    assert reading_mode(card, wanted, boxed=boxed) is mode


def test_an_engine_with_one_way_to_read_has_no_mode():
    card = EngineCard(name="a", title="A", summary="")
    assert reading_mode(card, "layout", boxed=False) is None
