"""Rows as tab-separated text, for spreadsheets, without anything that a spreadsheet would run."""

from __future__ import annotations

from collections.abc import Iterable

_BEGINNINGS = ("=", "+", "-", "@", "\t", "\r")
"""What a cell begins with that spreadsheets take for a formula."""


def tab_separated(rows: Iterable[Iterable[str]]) -> str:
    """The rows as lines with tabs between the cells.

    A cell that would be taken for a formula gets an apostrophe in front, which makes it text;
    breaks and tabs inside a cell become spaces.
    """
    return "".join("\t".join(map(_cell, row)) + "\n" for row in rows)


def _cell(text: str) -> str:
    safe = f"'{text}" if text.startswith(_BEGINNINGS) or _begins_hidden(text) else text
    return " ".join(safe.replace("\t", " ").splitlines())


def _begins_hidden(text: str) -> bool:
    """Whether a formula stands behind white space, which some spreadsheets take away."""
    return text.lstrip().startswith(_BEGINNINGS)
