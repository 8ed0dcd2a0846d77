"""Whether lines are in a script that the recogniser lacks."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from textlift.engines.pp_ocr.recognition import ReadText


class ScriptEvidence(msgspec.Struct, frozen=True):
    """What the readings of some lines say about their script.

    Attributes:
        readable: Share of the length of all lines that looks read, 0 to 1; 1 for no lines.
        foreign: Most of it is in a script the recogniser lacks.
    """

    readable: float = 1.0
    foreign: bool = False


def judge_script(lines: Iterable[tuple[tuple[float, float], ReadText]]) -> ScriptEvidence:
    """Weighs lines, each with its length and height in pixels and what was read."""
    lines = list(lines)
    whole = sum(size[0] for size, _ in lines)
    if not whole:
        return ScriptEvidence()
    readable = sum(size[0] for size, read in lines if is_readable(size, read)) / whole
    return ScriptEvidence(readable=readable, foreign=readable < 0.5)


def is_readable(size: tuple[float, float], read: ReadText) -> bool:
    """Whether the text fills its line with letters."""
    letters = sum(character.isalnum() for character in read.text)
    return letters > 0.3 * size[0] / max(size[1], 1.0)
