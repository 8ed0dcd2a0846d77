"""Words that differ by a letter or two: found by the parts that such words share."""

from __future__ import annotations

import itertools
from collections import defaultdict
from collections.abc import Iterable, Iterator
from functools import cache

_LONG, _LONGER = 5, 9
"""Letters of a word from which one, and two of them may be wrong."""
_MOST_PAIRS = 3_000_000
"""Looked at in all, about a second; so many come of texts that were made for it, not printed."""

_Part = tuple[int, int, str]
"""Length of a word, where in it a part begins, and the part."""


def like_keys(some: Iterable[str], others: Iterable[str]) -> Iterator[tuple[int, str, str]]:
    """Pairs of keys that may be one word, with the number of letters that differ.

    In words with as many as n wrong letters one of n + 1 parts has none, and stands where it
    does in the other but for the letters that are too many or too few before it. So only words
    with such a part are compared, not each with each.

    Args:
        some: Keys; those with a digit in them, and short ones, are like no other.
        others: Likewise.

    Yields:
        Letters that differ, one of ``some``, one of ``others``.
    """
    # The native module is needed here only, and the window starts without it.
    from rapidfuzz.distance import Levenshtein

    having = _by_parts(others)
    left = _MOST_PAIRS
    for one in sorted(some):
        if not _is_compared(one):
            continue
        for allowed, looks in _looks(len(one)):
            found: set[str] = set()
            for length, start, begin, end in looks:
                found.update(having.get((length, start, one[begin:end]), ()))
            left -= len(found)
            if left < 0:
                return
            for other in found:
                distance = Levenshtein.distance(one, other, score_cutoff=allowed)
                if distance <= allowed:
                    yield distance, one, other


def _is_compared(key: str) -> bool:
    return len(key) >= _LONG and not any(char.isdigit() for char in key)


def _allowed(length: int, other: int) -> int:
    """Wrong letters that two words of these lengths may have."""
    return 2 if min(length, other) >= _LONGER else 1


def _by_parts(keys: Iterable[str]) -> dict[_Part, list[str]]:
    """The keys by each part that it can be known by."""
    having: defaultdict[_Part, list[str]] = defaultdict(list)
    for key in keys:
        if not _is_compared(key):
            continue
        # Beside a short word only one letter of a long one may be wrong.
        for allowed in (1, 2) if len(key) >= _LONGER else (1,):
            for start, end in _cuts(len(key), allowed):
                having[len(key), start, key[start:end]].append(key)
    return having


@cache
def _looks(own: int) -> tuple[tuple[int, tuple[tuple[int, int, int, int], ...]], ...]:
    """Where to look for words like one of this length.

    Returns:
        For each length that they may have: the wrong letters allowed, and looks: their length,
        where a part of theirs begins, and where it begins and ends in the word itself.
    """
    result = []
    for length in range(max(_LONG, own - 2), own + 3):
        allowed = _allowed(length, own)
        looks = []
        for start, end in _cuts(length, allowed):
            # No more letters can be missing before a part than the wrong ones that are allowed,
            # and with those behind it neither.
            for shift in range(-allowed, allowed + 1):
                behind = own - length - shift
                if abs(shift) + abs(behind) <= allowed and start + shift >= 0:
                    looks.append((length, start, start + shift, end + shift))
        if looks:
            result.append((allowed, tuple(looks)))
    return tuple(result)


@cache
def _cuts(length: int, allowed: int) -> tuple[tuple[int, int], ...]:
    """Where the parts of a key begin and end, one more than there may be wrong letters."""
    edges = [length * number // (allowed + 1) for number in range(allowed + 2)]
    return tuple(itertools.pairwise(edges))
