"""Which way up a page is, decided once for all its lines, and how far its lines run askew."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence

import msgspec

from textlift.content.geometry import Point, Quad

VOTERS = 10
_ASKEW_LIMIT = 40.0


class Vote(msgspec.Struct, frozen=True):
    """Two ways to read one line.

    Attributes:
        first: Score of the reading as it is, times its characters.
        second: Likewise, upside down.
    """

    first: float
    second: float


def length_and_height(quad: Quad) -> tuple[float, float]:
    """Of the text in a quad, in pixels, along and across the reading direction."""
    return (
        (math.dist(quad[0], quad[1]) + math.dist(quad[3], quad[2])) / 2,
        (math.dist(quad[0], quad[3]) + math.dist(quad[1], quad[2])) / 2,
    )


def lies_on_its_side(quads: Iterable[Quad]) -> bool:
    """Whether most of the text runs from top to bottom or from bottom to top."""
    across, along = 0.0, 0.0
    for quad in quads:
        length, height = length_and_height(quad)
        if height > 2 * length:
            across += height
        elif length > 2 * height:
            along += length
    return across > along


def voters(quads: Iterable[Quad]) -> list[Quad]:
    """The longest lines of a page, those whose upside down reading tells most."""

    def aspect_counts(quad: Quad) -> float:
        length, height = length_and_height(quad)
        return length if length > 2 * height else length / 4

    return sorted(quads, key=aspect_counts, reverse=True)[:VOTERS]


def is_settled(votes: Sequence[Vote]) -> bool:
    """Whether the votes so far agree, and clearly."""
    return all(vote.first > 1.5 * vote.second for vote in votes) or all(
        vote.second > 1.5 * vote.first for vote in votes
    )


def is_upside_down(votes: Sequence[Vote]) -> bool:
    """Whether the lines read clearly better upside down."""
    first = sum(vote.first for vote in votes)
    second = sum(vote.second for vote in votes)
    won = sum(vote.second > vote.first for vote in votes)
    return second > 1.1 * first and won * 2 > len(votes)


def turned_quad(quad: Quad, turn: Callable[[Point], Point], *, first: int) -> Quad:
    """The quad with its corners moved, starting from the corner that had index ``first``."""
    a, b, c, d = (turn(quad[(first + index) % 4]) for index in range(4))
    return (a, b, c, d)


def skew_of(quads: Iterable[Quad]) -> float:
    """Degrees the lines run off the horizontal, clockwise positive: a median by length."""
    angles: list[tuple[float, float]] = []
    for quad in quads:
        length, height = length_and_height(quad)
        if length < 4 * height:
            continue
        x = quad[1][0] - quad[0][0] + quad[2][0] - quad[3][0]
        y = quad[1][1] - quad[0][1] + quad[2][1] - quad[3][1]
        angle = math.degrees(math.atan2(y, x))
        if abs(angle) < _ASKEW_LIMIT:
            angles.append((angle, length))
    angles.sort()
    half = sum(length for _, length in angles) / 2
    for angle, length in angles:
        half -= length
        if half <= 0:
            return angle
    return 0.0
