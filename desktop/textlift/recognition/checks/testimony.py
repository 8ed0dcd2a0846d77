"""A text beside what another engine, the witness, read on the same page: word by word."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence

import msgspec

from textlift.content.block import BlockKind, Line
from textlift.content.comparing import Difference, compare_words
from textlift.content.geometry import Box
from textlift.content.moved_words import find_moves
from textlift.content.reading import PageReading
from textlift.content.scripts import COMMON, script_counts, script_of
from textlift.content.word_keys import Tolerance, word_key
from textlift.content.word_tokens import word_tokens
from textlift.content.words import PlacedWord, reading_words

_TOLERANCE = Tolerance.READING
_SURE = 0.5
"""The witness's own confidence in a line below which it is not heard."""
_KNOWS = 0.02
"""Share of a witness's letters from which it can read their script."""
_AGREES = 0.3
"""Share of the words of the shorter one that both have."""
_NOT_PRINTED = re.compile(r"^\\|[\\^_]\{|\\[a-z]{2}|^\${1,2}$")
"""Words of a formula or a table in LaTeX."""
_UNCOMPARED = frozenset({BlockKind.FORMULA, BlockKind.PICTURE})


class Stretch(msgspec.Struct, frozen=True):
    """A place where text and witness differ, without what stands elsewhere in the other.

    Attributes:
        said: The words that only the text has, as indices into ``Testimony.said``.
        heard: The words that only the witness has, as indices into ``Testimony.heard``.
        before: The last word of the text before it that the witness has too; None at the start.
        after: The first after it.
        likeness: Of the letters of both sides, before anything was left out; 0 to 1.
        formula: Whether the text has a formula there.
    """

    said: tuple[int, ...]
    heard: tuple[int, ...]
    before: int | None
    after: int | None
    likeness: float
    formula: bool


class Testimony(msgspec.Struct, frozen=True):
    """How a text and its witness agree.

    Attributes:
        said: The words of the text that are compared.
        heard: Those of the witness.
        common: For each word of the text the witness's word in its place, or None.
        stretches: Where they differ.
        lines: The witness's lines, which its words point to.
    """

    said: tuple[PlacedWord, ...]
    heard: tuple[PlacedWord, ...]
    common: tuple[int | None, ...]
    stretches: tuple[Stretch, ...]
    lines: tuple[Line, ...]

    @property
    def agrees(self) -> bool:
        """Whether text and witness have enough in common for one to say anything of the other."""
        borne_out = sum(other is not None for other in self.common)
        return borne_out >= _AGREES * max(1, min(len(self.said), len(self.heard)))

    def place(self, word: int | None) -> Box | None:
        """Where the witness has a word of the text; None when it does not have it."""
        if word is None:
            return None
        other = self.common[word]
        return self.heard[other].box if other is not None else None


def hear(reading: PageReading, witness: PageReading) -> Testimony:
    """Compares a text with what the witness has.

    Left out are words in a script that the witness cannot read, formulas, what is in pictures,
    lines that the witness is not sure of, and what lies outside the part that was read.
    """
    lines = witness.lines
    pictures = [
        block.box for block in reading.blocks if block.kind in _UNCOMPARED and block.box is not None
    ]
    scripts = _known_scripts(witness)
    every = [
        word
        for word in reading_words(reading)
        if reading.blocks[word.block].kind not in _UNCOMPARED and _readable(word.text, scripts)
    ]
    said = tuple(word for word in every if not _NOT_PRINTED.search(word.text))
    formulas = _before_which_markup_is(every)
    heard = tuple(
        word
        for word in reading_words(witness)
        if _is_sure(lines[word.line])
        and _is_within(word.box, reading.box)
        and not any(box.contains(*word.box.center) for box in pictures if word.box is not None)
    )
    first, second = [word.text for word in said], [word.text for word in heard]
    tokens = word_tokens(first, second, _TOLERANCE)
    differences = compare_words(first, second, tolerance=_TOLERANCE, tokens=tokens)
    moves = find_moves(first, second, differences, tolerance=_TOLERANCE, tokens=tokens)
    common: list[int | None] = [None] * len(said)
    _match_between(common, differences, len(said), len(heard))
    for move in moves:
        _match(common, move.first, move.second)
    moved = {index for move in moves for index in move.second}
    return Testimony(
        said=said,
        heard=heard,
        common=tuple(common),
        stretches=_stretches(first, second, differences, common, moved=moved, formulas=formulas),
        lines=lines,
    )


