"""Whether what an added alphabet makes of lines is to be believed, and which reading of a line."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable

from textlift.content.scripts import COMMON, script_of
from textlift.engines.pp_ocr.orientation import length_and_height
from textlift.engines.pp_ocr.pieces import Piece
from textlift.engines.pp_ocr.recognition import ReadText
from textlift.engines.pp_ocr.script_evidence import filling, is_unread

_SURE = 0.75
"""Mean score from which readings in an added alphabet are believed."""
_FEWEST_LETTERS = 3
_MOST_UNREAD = 0.3
_LOSSY = 1.2
"""Characters for each line height of width; print has two. A line with less may have lost some."""
_CLEARLY_MORE = 1.3
_HARDLY_LESS = 0.85
_WORD = re.compile(r"[^\W\d_]{2,}")


def strength(pieces: Iterable[Piece], scripts: Collection[str]) -> float:
    """How much an alphabet makes of some lines of a page; 0 where it is not to be believed.

    Args:
        pieces: Read by it.
        scripts: ISO 15924 codes of what it is there for.
    """
    pieces = list(pieces)
    whole = sum(_length(piece) for piece in pieces)
    if not whole:
        return 0.0
    unread = sum(_length(piece) for piece in pieces if is_unread(piece)) / whole
    score = sum(_length(piece) * piece.read.score for piece in pieces) / whole
    own = sum(own_letters(piece.read.text, scripts) for piece in pieces)
    letters = sum(_letters(piece.read.text) for piece in pieces)
    if unread > _MOST_UNREAD or score < _SURE or own < max(_FEWEST_LETTERS, letters / 2):
        return 0.0
    return sum(weight(piece.read) for piece in pieces)


def weight(read: ReadText) -> float:
    """How much was read, and how surely."""
    return read.score * filling(read)


def own_letters(text: str, scripts: Collection[str]) -> int:
    """Letters, and marks on them, of some scripts."""
    return sum(script_of(character) in scripts for character in text)


def is_plainly_own(piece: Piece, scripts: Collection[str]) -> bool:
    """Whether a line that an added alphabet read needs no other opinion."""
    own = own_letters(piece.read.text, scripts)
    return (
        own >= _FEWEST_LETTERS
        and own > _letters(piece.read.text) / 2
        and not has_mixed_words(piece.read.text)
        and piece.read.score >= _SURE
        and not is_unread(piece)
    )


def has_mixed_words(text: str) -> bool:
    """Whether letters of several scripts stand in one word, as where ``а`` was taken for ``a``."""
    return any(len(set(map(script_of, word)) - {COMMON}) > 1 for word in _WORD.findall(text))


def is_lossy(piece: Piece) -> bool:
    """Whether letters of a line may be missing in what the bundled recogniser read."""
    if is_unread(piece):
        return True
    length, height = length_and_height(piece.quad)
    wide = own_letters(piece.read.text, {"Hani", "Kana", "Hang"})
    return (
        length >= 2 * height
        and wide < _letters(piece.read.text) / 2
        and filling(piece.read) < _LOSSY * length / max(height, 1.0)
    )


def on_foreign_page(added: Piece, bundled: Piece, scripts: Collection[str]) -> Piece:
    """The better reading of a line of a page that is in an added alphabet.

    Args:
        added: By the alphabet that reads the page.
        bundled: By the recogniser that comes with Textlift.
        scripts: That the alphabet is there for.
    """
    own = own_letters(added.read.text, scripts)
    if own and 2 * own >= _letters(added.read.text) and not has_mixed_words(added.read.text):
        return added if weight(added.read) >= _HARDLY_LESS * weight(bundled.read) else bundled
    # Mostly Latin words, or figures: both know these, and the bundled one is the better of the two.
    return bundled if weight(bundled.read) >= _HARDLY_LESS * weight(added.read) else added


def on_usual_page(bundled: Piece, added: Piece, scripts: Collection[str]) -> Piece:
    """The better reading of a line of a page that the bundled recogniser reads.

    Args:
        bundled: By it.
        added: By an alphabet that was added.
        scripts: That the alphabet is there for.
    """
    if (
        own_letters(added.read.text, scripts) >= _FEWEST_LETTERS
        and added.read.score >= _SURE
        and not is_unread(added)
        and weight(added.read) > _CLEARLY_MORE * weight(bundled.read)
    ):
        return added
    return bundled


def _letters(text: str) -> int:
    return sum(script_of(character) != COMMON for character in text)


def _length(piece: Piece) -> float:
    return length_and_height(piece.quad)[0]
