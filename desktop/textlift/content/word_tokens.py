"""What two texts are compared by: their words, put together where only one text has a space."""

from __future__ import annotations

import itertools
from collections import defaultdict
from collections.abc import Iterator, Sequence

import msgspec

from textlift.content.word_keys import Tolerance, word_key

_LONG, _LONGER = 5, 9
"""Letters of a word from which one, and two of them may be wrong."""
_JOINED = 4
"""Letters of a word that may be several of the other text, written without a space."""


class Token(msgspec.Struct):
    """What is compared as one: the words from ``start`` to ``end``.

    Attributes:
        key: Their letters.
        id: The same for all that count as the same word.
    """

    key: str
    start: int
    end: int
    id: int = 0


def word_tokens(
    first: Sequence[str], second: Sequence[str], tolerance: Tolerance
) -> tuple[list[Token], list[Token]]:
    ours, theirs = _keyed(first, tolerance), _keyed(second, tolerance)
    if tolerance is Tolerance.EXACT:
        ours, theirs = _hyphens_joined(ours), _hyphens_joined(theirs)
    else:
        ours, theirs = _joined_like(ours, theirs), _joined_like(theirs, ours)
    ids = _ids(ours, theirs, fuzzy=tolerance is Tolerance.READING)
    for token in itertools.chain(ours, theirs):
        token.id = ids[token.key]
    return ours, theirs


def _keyed(words: Sequence[str], tolerance: Tolerance) -> list[Token]:
    tokens = []
    for index, word in enumerate(words):
        key = word_key(word, tolerance)
        if key:
            tokens.append(Token(key, index, index + 1))
    return tokens


def _hyphens_joined(tokens: list[Token]) -> list[Token]:
    """With the halves of words put together that a hyphen parts."""
    result: list[Token] = []
    for token in tokens:
        before = result[-1] if result else None
        if (
            before is not None
            and len(before.key) > 1
            and before.key.endswith("-")
            and before.key[-2].isalpha()
            and token.key[:1].islower()
        ):
            result[-1] = Token(before.key[:-1] + token.key, before.start, token.end)
        else:
            result.append(token)
    return result


def _joined_like(tokens: list[Token], others: list[Token]) -> list[Token]:
    """With those run together that the other text has as one word and never apart."""
    known = {token.key for token in tokens}
    wanted = {token.key for token in others if token.key not in known and len(token.key) >= _JOINED}
    if not wanted:
        return tokens
    pairs = set(itertools.pairwise(token.key for token in others))
    text = "".join(token.key for token in tokens)
    begins = {}
    offset = 0
    for index, token in enumerate(tokens):
        begins[offset] = index
        offset += len(token.key)
    begins[offset] = len(tokens)
    runs: dict[int, int] = {}
    for key in wanted:
        for place in _occurrences(text, key):
            start, end = begins.get(place), begins.get(place + len(key))
            if start is None or end is None or end - start < 2:
                continue
            if (tokens[start].key, tokens[start + 1].key) not in pairs:
                runs[start] = max(end, runs.get(start, 0))
    result = []
    index = 0
    while index < len(tokens):
        end = runs.get(index, index + 1)
        run = tokens[index:end]
        result.append(Token("".join(one.key for one in run), run[0].start, run[-1].end))
        index = end
    return result


def _occurrences(text: str, part: str) -> Iterator[int]:
    place = text.find(part)
    while place >= 0:
        yield place
        place = text.find(part, place + 1)


def _ids(ours: list[Token], theirs: list[Token], *, fuzzy: bool) -> dict[str, int]:
    """A number for each key; with ``fuzzy`` one for keys that differ by a letter."""
    first, second = {token.key for token in ours}, {token.key for token in theirs}
    ids = {key: number for number, key in enumerate(sorted(first | second))}
    if not fuzzy:
        return ids
    only_first, only_second = first - second, second - first
    # Words that only one text has take the number of the nearest that the other has. First
    # those that have each other, so that none takes the number of one that is needed elsewhere.
    likes = sorted(_likes(only_first, only_second))
    taken: set[str] = set()
    for _, one, other in likes:
        if one not in taken and other not in taken:
            ids[other] = ids[one]
            taken.update((one, other))
    for lone, others in ((only_first - taken, second), (only_second - taken, first)):
        best: dict[str, tuple[int, str]] = {}
        for distance, one, other in _likes(lone, others):
            best[one] = min(best.get(one, (distance, other)), (distance, other))
        for one, (_, other) in best.items():
            ids[one] = ids[other]
    return ids


def _likes(some: set[str], others: set[str]) -> Iterator[tuple[int, str, str]]:
    """Pairs of keys that may be one word, with the number of letters that differ."""
    # The native module is needed here only, and the window starts without it.
    from rapidfuzz import process
    from rapidfuzz.distance import Levenshtein

    by_length: dict[int, list[str]] = defaultdict(list)
    for key in others:
        if len(key) >= _LONG and _may_be_misread(key):
            by_length[len(key)].append(key)
    for one in some:
        if len(one) < _LONG or not _may_be_misread(one):
            continue
        for length in range(max(_LONG, len(one) - 2), len(one) + 3):
            allowed = 2 if min(length, len(one)) >= _LONGER else 1
            if abs(length - len(one)) > allowed:
                continue
            for other, distance, _ in process.extract_iter(
                one,
                by_length.get(length, ()),
                scorer=Levenshtein.distance,
                score_cutoff=allowed,
            ):
                yield distance, one, other


def _may_be_misread(key: str) -> bool:
    return not any(char.isdigit() for char in key)
