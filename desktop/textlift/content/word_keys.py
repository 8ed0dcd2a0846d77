"""What of a word is compared: its letters, with more or less of how they are printed."""

from __future__ import annotations

import enum
import re
import unicodedata
from functools import lru_cache

from textlift.content.scripts import script_of


class Tolerance(enum.Enum):
    """Which words count as the same."""

    EXACT = "exact"
    """Those printed alike, but for the shape of quotes, dashes and ligatures."""
    PRINT = "print"
    """Those with the same letters: case and punctuation do not count."""
    READING = "reading"
    """Those that a small engine may have meant: accents, and a wrong letter in a long word, do
    not count either. Numbers stay exact."""


_ALIKE = str.maketrans(
    {
        **dict.fromkeys("“”„«»‟″", '"'),
        **dict.fromkeys("‘’‚`´′", "'"),
        **dict.fromkeys("–—‐‑−―", "-"),
        **dict.fromkeys("•·●▪◦", "•"),
        **dict.fromkeys("\u00ad\u200b\u200c\u200d\u2060\ufeff", None),
    }
)
# Shapes that differ by little on paper and that engines take for each other.
_LOOKALIKES = str.maketrans({"0": "o", "1": "l", "i": "l", "ı": "l", "|": "l"})
_FIRST_MARK = 10
"""Combining classes below it belong to the letters of India and Japan, not to accents."""

_SPACELESS = frozenset({"Hani", "Kana", "Bopo", "Thai", "Laoo", "Khmr", "Mymr", "Tibt"})
_PIECE = re.compile(r"\S+")


@lru_cache(maxsize=65536)
def word_key(word: str, tolerance: Tolerance = Tolerance.PRINT) -> str:
    """What of a word is compared; empty where nothing is, as with a ruler of dots.

    Args:
        word: As printed.
        tolerance: What may differ. The wrong letters of READING are left to the comparison.
    """
    if tolerance is Tolerance.EXACT:
        return unicodedata.normalize("NFKC", word).translate(_ALIKE)
    folded = unicodedata.normalize("NFKC", word).translate(_ALIKE).casefold()
    if tolerance is Tolerance.PRINT:
        return "".join(char for char in folded if _counts(char))
    folded = unicodedata.normalize("NFKD", folded).translate(_LOOKALIKES)
    return "".join(
        char for char in folded if _counts(char) and unicodedata.combining(char) < _FIRST_MARK
    )


def _counts(char: str) -> bool:
    return char.isalnum() or unicodedata.category(char)[0] == "M"


def word_spans(line: str) -> tuple[tuple[int, int], ...]:
    """Where the words of a line begin and end.

    Of scripts that are written without spaces every letter, with its marks, is a word.
    """
    spans: list[tuple[int, int]] = []
    for match in _PIECE.finditer(line):
        start, end = match.span()
        if line[start:end].isascii():
            spans.append((start, end))
            continue
        spans.extend(_pieces(line, start, end))
    return tuple(spans)


def _pieces(line: str, start: int, end: int) -> list[tuple[int, int]]:
    spans: list[tuple[int, int]] = []
    begun = start
    spaceless_before = False
    for position in range(start, end):
        char = line[position]
        if unicodedata.category(char)[0] in "MP" and position > begun:
            continue  # Marks and punctuation stay with what is before them.
        spaceless = script_of(char) in _SPACELESS
        if position > begun and (spaceless or spaceless_before):
            spans.append((begun, position))
            begun = position
        spaceless_before = spaceless
    spans.append((begun, end))
    return spans
