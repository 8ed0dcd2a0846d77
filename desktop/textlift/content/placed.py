"""Pieces of text on a page that was made upright and straight: what reading order works on."""

from __future__ import annotations

import statistics
import unicodedata
from collections.abc import Iterable, Sequence

import msgspec

from textlift.content.geometry import Box

_LEVEL = 0.002


class Placed(msgspec.Struct, frozen=True):
    """A piece of text and its place.

    Attributes:
        box: Around its letters as if it ran level, in pixels of the straight page.
        text: What it says.
        slope: How far it really falls for each pixel to the right: the two pages of an open
            book seldom lie straight together.
        number: Its index among all pieces of the page.
    """

    box: Box
    text: str
    slope: float = 0.0
    number: int = 0

    @property
    def letters(self) -> float:
        """Its length in letters of ordinary width; a Chinese character counts as two."""
        return float(
            sum(2 if unicodedata.east_asian_width(char) in "WF" else 1 for char in self.text)
        )


def levelled(pieces: Sequence[Placed]) -> list[Placed]:
    """The pieces turned so that most of them run level, where most of them do not."""
    slopes = sorted((piece.slope, piece.box.width) for piece in pieces)
    half = sum(width for _, width in slopes) / 2
    middle = 0.0
    for slope, width in slopes:
        middle = slope
        half -= width
        if half <= 0:
            break
    if abs(middle) < _LEVEL:
        return list(pieces)
    return [_turned(piece, middle) for piece in pieces]


def _turned(piece: Placed, slope: float) -> Placed:
    x, y = piece.box.center
    dx, dy = slope * y, -slope * x
    return Placed(
        box=Box(piece.box.x0 + dx, piece.box.y0 + dy, piece.box.x1 + dx, piece.box.y1 + dy),
        text=piece.text,
        slope=piece.slope - slope,
        number=piece.number,
    )


def line_height(pieces: Iterable[Placed]) -> float:
    """The median height of the pieces in pixels; 1 when there are none."""
    heights = [piece.box.height for piece in pieces]
    return max(1.0, statistics.median(heights)) if heights else 1.0


def overlap(a0: float, a1: float, b0: float, b1: float) -> float:
    """Length two intervals share; negative: the gap between them."""
    return min(a1, b1) - max(a0, b0)


def extent(pieces: Sequence[Placed]) -> tuple[float, float]:
    """Left and right edge of all pieces."""
    return min(piece.box.x0 for piece in pieces), max(piece.box.x1 for piece in pieces)
