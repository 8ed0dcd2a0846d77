"""Why the reader cannot give a document or page, and how a file is named in a sentence."""

from __future__ import annotations

import unicodedata
from pathlib import Path

from textlift.documents.messages import DocumentFailure
from textlift.processes.served_error import ServedError

MAX_NAME = 80
"""Characters of a file's name in a sentence; longer ones are cut in the middle."""


class ReaderError(ServedError):
    """A document or page cannot be had; travels to the window with its sentence."""

    def __init__(self, failure: DocumentFailure, sentence: str, *, details: str = "") -> None:
        super().__init__(failure.value, sentence, details=details)
        self.failure = failure


def shown_name(path: str) -> str:
    """The last part of a path as a person can read it.

    Bytes that are no text and characters that steer a terminal or the direction of writing
    are replaced, so the name can stand in any sentence.
    """
    name = Path(path).name or path
    name = "".join(
        "\ufffd" if unicodedata.category(char) in {"Cs", "Cc", "Cf"} else char for char in name
    )
    if len(name) > MAX_NAME:
        half = (MAX_NAME - 1) // 2
        name = f"{name[:half]}…{name[-half:]}"
    return name
