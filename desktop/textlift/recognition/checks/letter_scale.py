"""How many letters a printed line of a page holds, measured on the page itself."""

from __future__ import annotations

import statistics
import unicodedata
from collections.abc import Sequence

import msgspec

from textlift.recognition.checks.near import BandIndex
from textlift.recognition.checks.places import Piece, Seen, covered_share, meet

LETTERS_PER_HEIGHT = 2.1
"""Letters on a length of once the height of a line as the detector sees it; one of Chinese
counts as two. The middle of many pages; from 1.6 (typewriters) to 2.6."""

_ENOUGH = 5
"""Pieces from which the page speaks for itself."""
_MEASURABLE = 8
"""Letters of a piece whose length says something."""


def letters(text: str) -> int:
    """The length of a text in letters of ordinary width, white space left out."""
    if text.isascii():
        return sum(not char.isspace() for char in text)
    return sum(
        2 if unicodedata.east_asian_width(char) in "WF" else 1
        for char in text
        if not char.isspace() and not unicodedata.combining(char)
    )


class Held(msgspec.Struct, frozen=True):
    """A piece of text against the lines that were seen in its place.

    Attributes:
        piece: The text.
        letters: That it has.
        lengths: Of the lines there, in heights of a line.
        lines: How many there are.
    """

    piece: Piece
    letters: int
    lengths: float
    lines: int


def held(pieces: Sequence[Piece], seen: Sequence[Seen]) -> tuple[Held, ...]:
    """What stands in the place of each piece."""
    result = []
    index = BandIndex([line.box for line in seen])
    for piece in pieces:
        lengths, count = 0.0, 0
        for line in (seen[number] for number in index.near(piece.box)):
            if not meet(line.box, piece.box):
                continue
            share = covered_share(line, [piece], margin=0.0)
            if share > 0:
                lengths += share * line.length / line.height
                count += share >= 0.5
        result.append(Held(piece, letters(piece.text), lengths, count))
    return tuple(result)


def letters_per_height(measured: Sequence[Held]) -> float:
    """Letters on a length of once a line's height, on this page."""
    ratios = [
        one.letters / one.lengths
        for one in measured
        if one.letters >= _MEASURABLE and one.lengths > 2
    ]
    if len(ratios) < _ENOUGH:
        return LETTERS_PER_HEIGHT
    return statistics.median(ratios)
