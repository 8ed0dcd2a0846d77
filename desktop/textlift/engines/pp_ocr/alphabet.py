"""The characters the weights know."""

from __future__ import annotations

from textlift.content.attempt import FailureKind
from textlift.engines.contract import EngineError
from textlift.engines.pp_ocr.weights import Network

BLANK = 0
"""Index of "no character here" in the recogniser's output."""


def read_alphabet(recogniser: Network, *, remedy: str) -> tuple[str, ...]:
    """The character of each output of the recogniser; empty for the blank, a space comes last.

    Args:
        recogniser: Loaded.
        remedy: What to do about weights that are of no use.

    Raises:
        EngineError: The weights do not name their characters.
    """
    characters = recogniser.metadata("character").splitlines()
    if not characters:
        raise EngineError(
            FailureKind.NOT_AVAILABLE, f"The weights do not name their characters; {remedy}"
        )
    return ("", *characters, " ")
