"""What is in the text and not on the page, by place alone."""

from __future__ import annotations

import statistics
from collections.abc import Iterator, Sequence

from textlift.content.block import Block, BlockKind
from textlift.content.reading import PageReading, block_lines
from textlift.content.word_keys import word_key
from textlift.inspection.messages import InkMap
from textlift.recognition.checks.findings import Finding, Sort
from textlift.recognition.checks.letter_scale import LETTERS_PER_HEIGHT, Held, letters

_LEAST = 4
"""Letters of a piece of text that one can say anything about."""
_BLANK_INK = 0.02
_BLANK_SHARE = 0.2
"""Ink of blank paper: a share of its area, and against that of the page's other text."""
_FEW_LETTERS = 0.25
"""Share of a text's letters that the lines in its place hold, where there is as good as none."""

_TOO_FULL = 1.8
"""Letters against those that would fit, from which a text is too long for its place."""
_EXCESS = 20
"""Letters that are then too many at least."""
_UNMEASURED = frozenset({BlockKind.FORMULA, BlockKind.PICTURE})

_REPEATS = 4
_REPEATED_LETTERS = 12
"""Times that a line without a place of its own is repeated, and its letters, for a loop."""


def find_on_blank_paper(measured: Sequence[Held], ink: InkMap | None) -> Iterator[Finding]:
    """Text where the detector saw nothing and there is next to no ink."""
    texts = [one for one in measured if one.letters >= _LEAST and not _is_picture(one)]
    usual = statistics.median(ink.share(one.piece.box) for one in texts) if ink and texts else 1.0
    limit = min(_BLANK_INK, _BLANK_SHARE * usual)
    for one in texts:
        if one.lines or one.lengths > _FEW_LETTERS * one.letters:
            continue
        if ink is None or ink.share(one.piece.box) < limit:
            yield Finding(Sort.ON_BLANK_PAPER, one.piece.box, one.piece.text)


def find_overfull(measured: Sequence[Held], *, scale: float) -> Iterator[Finding]:
    """Text that is much longer than what was seen in its place."""
    # A page that was read badly seems to have few letters on a line.
    scale = max(scale, LETTERS_PER_HEIGHT)
    for one in measured:
        expected = one.lengths * scale
        if (
            one.piece.kind not in _UNMEASURED
            and one.letters > _TOO_FULL * expected
            and one.letters - expected >= _EXCESS
            and expected > 0
        ):
            yield Finding(Sort.OVERFULL, one.piece.box, one.piece.text)


def find_repeated_lines(reading: PageReading) -> list[Finding]:
    """Lines without a place of their own that follow each other again and again."""
    found = []
    for block in reading.blocks:
        if block.kind is BlockKind.TABLE or _lines_have_places(block):
            continue
        before, times = "", 0
        for text in [*(line.text for line in block_lines(block)), ""]:
            if text and word_key(text) == word_key(before):
                times += 1
                continue
            if times + 1 >= _REPEATS and letters(before) >= _REPEATED_LETTERS:
                found.append(Finding(Sort.REPEATED, block.box, before, times))
            before, times = text, 0
    return found


def _lines_have_places(block: Block) -> bool:
    return any(line.box is not None for line in block.lines)


def _is_picture(one: Held) -> bool:
    return one.piece.kind is BlockKind.PICTURE
