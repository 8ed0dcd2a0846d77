"""Which script a character, and a text, is written in."""

from __future__ import annotations

import unicodedata
from collections import Counter
from functools import lru_cache

COMMON = "Zyyy"
"""Digits, punctuation, spaces: what every script uses."""

# The first word, or words, of a character's Unicode name.
_SCRIPT_OF_NAME = {
    "ARABIC": "Arab",
    "ARMENIAN": "Armn",
    "BENGALI": "Beng",
    "BOPOMOFO": "Bopo",
    "CANADIAN SYLLABICS": "Cans",
    "CHEROKEE": "Cher",
    "CJK COMPATIBILITY IDEOGRAPH": "Hani",
    "CJK UNIFIED IDEOGRAPH": "Hani",
    "COPTIC": "Copt",
    "CYRILLIC": "Cyrl",
    "DEVANAGARI": "Deva",
    "ETHIOPIC": "Ethi",
    "FULLWIDTH LATIN": "Latn",
    "GEORGIAN": "Geor",
    "GREEK": "Grek",
    "GUJARATI": "Gujr",
    "GURMUKHI": "Guru",
    "HALFWIDTH HANGUL": "Hang",
    "HALFWIDTH KATAKANA": "Kana",
    "HANGUL": "Hang",
    "HEBREW": "Hebr",
    "HIRAGANA": "Kana",
    "IDEOGRAPHIC ITERATION MARK": "Hani",
    "KANNADA": "Knda",
    "KATAKANA": "Kana",
    "KHMER": "Khmr",
    "LAO": "Laoo",
    "LATIN": "Latn",
    "MALAYALAM": "Mlym",
    "MONGOLIAN": "Mong",
    "MYANMAR": "Mymr",
    "ORIYA": "Orya",
    "SINHALA": "Sinh",
    "SYRIAC": "Syrc",
    "TAMIL": "Taml",
    "TELUGU": "Telu",
    "THAANA": "Thaa",
    "THAI": "Thai",
    "TIBETAN": "Tibt",
}

_SCRIPT_NAMES = {
    "Arab": "Arabic",
    "Armn": "Armenian",
    "Beng": "Bengali",
    "Cans": "Canadian syllabics",
    "Cher": "Cherokee",
    "Cyrl": "Cyrillic",
    "Deva": "Devanagari",
    "Ethi": "Ethiopic",
    "Geor": "Georgian",
    "Grek": "Greek",
    "Gujr": "Gujarati",
    "Guru": "Gurmukhi",
    "Hang": "Korean",
    "Hani": "Chinese",
    "Hebr": "Hebrew",
    "Kana": "Japanese",
    "Khmr": "Khmer",
    "Knda": "Kannada",
    "Laoo": "Lao",
    "Latn": "Latin",
    "Mlym": "Malayalam",
    "Mymr": "Burmese",
    "Orya": "Odia",
    "Sinh": "Sinhala",
    "Syrc": "Syriac",
    "Taml": "Tamil",
    "Telu": "Telugu",
    "Thaa": "Thaana",
    "Thai": "Thai",
    "Tibt": "Tibetan",
}


@lru_cache(maxsize=65536)
def script_of(char: str) -> str:
    """The ISO 15924 code of the script that ``char`` belongs to.

    Hiragana and Katakana are both ``Kana``. Digits of a script, and marks that are named after
    it, belong to it; what several scripts share, and what is not known here, is ``Zyyy``.
    """
    if char.isascii():
        return "Latn" if char.isalpha() else COMMON
    name = unicodedata.name(char, "")
    words = name.replace("-", " ").split(" ")
    for count in (1, 2, 3):
        script = _SCRIPT_OF_NAME.get(" ".join(words[:count]))
        if script is not None:
            # "ARABIC COMMA" is punctuation, which other scripts use too.
            return script if unicodedata.category(char)[0] in "LMN" else COMMON
    return COMMON


def script_counts(text: str) -> dict[str, int]:
    """How many characters of each script the text has, ``Zyyy`` left out, most frequent first."""
    counts = Counter(script_of(char) for char in text)
    counts.pop(COMMON, None)
    return dict(counts.most_common())


def dominant_script(text: str) -> str | None:
    """The script that most letters of the text are in, or None when it has no letters."""
    return next(iter(script_counts(text)), None)


def script_name(script: str) -> str:
    """The English name of a script; its code when it has none here."""
    return _SCRIPT_NAMES.get(script, script)
