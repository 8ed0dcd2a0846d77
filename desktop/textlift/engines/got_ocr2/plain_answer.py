"""Plain answers of GOT-OCR2 as paragraphs."""

from __future__ import annotations

import re
import unicodedata

from textlift.content.block import Block, BlockKind

_BETWEEN_PARAGRAPHS = re.compile(r"\n[ \t]*\n")


def blocks_of_text(answer: str) -> tuple[Block, ...]:
    """The paragraphs of a text; where it has no blank lines, one."""
    text = unicodedata.normalize("NFC", answer.replace("\r\n", "\n"))
    paragraphs = (part.strip() for part in _BETWEEN_PARAGRAPHS.split(text))
    return tuple(Block(kind=BlockKind.TEXT, text=part) for part in paragraphs if part)
