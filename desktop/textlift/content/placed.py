"""Pieces of text on a page that was made upright and straight: what reading order works on."""

from __future__ import annotations

import statistics
import unicodedata
from collections.abc import Iterable, Sequence

import msgspec

from textlift.content.geometry import Box


class Placed(msgspec.Struct, frozen=True):
    """A piece of text and its place.

    Attributes:
        box: In pixels of the straight page.
        text: What it says.
    """

    box: Box
    text: str

    @property
    def letters(self) -> float:
        """Its length in letters of ordinary width; a Chinese character counts as two."""
        return float(
            sum(2 if unicodedata.east_asian_width(char) in "WF" else 1 for char in self.text)
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
