"""Whether text found in a PDF is language or the rubbish of a font without a Unicode map."""

from __future__ import annotations

import itertools
import re
import unicodedata
from collections.abc import Iterable

_GLYPH_NUMBER = re.compile(r"\(cid:\d+\)")
_WORDS = re.compile(r"\S+")

_MAX_UNREADABLE = 0.05
_MAX_ODD_WORDS = 0.4
_MIN_VOWELS = 0.22
_LETTERS_FOR_VOWELS = 40
_VOWELS = {
    "LATIN": frozenset("aeiouyæœøı"),
    "CYRILLIC": frozenset("аеёиоуыэюяіїєѣ"),
    "GREEK": frozenset("αεηιουω"),
}
_INSIDE_NO_WORD = frozenset("\\^`~|<>={}[];_@#$%")


def garbled_because(text: str) -> str:
    """Why the text cannot be what is printed, as a sentence; empty when it looks like language.

    What is looked for: glyph numbers instead of characters, characters of private use or none
    at all, words with signs or capitals inside (``;_kieZlgZy``), accented letters only
    (Cyrillic read as Western European), and letters with hardly a vowel among them.
    """
    visible = [char for char in text if not char.isspace()]
    if not visible:
        return ""
    glyph_numbers = sum(len(match) for match in _GLYPH_NUMBER.findall(text))
    if glyph_numbers > _MAX_UNREADABLE * len(visible):
        return "The text in this page is garbled: it holds glyph numbers instead of letters."
    unreadable = sum(map(_is_unreadable, visible))
    if unreadable > _MAX_UNREADABLE * len(visible):
        return "The text in this page is garbled: the PDF does not say which letters it shows."
    if _mostly_odd_words(text) or _accented_only(visible) or _lacks_vowels(visible):
        return "The text in this page is garbled: its letters make no words."
    return ""


def _is_unreadable(char: str) -> bool:
    return char == "\ufffd" or unicodedata.category(char) in {"Co", "Cn", "Cc", "Cs"}


def _mostly_odd_words(text: str) -> bool:
    words = [word for word in _WORDS.findall(text) if sum(map(str.isalpha, word)) >= 3]
    if len(words) < 3:
        return False
    return sum(map(_is_odd, words)) > _MAX_ODD_WORDS * len(words)


def _is_odd(word: str) -> bool:
    """Whether letters stand around a sign that is in no word, or a capital after a small one."""
    if "@" in word or "://" in word or "www." in word:
        return False
    odd_signs = 0
    inner_capitals = 0
    for before, char, after in zip(word, word[1:], word[2:], strict=False):
        in_name = char == "_" and before.isalnum() and after.isalnum()
        if char in _INSIDE_NO_WORD and not in_name and (before.isalpha() or after.isalpha()):
            odd_signs += 1
    for before, char in itertools.pairwise(word):
        if before.islower() and char.isupper():
            inner_capitals += 1
    return odd_signs + inner_capitals >= 2 or (inner_capitals == 1 and word[0].islower())


def _accented_only(visible: Iterable[str]) -> bool:
    letters = [char for char in visible if char.isalpha()]
    accented = sum("\u00c0" <= char <= "\u00ff" for char in letters)
    return len(letters) >= 10 and accented > 0.6 * len(letters)


def _lacks_vowels(visible: Iterable[str]) -> bool:
    for script, vowels in _VOWELS.items():
        letters = [
            base
            for char in visible
            if char.isalpha()
            and (base := unicodedata.normalize("NFD", char.lower())[0])
            and unicodedata.name(base, "").startswith(script)
        ]
        if len(letters) >= _LETTERS_FOR_VOWELS:
            share = sum(letter in vowels for letter in letters) / len(letters)
            if share < _MIN_VOWELS:
                return True
    return False
