"""Rows as tab-separated text, for spreadsheets, without anything that a spreadsheet would run."""

from __future__ import annotations

import re
from collections.abc import Iterable

_FORMULA = re.compile(r"[\t\r]|[\s\"]*[=+\-@＝＋－＠]")
"""How a cell begins that spreadsheets take for a formula.

Some take white space in front of it away, all a pair of quotation marks, and some take the wide
characters of East Asia for the narrow ones.
"""
_NUMBER = re.compile(r"[+\-]?(?:\d[\d.,' \u00a0\u202f]*)?[%‰]?")
"""What begins like a formula and is none: a number with its sign, a dash."""


def tab_separated(rows: Iterable[Iterable[str]]) -> str:
    """The rows as lines with tabs between the cells.

    A cell that would be taken for a formula gets an apostrophe in front, which makes it text; a
    number is left as it is. Breaks and tabs inside a cell become spaces.
    """
    return "".join("\t".join(map(_cell, row)) + "\n" for row in rows)


def _cell(text: str) -> str:
    harmless = _NUMBER.fullmatch(text) is not None
    safe = f"'{text}" if _FORMULA.match(text) and not harmless else text
    return " ".join(safe.replace("\t", " ").splitlines())
