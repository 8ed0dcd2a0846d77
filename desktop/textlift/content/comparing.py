"""Two texts word by word: where they differ."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from textlift.content.word_keys import Tolerance
from textlift.content.word_tokens import Token, Tokens, word_tokens

_BY_CHANCE = 2
"""Words in common that mean nothing where much differs on both sides of them."""
_WORDS_FOR_CHANCE = 3
"""Words that differ, for each of them, on either side."""


class WordRanges(msgspec.Struct, frozen=True):
    """Words of a first text, and words of a second."""

    first_start: int
    first_end: int
    second_start: int
    second_end: int

    @property
    def first(self) -> range:
        """Indices of the words of the first text."""
        return range(self.first_start, self.first_end)

    @property
    def second(self) -> range:
        """Indices of the words of the second text."""
        return range(self.second_start, self.second_end)


class Difference(WordRanges, frozen=True):
    """Words of the first text, and the words that the second has in their place.

    One of the two ranges may be empty: the other text has nothing there.
    """


def compare_words(
    first: Sequence[str],
    second: Sequence[str],
    *,
    tolerance: Tolerance = Tolerance.PRINT,
    tokens: Tokens | None = None,
) -> tuple[Difference, ...]:
    """Where two texts differ.

    Words count as one where one text has a space, or a hyphen at the end of a line, that the
    other lacks. Words without anything to compare, such as bullets, differ only in EXACT.

    Args:
        first: Words as printed.
        second: Likewise.
        tolerance: Which words count as the same.
        tokens: What ``word_tokens`` made of them with this tolerance, where that is known.

    Returns:
        In the order of both texts.
    """
    ours, theirs = tokens or word_tokens(first, second, tolerance)
    return tuple(
        Difference(*_span(ours, a, b, len(first)), *_span(theirs, c, d, len(second)))
        for a, b, c, d in _gaps([one.id for one in ours], [one.id for one in theirs])
    )


def _gaps(first: Sequence[int], second: Sequence[int]) -> list[tuple[int, int, int, int]]:
    """Ranges (first start, end, second start, end) between what both have in common."""
    from rapidfuzz.distance import LCSseq

    gaps: list[tuple[int, int, int, int]] = []
    for step in LCSseq.opcodes(first, second):
        if step.tag == "equal":
            continue
        gap = (step.src_start, step.src_end, step.dest_start, step.dest_end)
        if gaps and _are_one(gaps[-1], gap):
            gaps[-1] = (gaps[-1][0], gap[1], gaps[-1][2], gap[3])
        else:
            gaps.append(gap)
    return gaps


def _are_one(gap: tuple[int, int, int, int], following: tuple[int, int, int, int]) -> bool:
    """Whether nothing is between two gaps but a word that long different texts share by chance."""
    between = following[0] - gap[1]
    if between == 0:
        return True
    if between > _BY_CHANCE:
        return False
    return min(_size(gap), _size(following)) >= between * _WORDS_FOR_CHANCE


def _size(gap: tuple[int, int, int, int]) -> int:
    return max(gap[1] - gap[0], gap[3] - gap[2])


def _span(tokens: list[Token], start: int, end: int, count: int) -> tuple[int, int]:
    """The words of some tokens; where there are none, the place between two words."""
    if start < end:
        return tokens[start].start, tokens[end - 1].end
    place = tokens[start - 1].end if start > 0 else 0
    return min(place, count), min(place, count)
