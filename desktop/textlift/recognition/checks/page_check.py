"""Everything that a person should look at on a page that was read."""

from __future__ import annotations

from textlift.content.reading import PageReading, PageWarning
from textlift.inspection.messages import PageLook
from textlift.recognition.checks.findings import Finding, make_warnings
from textlift.recognition.checks.invented import (
    find_on_blank_paper,
    find_overfull,
    find_repeated_lines,
    find_same_place,
)
from textlift.recognition.checks.letter_scale import held, letters_per_height
from textlift.recognition.checks.missed import find_unread_lines, find_unread_parts
from textlift.recognition.checks.order import find_disorder
from textlift.recognition.checks.places import body_height, placed_pieces, seen_lines

_TEXT_LAYER = "text-layer"
_REACH = 1.5
"""Heights of a line between two findings that are told of in one warning."""


def check_page(
    reading: PageReading,
    *,
    look: PageLook | None,
    witness: PageReading | None,
    width: int,
    height: int,
) -> tuple[PageWarning, ...]:
    """What speaks for something missed, invented, different or out of order.

    The text that a PDF carries is not checked: it is what the document says, whatever is drawn.

    Args:
        reading: The page's, or that of a part of it.
        look: What an independent detector saw; None where nothing did.
        witness: What another engine read on the page, with places; None where none did.
        width: Of the rendered page in pixels.
        height: Likewise.
    """
    if reading.read_by == _TEXT_LAYER:
        return ()
    pieces = placed_pieces(reading)
    seen = seen_lines(look.lines, within=reading.box) if look is not None else ()
    reach = _REACH * (body_height(seen) if seen else height / 60)
    findings: list[Finding] = [*find_repeated_lines(reading)]
    if look is not None and pieces:
        measured = held(pieces, seen)
        scale = letters_per_height(measured)
        findings += find_unread_lines(reading, pieces, seen, scale=scale)
        findings += find_unread_parts(measured, scale=scale)
        findings += find_on_blank_paper(measured, look.ink)
        findings += find_overfull(measured, scale=scale)
        findings += find_same_place(pieces, seen, scale=scale)
    rotation = reading.rotation or (witness.rotation if witness is not None else 0)
    findings += find_disorder(pieces, rotation=rotation, width=width, height=height)
    return make_warnings(findings, reach=reach)
