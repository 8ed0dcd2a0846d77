"""Where the files that come with Textlift are: icons, samples."""

from __future__ import annotations

from functools import cache
from pathlib import Path


@cache
def shipped_folder() -> Path:
    """``resources``: inside the installed package, or at the root of a checkout."""
    package = Path(__file__).resolve().parent
    installed = package / "resources"
    return installed if installed.is_dir() else package.parents[1] / "resources"


def shipped_file(name: str) -> Path:
    """A file under ``resources``, such as ``icons/open.svg``."""
    return shipped_folder() / name


def sample_document() -> Path:
    """The document that an empty window and a bare command line offer to read."""
    return shipped_file("sample.pdf")


def sample_text() -> Path:
    """The text that is printed on the first page of the sample document."""
    return shipped_file("sample-page-1.txt")
