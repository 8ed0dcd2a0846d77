"""Plain answers become paragraphs."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from textlift.content.block import Block, BlockKind
from textlift.engines.vision_language.text_blocks import blocks_of_text


def test_plain_answers_are_paragraphs_in_nfc() -> None:
    assert blocks_of_text("one\ntwo\r\n \r\n\ncafe\u0301\n") == (
        Block(BlockKind.TEXT, "one\ntwo"),
        Block(BlockKind.TEXT, "caf\u00e9"),
    )
    assert blocks_of_text(" \n\n ") == ()


@given(st.text())
def test_plain_answers_lose_nothing_but_space(text: str) -> None:
    kept = "".join("".join(block.text.split()) for block in blocks_of_text(text))
    whole = blocks_of_text("x" + "".join(text.split()))
    assert "x" + kept == "".join(block.text for block in whole)