def _before_which_markup_is(words: Sequence[PlacedWord]) -> set[int]:
    """Which of the words that are left stand after some that are markup."""
    result: set[int] = set()
    count = 0
    for word in words:
        if _NOT_PRINTED.search(word.text):
            result.add(count)
        else:
            count += 1
    return result


def _known_scripts(witness: PageReading) -> frozenset[str]:
    counts = script_counts(witness.text)
    whole = sum(counts.values())
    return frozenset(script for script, count in counts.items() if count > _KNOWS * whole)


def _readable(word: str, scripts: frozenset[str]) -> bool:
    return all(script_of(char) in scripts or script_of(char) == COMMON for char in word)


def _is_sure(line: Line) -> bool:
    return line.score is None or line.score >= _SURE


def _is_within(box: Box | None, part: Box | None) -> bool:
    return part is None or (box is not None and part.contains(*box.center))


def _match_between(
    common: list[int | None], differences: Sequence[Difference], said: int, heard: int
) -> None:
    first = second = 0
    for one in differences:
        _match(common, range(first, one.first_start), range(second, one.second_start))
        first, second = one.first_end, one.second_end
    _match(common, range(first, said), range(second, heard))


def _match(common: list[int | None], said: range, heard: range) -> None:
    """Words of equal stretches; where one text parts words that the other does not, about."""
    if not heard:
        return
    for step, index in enumerate(said):
        common[index] = heard[step * len(heard) // len(said)]


def _stretches(
    first: Sequence[str],
    second: Sequence[str],
    differences: Iterable[Difference],
    common: Sequence[int | None],
    *,
    moved: set[int],
    formulas: set[int],
) -> tuple[Stretch, ...]:
    rest = []
    for one in differences:
        said = [index for index in one.first if common[index] is None]
        heard = [index for index in one.second if index not in moved]
        rest.append((said, heard))
    lone_said, lone_heard = _lone(first, second, rest)
    result = []
    for one, (said, heard) in zip(differences, rest, strict=True):
        left = tuple(index for index in said if index in lone_said)
        right = tuple(index for index in heard if index in lone_heard)
        if left or right:
            result.append(
                Stretch(
                    said=left,
                    heard=right,
                    before=_nearest(common, range(one.first_start - 1, -1, -1)),
                    after=_nearest(common, range(one.first_end, len(common))),
                    likeness=_likeness(
                        [first[index] for index in said], [second[index] for index in heard]
                    ),
                    formula=not formulas.isdisjoint(range(one.first_start, one.first_end + 1)),
                )
            )
    return tuple(result)


def _lone(
    first: Sequence[str], second: Sequence[str], rest: Sequence[tuple[list[int], list[int]]]
) -> tuple[set[int], set[int]]:
    """The words of all stretches that the other text has in none, as often as it has them."""
    said = [index for one, _ in rest for index in one]
    heard = [index for _, one in rest for index in one]
    ours, theirs = word_tokens(
        [first[index] for index in said], [second[index] for index in heard], _TOLERANCE
    )
    shared = Counter(one.id for one in ours) & Counter(one.id for one in theirs)
    lone: tuple[set[int], set[int]] = (set(), set())
    for tokens, indices, result in ((ours, said, lone[0]), (theirs, heard, lone[1])):
        left = Counter(shared)
        for token in tokens:
            if left[token.id] > 0:
                left[token.id] -= 1
            else:
                result.update(indices[token.start : token.end])
    return lone


def _nearest(common: Sequence[int | None], indices: Iterable[int]) -> int | None:
    return next((index for index in indices if common[index] is not None), None)


def _likeness(said: Sequence[str], heard: Sequence[str]) -> float:
    # The native module is needed here only, and the window starts without it.
    from rapidfuzz.distance import Indel

    one = "".join(word_key(word, _TOLERANCE) for word in said)
    other = "".join(word_key(word, _TOLERANCE) for word in heard)
    return Indel.normalized_similarity(one, other) if one and other else 0.0
