"""Tesseract's TSV output as blocks and lines."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterator
from itertools import groupby

import msgspec

from textlift.content.block import Block, BlockKind, Line
from textlift.content.geometry import Box, Quad, quad_box, union_box
from textlift.content.scripts import script_of

_WORD_LEVEL = "5"
_COLUMNS = 12
# Printed without spaces between words; Tesseract's "words" are parts of a run of these.
_UNSPACED = frozenset({"Hani", "Kana", "Thai", "Laoo", "Khmr", "Mymr", "Tibt"})
_CJK_PUNCTUATION = range(0x3000, 0x3040)
_FULL_WIDTH = range(0xFF00, 0xFFF0)


class Word(msgspec.Struct, frozen=True):
    """A word as Tesseract found it.

    Attributes:
        paragraph: Which one it is in; equal for words of the same.
        line: Which line of the paragraph.
        box: In pixels of the image that was read.
        confidence: 0 to 1.
        text: Unicode NFC.
    """

    paragraph: tuple[int, int]
    line: int
    box: Box
    confidence: float
    text: str


def parse_tsv(output: str) -> list[Word]:
    """The words of Tesseract's TSV output in its order.

    Raises:
        ValueError: It is not that.
    """
    header, *rows = output.splitlines() or [""]
    if header and not header.startswith("level\t"):
        raise ValueError(f"not Tesseract's TSV: {header[:80]!r}")
    return [word for row in rows if (word := _word(row)) is not None]


def _word(row: str) -> Word | None:
    fields = row.split("\t", _COLUMNS - 1)
    if len(fields) < _COLUMNS or fields[0] != _WORD_LEVEL:
        return None
    text = unicodedata.normalize("NFC", fields[11]).strip()
    if not text:
        return None
    block, paragraph, line = (int(field) for field in fields[2:5])
    left, top, width, height = (float(field) for field in fields[6:10])
    return Word(
        paragraph=(block, paragraph),
        line=line,
        box=Box(left, top, left + width, top + height),
        confidence=min(1.0, max(0.0, float(fields[10]) / 100)),
        text=text,
    )


def mean_confidence(words: list[Word]) -> float:
    """The words' confidence, each weighted by its length; 0 when there are none."""
    letters = sum(len(word.text) for word in words)
    if not letters:
        return 0.0
    return sum(word.confidence * len(word.text) for word in words) / letters


def make_blocks(words: list[Word], *, page_quad: Callable[[Box], Quad]) -> Iterator[Block]:
    """A block for each paragraph.

    Args:
        words: In reading order.
        page_quad: The corners on the page of a box in the image that was read.
    """
    for _, paragraph in groupby(words, key=lambda word: word.paragraph):
        lines = tuple(
            _line(list(line), page_quad)
            for _, line in groupby(paragraph, key=lambda word: word.line)
        )
        yield Block(
            kind=BlockKind.TEXT,
            text="\n".join(line.text for line in lines),
            box=union_box([line.box for line in lines if line.box is not None]),
            lines=lines,
        )


def _line(words: list[Word], page_quad: Callable[[Box], Quad]) -> Line:
    quad = page_quad(union_box([word.box for word in words]))
    straight = len({x for x, _ in quad}) == 2 and len({y for _, y in quad}) == 2
    return Line(
        text=join_words([word.text for word in words]),
        box=quad_box(quad),
        score=round(mean_confidence(words), 4),
        quad=None if straight else quad,
    )


def join_words(words: list[str]) -> str:
    """Words with spaces between them, except where the script has none."""
    text = ""
    for word in words:
        spaced = text and not (_is_unspaced(text[-1]) and _is_unspaced(word[0]))
        text += f" {word}" if spaced else word
    return text


def _is_unspaced(char: str) -> bool:
    code = ord(char)
    return script_of(char) in _UNSPACED or code in _CJK_PUNCTUATION or code in _FULL_WIDTH
