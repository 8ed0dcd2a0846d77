"""Damages an answer as models do and as attackers would: cut, doubled, spliced, marks misplaced."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence

SIGNS = (
    "\0", "\ufeff", "\u202e", "\u200b", "\ud7ff", "\U0010ffff", "e\u0301", "\x1b[31m", "\r\n", "\r",
    "\u2028", "\x85", "\x0c", "'", '"', "\\", "&", "<", ">", "%", "{", "}", "[", "]", "|", "`", "$",
    "0", "-1", "999999999999999999999", "1e400", "٣", "½",
)  # fmt: skip
LONGEST = 20_000
"""Characters. A model may write 8,000 tokens for a page, some 25,000 characters."""


def mutated(
    chance: random.Random, answers: Sequence[str], marks: Sequence[str], *, changes: int
) -> str:
    """One of the answers after some changes."""
    answer = chance.choice(answers)
    for _ in range(changes):
        answer = chance.choice(_CHANGES)(chance, answer, answers, marks)
        answer = answer[:LONGEST]
    return answer


def _cut(chance: random.Random, answer: str, *_: Sequence[str]) -> str:
    return answer[: chance.randint(0, len(answer))]


def _drop(chance: random.Random, answer: str, *_: Sequence[str]) -> str:
    start, end = _range(chance, answer, 40)
    return answer[:start] + answer[end:]


def _double(chance: random.Random, answer: str, *_: Sequence[str]) -> str:
    start, end = _range(chance, answer, 200)
    return answer[:end] + answer[start:end] * chance.choice((1, 1, 2, 50)) + answer[end:]


def _move(chance: random.Random, answer: str, *_: Sequence[str]) -> str:
    start, end = _range(chance, answer, 80)
    rest = answer[:start] + answer[end:]
    at = chance.randint(0, len(rest))
    return rest[:at] + answer[start:end] + rest[at:]


def _mark(chance: random.Random, answer: str, _: Sequence[str], marks: Sequence[str]) -> str:
    at = chance.randint(0, len(answer))
    mark = chance.choice(marks) * chance.choice((1, 1, 1, 2, 40, 1500))
    return answer[:at] + mark + answer[at:]


def _sign(chance: random.Random, answer: str, *_: Sequence[str]) -> str:
    at = chance.randint(0, len(answer))
    return answer[:at] + chance.choice(SIGNS) + answer[at + chance.randint(0, 1) :]


def _splice(chance: random.Random, answer: str, answers: Sequence[str], _: Sequence[str]) -> str:
    other = chance.choice(answers)
    return answer[: chance.randint(0, len(answer))] + other[chance.randint(0, len(other)) :]


def _swap_marks(chance: random.Random, answer: str, _: Sequence[str], marks: Sequence[str]) -> str:
    there = [mark for mark in marks if mark in answer]
    if not there:
        return answer
    return answer.replace(chance.choice(there), chance.choice(marks), chance.choice((1, -1)))


def _range(chance: random.Random, answer: str, longest: int) -> tuple[int, int]:
    start = chance.randint(0, len(answer))
    return start, min(len(answer), start + chance.randint(1, longest))


_Change = Callable[[random.Random, str, Sequence[str], Sequence[str]], str]
_CHANGES: tuple[_Change, ...] = (
    _cut, _drop, _double, _move, _mark, _mark, _sign, _splice, _swap_marks,
)  # fmt: skip
