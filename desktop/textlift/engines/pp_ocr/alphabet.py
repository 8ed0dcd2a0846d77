"""The characters the weights know."""

from __future__ import annotations

from textlift.content.attempt import FailureKind
from textlift.engines.contract import EngineError
from textlift.engines.pp_ocr.line_network import LineNetwork


def read_alphabet(recogniser: LineNetwork, *, remedy: str) -> tuple[str, ...]:
    """The character of each output of the recogniser; empty for the blank, a space comes last.

    Args:
        recogniser: Loaded.
        remedy: What to do about weights that are of no use.

    Raises:
        EngineError: The weights do not name their characters.
    """
    if not recogniser.characters:
        raise EngineError(
            FailureKind.NOT_AVAILABLE, f"The weights do not name their characters; {remedy}"
        )
    return ("", *recogniser.characters, " ")
