"""What the checks found, and the warnings that are made of it: one for what belongs together."""

from __future__ import annotations

import enum
from collections.abc import Iterable, Sequence

import msgspec

from textlift.content.geometry import Box
from textlift.content.reading import PageWarning, WarningKind
from textlift.recognition.checks.near import BandIndex
from textlift.recognition.checks.places import around, meet

_QUOTED = 60
"""Characters of the text that a sentence quotes."""
_MOST = 8
"""Warnings of one sort on a page; with more of them one looks at the whole page anyway."""


class Sort(enum.Enum):
    """What a check can find: the kind of its warning, and sentences for one and for several."""

    UNREAD_LINES = (
        WarningKind.MISSED,
        "A line was not read.",
        "{count} lines were not read.",
    )
    UNREAD_PART = (
        WarningKind.MISSED,
        "Only a part of what is printed here was read.",
        "Only parts of what is printed here were read.",
    )
    UNREAD_WORDS = (
        WarningKind.MISSED,
        "The text lacks words that another reading has here: “{quote}”.",
        "The text lacks words that another reading has here, in {count} places: “{quote}”.",
    )
    ON_BLANK_PAPER = (
        WarningKind.INVENTED,
        "The page is blank where this text is said to be: “{quote}”.",
        "The page is blank where {count} lines of the text are said to be: “{quote}”.",
    )
    OVERFULL = (
        WarningKind.INVENTED,
        "The text is longer than its place on the page can hold: “{quote}”.",
        "The text is longer than its places on the page can hold, {count} times: “{quote}”.",
    )
    SAME_PLACE = (
        WarningKind.INVENTED,
        "The same place was read more than once: “{quote}”.",
        "The same place was read more than once, {count} times too many: “{quote}”.",
    )
    REPEATED = (
        WarningKind.INVENTED,
        "The text says the same again and again: “{quote}”.",
        "The text says the same again and again, {count} times too many: “{quote}”.",
    )
    UNHEARD_WORDS = (
        WarningKind.INVENTED,
        "The text says things here that another reading does not: “{quote}”.",
        "The text says things here, in {count} places, that another reading does not: “{quote}”.",
    )
    OTHER_WORDS = (
        WarningKind.DIFFERS,
        "Another reading has other words here than “{quote}”.",
        "Another reading has other words here, in {count} places, than the text: “{quote}”.",
    )
    DISORDER = (
        WarningKind.ORDER,
        "The text does not follow the page; this comes in the wrong place: “{quote}”.",
        "The text does not follow the page; {count} parts are in the wrong place: “{quote}”.",
    )
    LITTLE_CONFIDENCE = (
        WarningKind.UNCERTAIN,
        "Many lines were read with little confidence, as in handwriting or on a poor scan.",
        "Many lines were read with little confidence, as in handwriting or on a poor scan.",
    )


class Finding(msgspec.Struct, frozen=True):
    """Something a check found.

    Attributes:
        sort: What it is.
        box: Where; None when that is not known.
        quote: The text it is about; may be empty.
        count: How many lines or places.
    """

    sort: Sort
    box: Box | None = None
    quote: str = ""
    count: int = 1


def make_warnings(findings: Sequence[Finding], *, reach: float) -> tuple[PageWarning, ...]:
    """A warning for neighbours of one sort.

    Args:
        findings: In any order; those of a sort in the order of the text.
        reach: Pixels between two boxes that make them neighbours.
    """
    warnings: list[PageWarning] = []
    for sort in Sort:
        groups = _neighbours([one for one in findings if one.sort is sort], reach)
        if len(groups) > _MOST:
            groups = [[one for group in groups for one in group]]
        warnings.extend(_warning(sort, group) for group in groups)
    return tuple(warnings)


def _neighbours(findings: Iterable[Finding], reach: float) -> list[list[Finding]]:
    """Findings that lie within reach of each other; those without a place are one group."""
    placed: list[tuple[Finding, Box]] = []
    unplaced: list[Finding] = []
    for finding in findings:
        if finding.box is None:
            unplaced.append(finding)
        else:
            placed.append((finding, finding.box))
    bands = BandIndex([box for _, box in placed])
    groups = [unplaced] if unplaced else []
    left = set(range(len(placed)))
    for start in range(len(placed)):
        if start not in left:
            continue
        left.remove(start)
        group, fresh = [start], [start]
        while fresh:
            box = placed[fresh.pop()][1]
            near = [
                other
                for other in bands.near(box, margin=reach)
                if other in left and meet(box, placed[other][1], margin=reach)
            ]
            left.difference_update(near)
            group += near
            fresh += near
        groups.append([placed[one][0] for one in sorted(group)])
    return groups


def _warning(sort: Sort, group: Sequence[Finding]) -> PageWarning:
    kind, single, several = sort.value
    count = sum(one.count for one in group)
    sentence = single if count == 1 else several
    longest = max((one.quote for one in group), key=len)
    return PageWarning(
        kind,
        sentence.format(count=count, quote=_shortened(longest)),
        around(one.box for one in group),
    )


def _shortened(text: str) -> str:
    text = " ".join(text.split())
    return text if len(text) <= _QUOTED else text[:_QUOTED].rsplit(" ", 1)[0].rstrip() + "…"
