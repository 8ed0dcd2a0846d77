"""Whether text is in a script that the recogniser lacks.

Its scores do not tell: Russian comes out as spaces and punctuation at 0.9. What tells is how
little of a found line is filled with characters, letters that are missing from the alphabet, and
readings that are both unsure and no words.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence

import msgspec

from textlift.engines.pp_ocr.orientation import length_and_height
from textlift.engines.pp_ocr.pieces import Piece
from textlift.engines.pp_ocr.recognition import ReadText

_TELLING_ASPECT = 2.0
_SPARSE = 0.35
"""Characters for each line height of width; print has two, Chinese one."""
_MOST_UNREAD = 0.3
_UNSURE = 0.8
_SPECK_SCORE = 0.5
_SPECK_ASPECT = 4.0
_MOST_GARBLED = 0.25
_WORD = re.compile(r"\w{3,}")
_GARBLED = re.compile(r"[^\W\d_]\d|\d[^\W\d_]{2}|[a-z][A-Z]|[α-ω][A-Za-z]|[A-Za-z][α-ω]")
_VIETNAMESE = frozenset("ƯưƠơ")


class ScriptEvidence(msgspec.Struct, frozen=True):
    """What the readings of some lines say about their script.

    Attributes:
        readable: Share of the length of all lines that was filled with characters, 0 to 1; 1 for
            no lines.
        score: Mean score of the lines, weighted by their length; 1 for no lines.
        foreign: The text is in a script the recogniser lacks.
        losing_accents: The text is Vietnamese, whose letters with two accents it lacks.
    """

    readable: float = 1.0
    score: float = 1.0
    foreign: bool = False
    losing_accents: bool = False


def judge_script(pieces: Iterable[Piece]) -> ScriptEvidence:
    """Weighs the readings of a page, or of some lines of it."""
    telling = [
        (size[0], piece)
        for piece in pieces
        if (size := length_and_height(piece.quad))[0] >= _TELLING_ASPECT * size[1]
    ]
    whole = sum(length for length, _ in telling)
    if not whole:
        return ScriptEvidence()
    readable = sum(length for length, piece in telling if not is_unread(piece)) / whole
    score = sum(length * piece.read.score for length, piece in telling) / whole
    # What an alphabet that was added says of itself is another question.
    texts = [piece.read.text for _, piece in telling if not piece.alphabet]
    return ScriptEvidence(
        readable=readable,
        score=score,
        foreign=(
            readable <= 1 - _MOST_UNREAD
            or (score < _UNSURE and _is_garbled(texts))
            or _is_greek(texts)
        ),
        losing_accents=_is_vietnamese(texts),
    )


def is_unread(piece: Piece) -> bool:
    """Whether a line found on the page came out as next to nothing."""
    length, height = length_and_height(piece.quad)
    return length >= _TELLING_ASPECT * height and filling(piece.read) < _SPARSE * length / max(
        height, 1.0
    )


def is_speck(piece: Piece) -> bool:
    """Whether a short piece is more likely dirt or part of a picture than text."""
    length, height = length_and_height(piece.quad)
    return piece.read.score < _SPECK_SCORE and length < _SPECK_ASPECT * height


def filling(read: ReadText) -> float:
    """How many characters there are; punctuation, which most scripts share, counts half."""
    return sum(
        1.0 if character.isalnum() else 0.5 for character in read.text if not character.isspace()
    )


def _is_garbled(texts: Sequence[str]) -> bool:
    """Whether many words mix letters, digits and alphabets as no language does."""
    words = [word for text in texts for word in _WORD.findall(text)]
    garbled = sum(bool(_GARBLED.search(word)) for word in words)
    return len(words) >= 3 and garbled >= _MOST_GARBLED * len(words)


def guessed_scripts(pieces: Iterable[Piece]) -> tuple[str, ...]:
    """What the letters that were recognised, few as they are, say of the script (ISO 15924)."""
    return ("Grek",) if _is_greek([piece.read.text for piece in pieces]) else ()


def _is_greek(texts: Sequence[str]) -> bool:
    """Whether the text is Greek, of which the recogniser lacks every accented vowel."""
    letters = [character for text in texts for character in text if character.isalpha()]
    greek = sum("GREEK" in unicodedata.name(character, "") for character in letters)
    return len(letters) >= 10 and greek > 0.5 * len(letters)


def _is_vietnamese(texts: Sequence[str]) -> bool:
    letters = [character for text in texts for character in text if character.isalpha()]
    horned = sum(character in _VIETNAMESE for character in letters)
    return horned >= 3 and horned > 0.01 * len(letters)
