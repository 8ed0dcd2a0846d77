"""The words of a reading, each with its place in the text and on the page."""

from __future__ import annotations

import math
import unicodedata
from collections.abc import Iterator

import msgspec

from textlift.content.block import Line
from textlift.content.geometry import Box
from textlift.content.reading import PageReading, block_lines
from textlift.content.word_keys import word_spans


class PlacedWord(msgspec.Struct, frozen=True):
    """A word of a reading.

    Attributes:
        text: As printed, with its punctuation.
        block: Index into ``PageReading.blocks``.
        line: Index into ``PageReading.lines``.
        start: Where it begins in the text of its line.
        end: Where it ends there.
        box: In pixels of the page, reckoned from its line's; None where that has none.
    """

    text: str
    block: int
    line: int
    start: int
    end: int
    box: Box | None = None


def reading_words(reading: PageReading) -> tuple[PlacedWord, ...]:
    """All words of a reading, in reading order."""
    result: list[PlacedWord] = []
    number = 0
    for index, block in enumerate(reading.blocks):
        for line in block_lines(block):
            result.extend(_line_words(line, block=index, number=number))
            number += 1
    return tuple(result)


def _line_words(line: Line, *, block: int, number: int) -> Iterator[PlacedWord]:
    text = line.text
    for start, end in word_spans(text):
        box = span_box(line, start, end)
        yield PlacedWord(text[start:end], block=block, line=number, start=start, end=end, box=box)


def span_box(line: Line, start: int, end: int) -> Box | None:
    """About where a part of a line's text is on the page; None where the line has no place.

    Letters are taken to be of one width, Chinese ones of two. A line that is higher than long
    runs downward where its corners do not tell.
    """
    box = line.box
    if box is None:
        return None
    text = line.text
    whole = max(1, _width(text))
    first, last = _width(text[:start]) / whole, _width(text[:end]) / whole
    quad = line.quad
    turned = quad is not None and math.dist(quad[0], quad[1]) > math.dist(quad[1], quad[2])
    if box.height > box.width and len(text) > 2 and not turned:
        return Box(box.x0, box.y0 + first * box.height, box.x1, box.y0 + last * box.height)
    if _right_to_left(text):
        first, last = 1 - last, 1 - first
    if quad is None:
        return Box(box.x0 + first * box.width, box.y0, box.x0 + last * box.width, box.y1)
    (ax, ay), (bx, by), (cx, cy), (dx, dy) = quad
    corners = [(ax + share * (bx - ax), ay + share * (by - ay)) for share in (first, last)] + [
        (dx + share * (cx - dx), dy + share * (cy - dy)) for share in (first, last)
    ]
    xs, ys = [x for x, _ in corners], [y for _, y in corners]
    return Box(min(xs), min(ys), max(xs), max(ys))


def _width(text: str) -> int:
    if text.isascii():
        return len(text)
    return sum(
        2 if unicodedata.east_asian_width(char) in "WF" else 1
        for char in text
        if not unicodedata.combining(char)
    )


def _right_to_left(text: str) -> bool:
    if text.isascii():
        return False
    directions = (unicodedata.bidirectional(char) for char in text)
    first = next((one for one in directions if one in {"L", "R", "AL"}), "L")
    return first != "L"
