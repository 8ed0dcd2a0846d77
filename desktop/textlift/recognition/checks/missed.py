"""What is printed on the page and not in the text, by place alone."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from textlift.content.block import BlockKind
from textlift.content.reading import PageReading
from textlift.recognition.checks.findings import Finding, Sort
from textlift.recognition.checks.letter_scale import Held, letters
from textlift.recognition.checks.near import BandIndex
from textlift.recognition.checks.places import (
    Piece,
    Seen,
    body_height,
    covered_share,
    unplaced_text,
)

_COVERED = 0.5
"""Share of a line that some text must lie over."""
_REACH = 0.2
"""Heights of a line by which text reaches beyond its box: boxes of engines are tight."""
_SPECK = 0.45
"""Heights of a line below which what was seen is dust or a part of a drawing."""
_SHORTEST = 1.2
"""Heights of a line that a missed line is long: a lone letter, or a bullet, is none."""

_PART = 0.5
"""Share of the letters that would fit, below which a part was left out."""
_PART_LETTERS = 24
"""Letters that are then lacking at least."""
_UNMEASURED = frozenset({BlockKind.FORMULA, BlockKind.PICTURE})
"""Their text has another length than what is printed."""


def find_unread_lines(
    reading: PageReading, pieces: Sequence[Piece], seen: Sequence[Seen], *, scale: float
) -> list[Finding]:
    """Lines that were seen and that no text lies over.

    Args:
        reading: The page's.
        pieces: Its text with places.
        seen: The lines there are.
        scale: Letters on a length of once a line's height.
    """
    body = body_height(seen)
    # A block without text has not been read, unless blocks are all that was asked for.
    layout_only = not any(piece.text.strip() for piece in pieces)
    cover = [
        piece
        for piece in pieces
        if layout_only or piece.text.strip() or piece.kind is BlockKind.PICTURE
    ]
    index = BandIndex([piece.box for piece in cover])
    unread = []
    for line in seen:
        if line.height < _SPECK * body or line.length < _SHORTEST * body:
            continue
        margin = _REACH * line.height
        near = [cover[number] for number in index.near(line.box, margin=margin)]
        if covered_share(line, near, margin=margin) < _COVERED:
            unread.append(line)
    room = sum(line.length / line.height for line in unread) * scale
    if letters(unplaced_text(reading)) > room / 2:
        return []  # It may well be there, in what has no place.
    return [Finding(Sort.UNREAD_LINES, line.box) for line in unread]


def find_unread_parts(measured: Sequence[Held], *, scale: float) -> Iterator[Finding]:
    """Blocks and lines whose text is much shorter than what was seen in their place."""
    for one in measured:
        expected = one.lengths * scale
        lacking = expected - one.letters
        if (
            one.piece.kind not in _UNMEASURED
            and one.letters > 0
            and one.letters < _PART * expected
            and lacking >= _PART_LETTERS
        ):
            yield Finding(Sort.UNREAD_PART, one.piece.box)
