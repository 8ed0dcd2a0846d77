"""Watches an answer while it is written: a model that repeats itself is stopped early."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

_LOOK_EVERY = 96
"""Characters between two looks."""

_WINDOW = 16_000
"""Characters of the end that are looked at: a loop of whole paragraphs, too, must be found in
them."""

_LONG_UNIT = 40
"""Characters; a phrase this long is not repeated by a form, a list or a table."""

_RUN_OF_LONG = (8, 600)
_RUN_OF_SHORT = (30, 900)
_RUN_OF_FIGURES = (30, 4000)
_RUN_OF_NOTHING = (30, 3000)
"""Least repetitions and least characters of a run that is a loop. Rulers of dots, empty cells
and columns of the same figure are printed on real pages, so those may be longer."""

_RUN_BUT_FOR_FIGURES = (60, 3000)
"""Likewise for words that are the same but for their figures: a model that counts up. Lists and
columns of prices look alike, but with other words between them."""

_RUNS = (_RUN_OF_LONG, _RUN_OF_SHORT, _RUN_OF_FIGURES, _RUN_OF_NOTHING, _RUN_BUT_FOR_FIGURES)
_LEAST = min(least for _, least in _RUNS)

_FIGURES = re.compile(r"\d+")
_TAG = re.compile(r"<[^<>]*>")
_SHOWN = 40


class RunawayWatch:
    """Finds, at the end of a growing text, the same words again and again.

    It looks for the longest stretch at the end that repeats with one period, exactly: a run-away
    of a greedy model is exact, and what people print seldom is. Only its figures may differ.
    """

    def __init__(self) -> None:
        self._tail = ""
        self._since = 0
        self.unit = ""
        self.times = 0

    def add(self, text: str) -> bool:
        """Takes more text; True once it repeats itself without end.

        ``unit`` says what then, and ``times`` how often.
        """
        self._tail = (self._tail + text)[-_WINDOW:]
        self._since += len(text)
        if self.unit or self._since < _LOOK_EVERY:
            return bool(self.unit)
        self._since = 0
        self.unit, self.times = _endless(self._tail)
        return bool(self.unit)

    @property
    def shown_unit(self) -> str:
        """What is repeated, short enough for a sentence."""
        words = " ".join(self.unit.split())
        return words if len(words) <= _SHOWN else words[:_SHOWN].rstrip() + "…"


def endless_unit(text: str) -> str:
    """What the end of ``text`` repeats so often that it is a loop; empty when it does not."""
    return _repeated(text, _least_run)[0]


def _endless(text: str) -> tuple[str, int]:
    """What is repeated, exactly or but for its figures, and how often."""
    unit, times = _repeated(text, _least_run)
    return (unit, times) if unit else _counting(text)


def _comes_again(text: str, least: int) -> bool:
    """Whether a run of so many characters can be at the end: half of it was there before.

    Nearly all text is told from a loop by this, in a hundredth of the time.
    """
    half = text[-(least // 2) :]
    return len(text) >= least and text.rfind(half, 0, len(text) - 1) >= 0


def _counting(text: str) -> tuple[str, int]:
    return _repeated(
        _FIGURES.sub("0", text),
        lambda unit: _RUN_BUT_FOR_FIGURES if any(map(str.isalpha, unit)) else None,
    )


def _repeated(text: str, least_run: Callable[[str], tuple[int, int] | None]) -> tuple[str, int]:
    """The unit of the longest repetition at the end that is long enough for its unit, counted."""
    if not _comes_again(text, _LEAST):
        return "", 0
    backward = text[::-1]
    borders = _borders(backward)
    for length in range(len(backward), 1, -1):
        period = length - borders[length - 1]
        if period * 2 > length:
            continue
        unit = text[len(text) - period :]
        least = least_run(unit)
        if least is not None and length >= least[1] and length >= least[0] * period:
            return unit, length // period
    return "", 0


def _borders(text: Sequence[str]) -> list[int]:
    """For each prefix, the length of its longest proper border (Knuth, Morris and Pratt 1977).

    A prefix of length n with a border of length b has the period n - b.
    """
    borders = [0] * len(text)
    border = 0
    for position in range(1, len(text)):
        while border and text[position] != text[border]:
            border = borders[border - 1]
        if text[position] == text[border]:
            border += 1
        borders[position] = border
    return borders


def _least_run(unit: str) -> tuple[int, int]:
    said = _TAG.sub("", unit)
    if any(character.isalpha() for character in said):
        return _RUN_OF_LONG if len(said.strip()) >= _LONG_UNIT else _RUN_OF_SHORT
    if any(character.isdigit() for character in said):
        return _RUN_OF_FIGURES
    return _RUN_OF_NOTHING
