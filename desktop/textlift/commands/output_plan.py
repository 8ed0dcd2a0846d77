"""Where the text goes: to standard output, into one file, or one file for each document."""

from __future__ import annotations

import os
from pathlib import Path

import msgspec

from textlift.exports import EXPORTERS
from textlift.exports.contract import Exporter

STANDARD_OUTPUT = "-"
_FORMAT_OF_EXTENSION = {
    **{exporter.extension: name for name, exporter in EXPORTERS.items()},
    ".text": "txt",
    ".markdown": "md",
}


class OutputPlan(msgspec.Struct, frozen=True):
    """Where the text goes. Neither file nor folder: to standard output.

    Attributes:
        exporter: The format.
        file: For everything.
        folder: For a file for each document.
        also_prints: The plain text goes to standard output as well.
        note: What people read ends with a note on what is left to check.
    """

    exporter: Exporter
    file: Path | None = None
    folder: Path | None = None
    also_prints: bool = False
    note: bool = True


class UnknownFormatError(Exception):
    """No format has this name; the sentence names those there are."""


def plan_output(
    output: str, *, format_name: str, also_prints: bool = False, note: bool = True
) -> OutputPlan:
    """Decides from ``-o``, ``--format`` (either may be empty), ``--print`` and ``--note``.

    A folder is what exists as one, ends with a slash, or has no extension. The format is the
    one asked for, else that of the file's extension, else plain text.

    Raises:
        UnknownFormatError: There is no such format.
    """
    if format_name and format_name not in EXPORTERS:
        raise UnknownFormatError(
            f"There is no format called “{format_name}”. Choose one of: {', '.join(EXPORTERS)}."
        )
    if output in {"", STANDARD_OUTPUT}:
        return OutputPlan(EXPORTERS[format_name or "txt"], note=note)
    path = Path(output)
    ends_as_folder = output.endswith(tuple(filter(None, ("/", os.sep, os.altsep))))
    if ends_as_folder or path.is_dir() or (not path.suffix and not path.exists()):
        exporter = EXPORTERS[format_name or "txt"]
        return OutputPlan(exporter, folder=path, also_prints=also_prints, note=note)
    by_extension = _FORMAT_OF_EXTENSION.get(path.suffix.lower(), "txt")
    exporter = EXPORTERS[format_name or by_extension]
    return OutputPlan(exporter, file=path, also_prints=also_prints, note=note)
