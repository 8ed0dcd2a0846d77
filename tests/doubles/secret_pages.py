"""Engines that lose pages with a secret on them and blurt it out in every way they can."""

from __future__ import annotations

from doubles.engine_script import EXIT, READ, EngineScript, fail, muttering, read, saying
from textlift.content.attempt import FailureKind

SECRET = "Aldous"
"""In the text of every page, in what engines say when they fail, and in the name of the file."""


def script_trouble(script: EngineScript) -> None:
    """Two engines for a document of five pages; the last is lost by none for good."""
    text = f"Dear Mrs {SECRET}, page"
    quoting = f"It repeated “{text}” 14 times."
    script.engine(
        "automatic",
        title="First",
        pages={
            1: read(text),
            2: [muttering(text, saying(text, EXIT)), read(text)],
            3: muttering(text, {"do": "raise", "text": text}),
            4: fail(FailureKind.RAN_AWAY, quoting),
            5: fail(FailureKind.OUT_OF_MEMORY, f"There is no room for “{text}”."),
        },
    )
    script.engine("tesseract", pages={4: fail(FailureKind.MALFORMED, quoting)}, default=READ)
