"""How each kind of warning looks and is called: never told apart by colour alone."""

from __future__ import annotations

import msgspec
from PySide6.QtCore import Qt

from textlift.content.reading import PageWarning, WarningKind


class WarningLook(msgspec.Struct, frozen=True):
    """What a person sees of a kind of warning.

    Attributes:
        word: On its flag.
        meaning: What it says of the text, for the tooltip.
        frame: The line around its place, in words.
        colour: On white paper, as ``#rrggbb``.
        line: Of its frame.
        hatch: Inside its frame.
    """

    word: str
    meaning: str
    frame: str
    colour: str
    line: Qt.PenStyle = Qt.PenStyle.SolidLine
    hatch: Qt.BrushStyle = Qt.BrushStyle.NoBrush


_PLAIN = "#475569"

_LOOKS = {
    WarningKind.MISSED: WarningLook(
        "Missed",
        "the page has text here that was not read",
        "dashed frame",
        "#b45309",
        line=Qt.PenStyle.DashLine,
    ),
    WarningKind.INVENTED: WarningLook(
        "Invented",
        "the text says more than the page has here",
        "hatched frame",
        "#a21caf",
        hatch=Qt.BrushStyle.BDiagPattern,
    ),
    WarningKind.DIFFERS: WarningLook(
        "Differs",
        "another model reads other words here",
        "dotted frame",
        "#6d28d9",
        line=Qt.PenStyle.DotLine,
    ),
    WarningKind.ORDER: WarningLook(
        "Order",
        "the text does not follow the page",
        "frame with upright lines",
        "#15803d",
        hatch=Qt.BrushStyle.VerPattern,
    ),
    WarningKind.UNCERTAIN: WarningLook(
        "Unsure",
        "the model itself is not sure",
        "frame of dots and dashes",
        "#92400e",
        line=Qt.PenStyle.DashDotLine,
    ),
    WarningKind.LANGUAGE: WarningLook(
        "Language",
        "a language or script that the model cannot read",
        "frame with level lines",
        "#0e7490",
        hatch=Qt.BrushStyle.HorPattern,
    ),
    WarningKind.PARTIAL_IMAGE: WarningLook(
        "Not drawn", "a part of the page could not be drawn", "plain frame", _PLAIN
    ),
    WarningKind.REPAIRED: WarningLook(
        "Mended", "the model's answer was damaged and has been mended", "plain frame", _PLAIN
    ),
    WarningKind.UNCHECKED: WarningLook(
        "Not checked", "nobody has compared the text with the page", "plain frame", _PLAIN
    ),
}


def warning_look(kind: WarningKind) -> WarningLook:
    """How a kind of warning looks."""
    return _LOOKS[kind]


def warning_tip(number: int, warning: PageWarning, *, ticked: bool) -> str:
    """What a tooltip says of the warning with this number, from 1."""
    look = warning_look(warning.kind)
    done = " (ticked off)" if ticked else ""
    return f"{number}. {look.word}{done}: {look.meaning}.\n{warning.sentence}"


def legend(warnings: tuple[PageWarning, ...]) -> str:
    """A line for each kind that there is: its frame, its name, its meaning."""
    kinds = dict.fromkeys(warning.kind for warning in warnings if warning.box is not None)
    looks = (warning_look(kind) for kind in kinds)
    lines = [
        f"{look.frame[0].upper()}{look.frame[1:]}: {look.word.lower()}, {look.meaning}."
        for look in looks
    ]
    if lines:
        lines.append("A faint frame with a tick: ticked off.")
    return "\n".join(lines)
