"""What is said of text that PP-OCRv6 cannot read."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from textlift.content.attempt import FailureKind
from textlift.content.geometry import quad_box, union_box
from textlift.content.reading import PageWarning, WarningKind
from textlift.engines.contract import EngineError
from textlift.engines.pp_ocr.added_alphabets import AddedAlphabets
from textlift.engines.pp_ocr.pieces import Piece
from textlift.engines.pp_ocr.script_evidence import ScriptEvidence, guessed_scripts

_MOST_SEPARATE = 5
_UNSURE = 0.8


def wrong_script(pieces: Iterable[Piece], added: AddedAlphabets) -> EngineError:
    """The failure of a whole page.

    Args:
        pieces: What was read of it.
        added: The alphabets that could not read it either.
    """
    names = [alphabet.about.title for alphabet in added]
    known = f", and what was added: {', '.join(names)}" if names else ""
    problems = "".join(f" {sentence}" for sentence in added.problems)
    return EngineError(
        FailureKind.WRONG_SCRIPT,
        "This page is in a script that PP-OCRv6 cannot read: it knows Latin, Chinese and "
        f"Japanese letters{known}. Add the page's alphabet in the list of models, or read it "
        f"with Tesseract and the page's language.{problems}",
        scripts=guessed_scripts(pieces),
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
