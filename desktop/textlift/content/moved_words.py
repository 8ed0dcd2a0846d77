"""What two texts both have, but in another order."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence

from textlift.content.comparing import Difference, WordRanges
from textlift.content.word_keys import Tolerance
from textlift.content.word_tokens import Token, Tokens, word_tokens

_MOVED_WORDS = 3
_MOVED_LETTERS = 8
"""What a stretch has at least that is said to stand elsewhere in the other text."""
_MOST_PLACES = 12
"""Of the same three words; in a text with more of them it does not matter which is which."""


class Move(WordRanges, frozen=True):
    """The same words in both texts, but not between the same neighbours."""


def find_moves(
    first: Sequence[str],
    second: Sequence[str],
    differences: Iterable[Difference],
    *,
    tolerance: Tolerance = Tolerance.PRINT,
    tokens: Tokens | None = None,
) -> tuple[Move, ...]:
    """Stretches among the differences that both texts have, in another order.

    Args:
        first: Words as printed.
        second: Likewise.
        differences: What ``compare_words`` found with the same tolerance.
        tolerance: Which words count as the same.
        tokens: What ``word_tokens`` made of them with this tolerance, where that is known.

    Returns:
        No word is in two of them; the longest stretches come first.
    """
    ours, theirs = tokens or word_tokens(first, second, tolerance)
    differences = tuple(differences)
    left = _within(ours, [one.first for one in differences])
    right = _within(theirs, [one.second for one in differences])
    return tuple(
        Move(ours[a].start, ours[a + length - 1].end, theirs[b].start, theirs[b + length - 1].end)
        for a, b, length in _tiles(ours, theirs, left, right)
    )


def _within(tokens: list[Token], ranges: list[range]) -> list[int]:
    """The tokens in some ranges of words that follow each other."""
    result: list[int] = []
    remaining = iter(ranges)
    current = next(remaining, None)
    for index, token in enumerate(tokens):
        while current is not None and token.start >= current.stop:
            current = next(remaining, None)
        if current is None:
            break
        if token.start >= current.start:
            result.append(index)
    return result


def _tiles(
    ours: list[Token], theirs: list[Token], left: list[int], right: list[int]
) -> Iterator[tuple[int, int, int]]:
    """Longest common runs (place in first, in second, length) of what is left in both.

    As in greedy string tiling (Wise 1993), but runs are found in one pass and then cut where
    a longer one has taken their ends.
    """
    free = (set(left), set(right))
    places: dict[tuple[int, ...], list[int]] = defaultdict(list)
    for index in right:
        gram = _gram(theirs, index)
        if len(gram) == _MOVED_WORDS:
            places[gram].append(index)
    runs: list[tuple[int, int, int]] = []
    seen: set[tuple[int, int]] = set()
    for index in left:
        for other in places.get(_gram(ours, index), ())[:_MOST_PLACES]:
            if (index, other) in seen:
                continue
            length = 0
            while (
                index + length in free[0]
                and other + length in free[1]
                and ours[index + length].id == theirs[other + length].id
            ):
                seen.add((index + length, other + length))
                length += 1
            if length >= _MOVED_WORDS:
                runs.append((length, index, other))
    for length, index, other in sorted(runs, key=lambda run: (-run[0], run[1], run[2])):
        yield from _still_free(ours, (index, other, length), free)


def _gram(tokens: list[Token], index: int) -> tuple[int, ...]:
    return tuple(token.id for token in tokens[index : index + _MOVED_WORDS])


def _still_free(
    ours: list[Token], run: tuple[int, int, int], free: tuple[set[int], set[int]]
) -> Iterator[tuple[int, int, int]]:
    """The parts of a run that nothing has taken yet; takes them."""
    index, other, length = run
    start = 0
    for step in range(length + 1):
        if step < length and index + step in free[0] and other + step in free[1]:
            continue
        letters = sum(len(ours[index + one].key) for one in range(start, step))
        if step - start >= _MOVED_WORDS and letters >= _MOVED_LETTERS:
            free[0].difference_update(range(index + start, index + step))
            free[1].difference_update(range(other + start, other + step))
            yield index + start, other + start, step - start
        start = step + 1
