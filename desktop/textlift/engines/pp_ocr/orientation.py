"""Which way up a page is, decided once for all its lines, and how far its lines run askew."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence

import msgspec

from textlift.content.geometry import Point, Quad
from textlift.engines.pp_ocr.recognition import ReadText

VOTERS = 10
_ASKEW_LIMIT = 40.0
_BEYOND_DOUBT = 0.9
_FEWEST_LINES = 2
_FEWEST_LETTERS = 12
_GOOD = 0.85
_FAIR = 0.75


class Vote(msgspec.Struct, frozen=True):
    """One line read both ways.

    Attributes:
        first: As it is.
        second: Upside down.
    """

    first: ReadText
    second: ReadText


class Verdict(msgspec.Struct, frozen=True):
    """Which way up the lines are, and whether what was read is good enough to tell."""

    upside_down: bool
    certain: bool


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


def are_plainly_upright(reads: Sequence[ReadText]) -> bool:
    """Whether the longest lines of a page read so well that they cannot be upside down.

    Upside down no line of 44 pages had a score above 0.82, short ones apart. Figures do not count:
    ``1690`` is ``0691`` then.
    """
    return len(reads) >= _FEWEST_LINES and all(
        read.score >= _BEYOND_DOUBT
        and sum(character.isalpha() for character in read.text) >= _FEWEST_LETTERS
        for read in reads
    )


def is_settled(votes: Sequence[Vote]) -> bool:
    """Whether the votes so far agree, and clearly."""
    weights = [(_weight(vote.first), _weight(vote.second)) for vote in votes]
    return all(first > 1.5 * second for first, second in weights) or all(
        second > 1.5 * first for first, second in weights
    )


def decide(votes: Sequence[Vote]) -> Verdict:
    """Upside down only where that reads better and reads well.

    Text in a script the recogniser lacks makes no sense either way, and then some nonsense is
    always longer.
    """
    first = sum(_weight(vote.first) for vote in votes)
    second = sum(_weight(vote.second) for vote in votes)
    won = sum(_weight(vote.second) > _weight(vote.first) for vote in votes)
    if second > 1.1 * first and won * 2 > len(votes):
        over = _mean_score([vote.second for vote in votes]) >= _GOOD
        return Verdict(upside_down=over, certain=over)
    return Verdict(upside_down=False, certain=_mean_score([vote.first for vote in votes]) >= _FAIR)


def _weight(read: ReadText) -> float:
    return read.score * sum(not character.isspace() for character in read.text)


def _mean_score(reads: Sequence[ReadText]) -> float:
    letters = sum(sum(not character.isspace() for character in read.text) for read in reads)
    return sum(_weight(read) for read in reads) / letters if letters else 0.0


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
