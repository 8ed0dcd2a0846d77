"""Text that Qt must not take for HTML."""

from __future__ import annotations

_AS_HTML = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;"})
"""``html.escape`` comes with the names of all characters."""


def literal(text: str) -> str:
    """The text for a tool tip, shown as it is.

    A tool tip guesses whether it is given HTML, and loads pictures from wherever they lie. What a
    document, a model or a file name says must not be one, so it is made HTML that shows it.
    """
    if "<" not in text and "&" not in text:
        return text
    return f'<p style="white-space:pre-wrap">{text.translate(_AS_HTML)}</p>'
