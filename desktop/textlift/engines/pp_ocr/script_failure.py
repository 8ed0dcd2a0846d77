"""What is said of text that PP-OCRv6 cannot read."""

from __future__ import annotations

from collections.abc import Sequence

from textlift.content.attempt import FailureKind
from textlift.content.geometry import quad_box, union_box
from textlift.content.reading import PageWarning, WarningKind
from textlift.engines.contract import EngineError
from textlift.engines.pp_ocr.pieces import Piece
from textlift.engines.pp_ocr.script_evidence import ScriptEvidence

_MOST_SEPARATE = 5
_UNSURE = 0.8


def wrong_script() -> EngineError:
    """The failure of a whole page."""
    return EngineError(
        FailureKind.WRONG_SCRIPT,
        "This page is in a script that PP-OCRv6 cannot read: it knows Latin, Chinese and "
        "Japanese letters. Tesseract with the page's language may read it.",
    )


def make_warnings(evidence: ScriptEvidence, unread: Sequence[Piece]) -> tuple[PageWarning, ...]:
    """What to check on a page most of which was read.

    Args:
        evidence: Of all its lines.
        unread: Lines that were left out.
    """
    warnings = _about_unread(unread)
    if evidence.losing_accents:
        warnings.append(
            PageWarning(
                WarningKind.LANGUAGE,
                "This looks like Vietnamese. PP-OCRv6 lacks its letters with two accents and "
                "leaves them out; Tesseract with Vietnamese does not.",
            )
        )
    if evidence.score < _UNSURE:
        warnings.append(
            PageWarning(
                WarningKind.UNCERTAIN,
                "PP-OCRv6 is unsure of most of this page: handwriting, a poor scan, or letters "
                "that it does not know.",
            )
        )
    return tuple(warnings)


def _about_unread(unread: Sequence[Piece]) -> list[PageWarning]:
    boxes = [quad_box(piece.quad) for piece in unread]
    if len(boxes) <= _MOST_SEPARATE:
        return [
            PageWarning(
                WarningKind.LANGUAGE,
                "A line was left out: it may be in a script that PP-OCRv6 cannot read.",
                box,
            )
            for box in boxes
        ]
    return [
        PageWarning(
            WarningKind.LANGUAGE,
            f"{len(boxes)} lines were left out: they may be in a script that PP-OCRv6 cannot read.",
            union_box(boxes),
        )
    ]
