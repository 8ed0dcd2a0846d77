"""Everything that a person should look at on a page that was read."""

from __future__ import annotations

from collections.abc import Sequence

from textlift.content.reading import PageReading, PageWarning
from textlift.inspection.messages import PageLook
from textlift.recognition.checks.against_witness import find_other_words, placed_lines
from textlift.recognition.checks.amount import find_wrong_amount
from textlift.recognition.checks.findings import Finding, make_warnings
from textlift.recognition.checks.invented import (
    find_on_blank_paper,
    find_overfull,
    find_repeated_lines,
)
from textlift.recognition.checks.letter_scale import held, letters, letters_per_height
from textlift.recognition.checks.low_confidence import find_low_confidence
from textlift.recognition.checks.missed import find_unread_lines, find_unread_parts
from textlift.recognition.checks.order import find_disorder
from textlift.recognition.checks.places import (
    body_height,
    placed_pieces,
    seen_lines,
    unplaced_text,
)
from textlift.recognition.checks.same_place import find_same_place, find_squeezed_in
from textlift.recognition.checks.testimony import hear

_TEXT_LAYER = "text-layer"
_REACH = 1.5
"""Heights of a line between two findings that are told of in one warning."""

_TOLD = 0.5
"""Share of a place that other findings of the kind lie over."""


def check_page(
    reading: PageReading,
    *,
    look: PageLook | None,
    witness: PageReading | None,
    width: int,
    height: int,
) -> tuple[PageWarning, ...]:
    """What speaks for something missed, invented, different, out of order or read badly.

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
    if not reading.text.strip():
        return make_warnings(find_unread_lines(reading, pieces, seen, scale=0.0), reach=reach)
    placed = _has_places(reading)
    measured = held(pieces, seen)
    findings = [*find_low_confidence(reading), *find_repeated_lines(reading)]
    scale = letters_per_height(measured)
    if look is not None and pieces:
        findings += find_unread_lines(reading, pieces, seen, scale=scale)
        findings += find_unread_parts(measured, scale=scale)
        findings += find_on_blank_paper(measured, look.ink)
        findings += find_overfull(measured, scale=scale)
        for same in (
            find_same_place(pieces, seen, scale=scale),
            find_squeezed_in(measured, scale=scale),
        ):
            findings += [one for one in same if not _is_told(one, findings)]
    testimony = hear(reading, witness) if witness is not None else None
    if testimony is not None and witness is not None:
        if not placed:
            scale = letters_per_height(held(placed_pieces(witness), seen))
        others = find_other_words(reading, testimony, seen, scale=scale)
        findings += [one for one in others if not _is_told(one, findings)]
    if look is not None and not placed and (testimony is None or not testimony.agrees):
        findings += find_wrong_amount(reading, seen)
    ordered = pieces if testimony is None or placed else placed_lines(testimony)
    rotation = reading.rotation or (witness.rotation if witness is not None else 0)
    findings += find_disorder(ordered, rotation=rotation, width=width, height=height)
    return make_warnings(findings, reach=reach)


def _is_told(finding: Finding, others: Sequence[Finding]) -> bool:
    """Whether most of a finding's place is said to be wrong in the same way already."""
    box = finding.box
    if box is None:
        return False
    kind = finding.sort.value[0]
    told = sum(
        box.intersection_area(other.box)
        for other in others
        if other.box is not None and other.sort.value[0] is kind
    )
    return told > _TOLD * box.area


def _has_places(reading: PageReading) -> bool:
    """Whether most of the text has a place of the engine's own."""
    without = letters(unplaced_text(reading))
    return without * 2 < letters(reading.text)
