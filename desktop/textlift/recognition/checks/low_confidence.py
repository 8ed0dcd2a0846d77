"""Whether an engine was unsure of most of what it read, by the scores of its lines."""

from __future__ import annotations

import msgspec

from textlift.content.reading import PageReading, WarningKind
from textlift.content.scripts import dominant_script
from textlift.engines.pp_ocr.card import NAME as PP_OCR
from textlift.engines.tesseract.card import NAME as TESSERACT
from textlift.recognition.checks.findings import Finding, Sort
from textlift.recognition.checks.letter_scale import letters

_LINES = 5
"""With a score, from which a page has many."""


class _Measured(msgspec.Struct, frozen=True):
    """What the scores of an engine say.

    Attributes:
        unsure: Mean score of a page, each line by its letters, below which one word in five is
            wrong on most pages.
        scripts: Of the pages that were measured (ISO 15924).
    """

    unsure: float
    scripts: frozenset[str]


_ENGINES = {
    PP_OCR: _Measured(unsure=0.96, scripts=frozenset({"Latn", "Hani", "Kana"})),
    TESSERACT: _Measured(unsure=0.85, scripts=frozenset({"Latn", "Cyrl"})),
}
"""Engines count their confidence each in its own way; ``tests/benchmarks/low_confidence.py``
measures it."""


def find_low_confidence(reading: PageReading) -> list[Finding]:
    """That many lines of a page were read with little confidence, unless the engine says so."""
    measured = _ENGINES.get(reading.read_by)
    if measured is None or dominant_script(reading.text) not in measured.scripts:
        return []
    if any(one.kind is WarningKind.UNCERTAIN and one.box is None for one in reading.warnings):
        return []
    confidence = mean_confidence(reading)
    unsure = confidence is not None and confidence < measured.unsure
    return [Finding(Sort.LITTLE_CONFIDENCE)] if unsure else []


def mean_confidence(reading: PageReading) -> float | None:
    """The mean score of a page's lines, each by its letters; None where few lines have one."""
    scored = [
        (letters(line.text), line.score)
        for line in reading.lines
        if line.score is not None and line.text.strip()
    ]
    whole = sum(count for count, _ in scored)
    if len(scored) < _LINES or not whole:
        return None
    return sum(count * score for count, score in scored) / whole
