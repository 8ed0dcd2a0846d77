"""What two texts are compared by: their words, put together where only one text has a space."""

from __future__ import annotations

import itertools
from collections.abc import Sequence

import msgspec

from textlift.content.like_keys import like_keys
from textlift.content.word_keys import Tolerance, word_key

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


Tokens = tuple[list[Token], list[Token]]
"""Of a first text and a second."""


def word_tokens(first: Sequence[str], second: Sequence[str], tolerance: Tolerance) -> Tokens:
    """What two texts are compared by.

    Args:
        first: Words as printed.
        second: Likewise.
        tolerance: Which words count as the same.
    """
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
    # The longest first: of several words that begin here it is the one that counts.
    lengths = sorted({len(key) for key in wanted}, reverse=True)
    runs: dict[int, int] = {}
    for place, start in begins.items():
        for length in lengths:
            end = begins.get(place + length)
            if end is None or end - start < 2 or text[place : place + length] not in wanted:
                continue
            if (tokens[start].key, tokens[start + 1].key) not in pairs:
                runs[start] = end
            break
    result = []
    index = 0
    while index < len(tokens):
        end = runs.get(index, index + 1)
        run = tokens[index:end]
        result.append(Token("".join(one.key for one in run), run[0].start, run[-1].end))
        index = end
    return result


def _ids(ours: list[Token], theirs: list[Token], *, fuzzy: bool) -> dict[str, int]:
    """A number for each key; with ``fuzzy`` one for keys that differ by a letter."""
    first, second = {token.key for token in ours}, {token.key for token in theirs}
    ids = {key: number for number, key in enumerate(sorted(first | second))}
    if not fuzzy:
        return ids
    only_first, only_second = first - second, second - first
    # Words that only one text has take the number of the nearest that the other has. First
    # those that have each other, so that none takes the number of one that is needed elsewhere.
    likes = sorted(like_keys(only_first, only_second))
    taken: set[str] = set()
    for _, one, other in likes:
        if one not in taken and other not in taken:
            ids[other] = ids[one]
            taken.update((one, other))
    for lone, others in ((only_first - taken, second), (only_second - taken, first)):
        best: dict[str, tuple[int, str]] = {}
        for distance, one, other in like_keys(lone, others):
            best[one] = min(best.get(one, (distance, other)), (distance, other))
        for one, (_, other) in best.items():
            ids[one] = ids[other]
    return ids
