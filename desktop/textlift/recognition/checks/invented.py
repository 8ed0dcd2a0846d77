"""What is in the text and not on the page, by place alone."""

from __future__ import annotations

import statistics
from collections.abc import Iterator, Sequence

from textlift.content.block import Block, BlockKind
from textlift.content.geometry import Box, union_box
from textlift.content.reading import PageReading, block_lines
from textlift.content.word_keys import word_key
from textlift.inspection.messages import InkMap
from textlift.recognition.checks.findings import Finding, Sort
from textlift.recognition.checks.letter_scale import LETTERS_PER_HEIGHT, Held, held, letters
from textlift.recognition.checks.places import Piece, Seen

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

_SAME = 0.5
"""Area that two boxes share against that of both, from which they are one place."""

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


def find_same_place(
    pieces: Sequence[Piece], seen: Sequence[Seen], *, scale: float
) -> Iterator[Finding]:
    """Places that several pieces of text claim, and that hold one of them."""
    texts = [piece for piece in pieces if piece.text.strip() and not _is_picture_piece(piece)]
    taken: set[int] = set()
    for index, piece in enumerate(texts):
        if index in taken:
            continue
        group = [
            other
            for other in range(index, len(texts))
            if other not in taken and _share(piece.box, texts[other].box) >= _SAME
        ]
        if len(group) < 2:
            continue
        place = union_box(texts[one].box for one in group)
        whole = Piece("\n".join(texts[one].text for one in group), place, piece.kind, piece.block)
        room = held([whole], seen)[0]
        if room.letters > _TOO_FULL * room.lengths * scale or (
            room.letters > 1.5 * room.lengths * scale and len(group) > 2
        ):
            taken.update(group)
            yield Finding(Sort.SAME_PLACE, place, texts[group[-1]].text, len(group) - 1)


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


def _share(one: Box, other: Box) -> float:
    common = one.intersection_area(other)
    return common / max(1e-6, one.area + other.area - common)


def _is_picture(one: Held) -> bool:
    return _is_picture_piece(one.piece)


def _is_picture_piece(piece: Piece) -> bool:
    return piece.kind is BlockKind.PICTURE
