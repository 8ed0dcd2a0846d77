"""Whether a text without places is about as long as what is printed."""

from __future__ import annotations

from collections.abc import Sequence

from textlift.content.block import BlockKind
from textlift.content.reading import PageReading
from textlift.content.scripts import dominant_script
from textlift.recognition.checks.findings import Finding, Sort
from textlift.recognition.checks.letter_scale import LETTERS_PER_HEIGHT, letters
from textlift.recognition.checks.places import Seen, around

_MEASURED = frozenset({"Latn", "Cyrl", "Grek", "Hani", "Kana", "Hang"})
_TOO_SHORT, _TOO_LONG = 0.45, 1.75
"""Letters against those that the lines hold; on real pages from 0.6 to 1.35."""
_LETTERS = 120
"""Letters that are then lacking, or too many, at least."""


def find_wrong_amount(reading: PageReading, seen: Sequence[Seen]) -> list[Finding]:
    """That a text is much shorter or longer than the lines that were seen.

    It is coarse, and meant for texts that have neither places nor a witness.
    """
    if dominant_script(reading.text) not in _MEASURED or _has_unmeasured(reading):
        return []
    count = letters(reading.text)
    expected = LETTERS_PER_HEIGHT * sum(line.length / line.height for line in seen)
    place = around(line.box for line in seen)
    if count < _TOO_SHORT * expected and expected - count >= _LETTERS:
        return [Finding(Sort.UNREAD_PART, place)]
    if count > _TOO_LONG * expected and count - expected >= _LETTERS:
        return [Finding(Sort.OVERFULL, place, reading.text)]
    return []


def _has_unmeasured(reading: PageReading) -> bool:
    return any(block.kind in {BlockKind.FORMULA, BlockKind.PICTURE} for block in reading.blocks)
