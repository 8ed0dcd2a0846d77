"""A page is never done while there is something to say."""

from __future__ import annotations

import msgspec
import pytest

from textlift.content.attempt import Attempt, FailureKind
from textlift.content.block import Block, BlockKind, Line
from textlift.content.geometry import Box
from textlift.content.page import EditedLine, PageEdit, PageRecord, PageState, finished_state
from textlift.content.reading import PageReading, PageWarning, WarningKind

GOOD = Attempt(engine="a", device="cpu", started_at=0, seconds=1)
BAD = Attempt(engine="a", device="cpu", started_at=0, seconds=1, failure=FailureKind.CRASHED)
READING = PageReading(
    blocks=(Block(BlockKind.TEXT, "x", Box(0, 0, 1, 1), lines=(Line("x", Box(0, 0, 1, 1), 0.5),)),),
    read_by="a",
)
WARNED = msgspec.structs.replace(
    READING, warnings=(PageWarning(WarningKind.UNCERTAIN, "Look here."),)
)


@pytest.mark.parametrize(
    ("reading", "attempts", "state"),
    [
        (READING, (GOOD,), PageState.DONE),
        (READING, (BAD, GOOD), PageState.WARNED),
        (WARNED, (GOOD,), PageState.WARNED),
        (None, (BAD,), PageState.FAILED),
        (None, (), PageState.FAILED),
    ],
)
def test_the_state_follows_from_what_happened(reading, attempts, state):
    assert finished_state(reading, attempts) is state


@pytest.mark.parametrize("codec", [msgspec.msgpack, msgspec.json])
def test_a_record_survives_storage(codec):
    page = PageRecord(
        number=3,
        state=PageState.WARNED,
        width=10,
        height=20,
        rotation=90,
        reading=WARNED,
        edit=PageEdit(lines=(EditedLine("y", 0), EditedLine(""))),
        attempts=(BAD, GOOD),
    )
    assert codec.decode(codec.encode(page), type=PageRecord) == page
