"""What speaks for one engine or the other, and the choice between two readings of a page."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import msgspec

from textlift.content.languages import LANGUAGES, language_name
from textlift.content.reading import PageReading, WarningKind
from textlift.content.scripts import script_counts, script_name
from textlift.engines.pp_ocr.card import CARD as PP_OCR

SURE_LINE = 0.7
"""Score from which a line counts as read; both engines' wrong lines are mostly below it."""
LEAST_SURE = 0.4
"""Share of a page's letters in sure lines below which Tesseract could not read it."""

_CLEARLY_MORE = 1.25
_NOT_FEWER = 0.9
_FOREIGN_SHARE = 0.03

# Languages in a script that PP-OCRv6 knows but with letters that it lacks.
_LETTERS_MISSING = frozenset({"vie", "yor"})


class Verdict(msgspec.Struct, frozen=True):
    """Which of two readings to take, and why, as a sentence."""

    reading: PageReading
    why: str


def is_for_tesseract(languages: Sequence[str]) -> bool:
    """Whether PP-OCRv6 lacks letters of one of these languages (ISO 639-3)."""
    return any(
        code in _LETTERS_MISSING
        or (code in LANGUAGES and LANGUAGES[code].script not in PP_OCR.scripts)
        for code in languages
    )


def is_out_of_reach(languages: Sequence[str]) -> bool:
    """Whether PP-OCRv6 knows nothing of the script of one of these languages."""
    return bool(scripts_out_of_reach(languages))


def scripts_out_of_reach(languages: Iterable[str]) -> tuple[str, ...]:
    """The scripts of these languages that PP-OCRv6 knows nothing of (ISO 15924)."""
    scripts = (LANGUAGES[code].script for code in languages if code in LANGUAGES)
    return tuple(dict.fromkeys(one for one in scripts if one not in PP_OCR.scripts))


def names_of(languages: Iterable[str]) -> str:
    """Their English names, as in a sentence."""
    return " and ".join(language_name(code) for code in languages)


def is_doubtful(reading: PageReading) -> bool:
    """Whether PP-OCRv6 itself says that it left lines out or is unsure of most of them."""
    return any(
        warning.kind in {WarningKind.LANGUAGE, WarningKind.UNCERTAIN}
        for warning in reading.warnings
    )


def sure_letters(reading: PageReading) -> int:
    """Letters and digits in lines that the engine is sure of."""
    return sum(
        _letters(line.text)
        for line in reading.lines
        if line.score is None or line.score >= SURE_LINE
    )


def sure_share(reading: PageReading) -> float:
    """Share of the letters of a page that are in sure lines; 0 for a page without letters."""
    whole = _letters(reading.text)
    return sure_letters(reading) / whole if whole else 0.0


def foreign_share(reading: PageReading) -> float:
    """Share of the letters in sure lines that are of a script PP-OCRv6 does not know."""
    counts = script_counts(_sure_text(reading))
    whole = sum(counts.values())
    foreign = sum(count for script, count in counts.items() if script not in PP_OCR.scripts)
    return foreign / whole if whole else 0.0


def foreign_script(reading: PageReading) -> str:
    """The name of the script in a reading that PP-OCRv6 does not know best; empty for none."""
    for script in script_counts(_sure_text(reading)):
        if script not in PP_OCR.scripts:
            return script_name(script)
    return ""


def choose(pp_ocr: PageReading, tesseract: PageReading) -> Verdict:
    """The better of two readings of a page that PP-OCRv6 was in doubt about.

    Tesseract's is taken when it has clearly more letters that it is sure of, or when it found
    words in a script that PP-OCRv6 does not know and lost nothing else for them.
    """
    ours, theirs = sure_letters(pp_ocr), sure_letters(tesseract)
    script = foreign_script(tesseract)
    if foreign_share(tesseract) >= _FOREIGN_SHARE and theirs >= _NOT_FEWER * ours:
        return Verdict(
            tesseract, f"Part of the page is in {script} letters, which PP-OCRv6 cannot read."
        )
    counted = f"PP-OCRv6 is sure of {ours:,} letters of this page, Tesseract of {theirs:,}."
    return Verdict(tesseract if theirs > _CLEARLY_MORE * ours else pp_ocr, counted)


def _sure_text(reading: PageReading) -> str:
    return "".join(
        line.text for line in reading.lines if line.score is None or line.score >= SURE_LINE
    )


def _letters(text: str) -> int:
    return sum(character.isalnum() for character in text)
