"""Places of the page that were read more than once."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from textlift.content.block import BlockKind
from textlift.content.geometry import Box, union_box
from textlift.recognition.checks.findings import Finding, Sort
from textlift.recognition.checks.letter_scale import Held, held
from textlift.recognition.checks.near import BandIndex
from textlift.recognition.checks.places import Piece, Seen

_SAME = 0.6
"""Area that two boxes share against that of the smaller, from which they claim one place."""
_TOO_FULL = 1.4
_EXCESS = 12
"""Letters of all that claim a place against those that fit, and how many are too many."""

_OWN = 0.3
"""Share of its letters that the lines in its place hold, of a text that has none of its own."""
_OF_OTHERS = 0.3
"""Share of such a text's place that belongs to others."""
_LEAST = 6
"""Letters of such a text: accents and exponents have no line of their own either."""


def find_same_place(
    pieces: Sequence[Piece], seen: Sequence[Seen], *, scale: float
) -> Iterator[Finding]:
    """Places that several pieces of text claim, and that hold one of them."""
    texts = [
        piece for piece in pieces if piece.text.strip() and piece.kind is not BlockKind.PICTURE
    ]
    taken: set[int] = set()
    bands = BandIndex([piece.box for piece in texts])
    lines = BandIndex([line.box for line in seen])
    for index, piece in enumerate(texts):
        if index in taken:
            continue
        group = [
            other
            for other in bands.near(piece.box)
            if other >= index
            and other not in taken
            and _share(piece.box, texts[other].box) >= _SAME
        ]
        if len(group) < 2:
            continue
        place = union_box(texts[one].box for one in group)
        whole = Piece("\n".join(texts[one].text for one in group), place, piece.kind, piece.block)
        room = held([whole], [seen[number] for number in lines.near(place)])[0]
        expected = room.lengths * scale
        if room.letters > _TOO_FULL * expected and room.letters - expected >= _EXCESS:
            taken.update(group)
            yield Finding(Sort.SAME_PLACE, place, texts[group[-1]].text, len(group) - 1)


def find_squeezed_in(measured: Sequence[Held], *, scale: float) -> Iterator[Finding]:
    """Text that has no line of its own, and lies over the lines of others."""
    own = [one.lengths * scale >= _OWN * one.letters for one in measured]
    holders = [
        one.piece.box
        for one, has_line in zip(measured, own, strict=True)
        if has_line and one.letters and one.piece.kind is not BlockKind.PICTURE
    ]
    bands = BandIndex(holders)
    for one, has_line in zip(measured, own, strict=True):
        box = one.piece.box
        if has_line or one.letters < _LEAST or one.piece.kind is BlockKind.PICTURE:
            continue
        taken = sum(box.intersection_area(holders[number]) for number in bands.near(box))
        if taken >= _OF_OTHERS * box.area > 0:
            yield Finding(Sort.SAME_PLACE, box, one.piece.text)


def _share(one: Box, other: Box) -> float:
    return one.intersection_area(other) / max(1.0, min(one.area, other.area))
