"""Whether the text follows the page: down each column, and the left column first."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import msgspec

from textlift.content.block import BlockKind
from textlift.content.geometry import Box
from textlift.content.scripts import dominant_script
from textlift.recognition.checks.findings import Finding, Sort
from textlift.recognition.checks.interleaving import find_interleaved_columns
from textlift.recognition.checks.letter_scale import letters
from textlift.recognition.checks.places import Piece, around

_ANYWHERE = frozenset(
    {
        BlockKind.PAGE_HEADER,
        BlockKind.PAGE_FOOTER,
        BlockKind.FOOTNOTE,
        BlockKind.CAPTION,
        BlockKind.PICTURE,
        BlockKind.TABLE,
    }
)
"""What has no fixed place in the order of a page."""
_FROM_THE_RIGHT = frozenset({"Arab", "Hebr", "Syrc", "Thaa"})
_SAME_COLUMN = 0.5
"""Share of the narrower of two texts that stands above or below the other."""
_BESIDE = 0.5
"""Share of the lower of two texts that stands beside the other."""
_SLACK = 0.35
"""Of the lower one's height, that two texts one below the other may overlap by."""

_MISPLACED = 60
"""Letters that must come too late in a column, or ..."""
_MISPLACED_COLUMN = 160
"""... in the wrong column, before one speaks of disorder: less is a matter of taste."""
_MOST = 600
"""Pieces that are looked at; more have no order that can be judged in time."""


class _Unit(msgspec.Struct, frozen=True):
    """A piece; ``upright`` is its box on the page made upright."""

    box: Box
    upright: Box
    text: str
    letters: int


def find_disorder(
    pieces: Sequence[Piece], *, rotation: int, width: int, height: int
) -> list[Finding]:
    """Text that comes after what stands below it, or after the column to its right.

    Nothing is said of tables, headers, captions and notes, nor of columns in scripts that run
    from the right or down the page.

    Args:
        pieces: In the order of the text.
        rotation: Degrees clockwise that make the page upright.
        width: Of the page in pixels.
        height: Likewise.
    """
    upright = [_upright(piece.box, rotation, width, height) for piece in pieces]
    units = [
        _Unit(piece.box, box, piece.text, letters(piece.text))
        for piece, box in zip(pieces, upright, strict=True)
        if piece.kind not in _ANYWHERE and piece.text.strip()
    ][:_MOST]
    if _runs_otherwise(units):
        return []
    return (
        _misplaced(units, _is_above, least=_MISPLACED)
        or _misplaced(units, _is_in_left_column, least=_MISPLACED_COLUMN)
        or find_interleaved_columns(pieces, upright)
    )


def _upright(box: Box, rotation: int, width: int, height: int) -> Box:
    match rotation:
        case 90:
            return Box(height - box.y1, box.x0, height - box.y0, box.x1)
        case 180:
            return Box(width - box.x1, height - box.y1, width - box.x0, height - box.y0)
        case 270:
            return Box(box.y0, width - box.x1, box.y1, width - box.x0)
        case _:
            return box


def _runs_otherwise(units: Sequence[_Unit]) -> bool:
    text = " ".join(unit.text for unit in units)
    tall = sum(unit.upright.height > 2 * unit.upright.width and unit.letters > 2 for unit in units)
    return dominant_script(text) in _FROM_THE_RIGHT or tall * 2 > len(units)


def _is_above(later: Box, earlier: Box) -> bool:
    common = min(later.x1, earlier.x1) - max(later.x0, earlier.x0)
    if common < _SAME_COLUMN * min(later.width, earlier.width):
        return False
    return later.y1 <= earlier.y0 + _SLACK * min(later.height, earlier.height)


def _is_in_left_column(later: Box, earlier: Box) -> bool:
    common = min(later.y1, earlier.y1) - max(later.y0, earlier.y0)
    if common < _BESIDE * min(later.height, earlier.height):
        return False
    return later.x1 <= earlier.x0


def _misplaced(
    units: Sequence[_Unit], wrong: Callable[[Box, Box], bool], *, least: int
) -> list[Finding]:
    """The least text that, taken away, leaves an order; nothing when that is little."""
    partners: dict[int, set[int]] = {}
    for later, unit in enumerate(units):
        for earlier in range(later):
            if wrong(unit.upright, units[earlier].upright):
                partners.setdefault(later, set()).add(earlier)
                partners.setdefault(earlier, set()).add(later)
    # Kept up to date: summed anew each time they would take a minute on a page in disorder.
    against = {
        one: sum(units[other].letters for other in others) for one, others in partners.items()
    }
    removed: list[int] = []
    while partners:
        worst = max(partners, key=lambda one: against[one] / max(1, units[one].letters))
        removed.append(worst)
        for other in partners.pop(worst):
            against[other] -= units[worst].letters
            partners[other].discard(worst)
            if not partners[other]:
                del partners[other]
    if sum(units[one].letters for one in removed) < least:
        return []
    removed.sort()
    return [
        Finding(Sort.DISORDER, around(units[one].box for one in removed), units[removed[0]].text)
    ]
