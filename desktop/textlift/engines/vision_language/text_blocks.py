"""Plain answers as blocks."""

from __future__ import annotations

import re
import unicodedata

from textlift.content.block import Block, BlockKind

_BLANK_LINE = re.compile(r"\n[ \t]*\n")


def blocks_of_text(answer: str) -> tuple[Block, ...]:
    """A paragraph for each stretch between blank lines."""
    text = unicodedata.normalize("NFC", answer.replace("\r\n", "\n"))
    parts = (part.strip() for part in _BLANK_LINE.split(text))
    return tuple(Block(BlockKind.TEXT, part) for part in parts if part)
