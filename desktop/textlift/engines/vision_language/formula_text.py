"""Formulas as models write them: LaTeX, with or without signs around it."""

from __future__ import annotations

_DELIMITERS = (("$$", "$$"), ("\\[", "\\]"), ("\\(", "\\)"), ("$", "$"))


def without_delimiters(text: str) -> str:
    """The LaTeX of an answer that is one formula; anything else as it is."""
    text = text.strip()
    for start, end in _DELIMITERS:
        inside = text[len(start) : -len(end)]
        if text.startswith(start) and text.endswith(end) and inside and end not in inside:
            return inside.strip()
    return text
