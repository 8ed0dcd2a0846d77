"""The characters the weights know."""

from __future__ import annotations

from textlift.content.attempt import FailureKind
from textlift.engines.contract import EngineError
from textlift.engines.pp_ocr.weights import Network

BLANK = 0
"""Index of "no character here" in the recogniser's output."""


def read_alphabet(recogniser: Network) -> tuple[str, ...]:
    """The character of each output of the recogniser; empty for the blank, a space comes last.

    Raises:
        EngineError: The weights do not name their characters.
    """
    characters = recogniser.metadata("character").splitlines()
    if not characters:
        raise EngineError(
            FailureKind.NOT_AVAILABLE,
            "The installed PP-OCRv6 weights do not name their characters; "
            "install Textlift again: pip install textlift",
        )
    return ("", *characters, " ")
