"""Lines of scripts that run from right to left."""

from __future__ import annotations

import itertools
import unicodedata
from collections.abc import Iterable

from textlift.content.scripts import script_of

RIGHT_TO_LEFT = frozenset({"Arab", "Hebr", "Syrc", "Thaa"})

_INSIDE = frozenset(" :.,/%*+-")
"""Of a number, a date or a foreign word: they stay where they are inside it."""


def logical_order(text: str) -> str:
    """A line that was read from its left end to its right, in the order in which it is spoken.

    A recogniser of such a script names what it sees from left to right, which for its own letters
    is backwards. Numbers and Latin words run from left to right as they stand.
    """
    return "".join(
        run if left_to_right else run[::-1] for left_to_right, run in reversed(list(_runs(text)))
    )


def runs_right_to_left(texts: Iterable[str]) -> bool:
    """Whether most letters are of a script that runs from right to left."""
    letters = [character for text in texts for character in text if character.isalpha()]
    backwards = sum(script_of(letter) in RIGHT_TO_LEFT for letter in letters)
    return backwards > len(letters) / 2


def _runs(text: str) -> Iterable[tuple[bool, str]]:
    """The line in pieces of one direction; a space or sign at a piece's end belongs to none."""
    for inside, group in itertools.groupby(text, key=_may_stand_in_a_run):
        run = "".join(group)
        core = run.strip("".join(_INSIDE)) if inside else ""
        if not core:
            yield False, run
            continue
        start = run.index(core)
        yield from (
            piece
            for piece in (
                (False, run[:start]),
                (True, core),
                (False, run[start + len(core) :]),
            )
            if piece[1]
        )


def _may_stand_in_a_run(character: str) -> bool:
    if character in _INSIDE:
        return True
    if character.isalpha():
        return script_of(character) not in RIGHT_TO_LEFT
    return unicodedata.category(character) == "Nd"
