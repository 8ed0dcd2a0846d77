"""What there is to check on a page, in words: as HTML for the window and as plain text to copy."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape

from textlift.content.page import PageRecord
from textlift.ui.theme import Colours


def warnings_html(page: PageRecord, colours: Colours) -> str:
    """A paragraph for each warning; links are ``warning:N``, N counting them from 0."""
    reading = page.reading
    parts = []
    for number, warning in enumerate(reading.warnings if reading is not None else ()):
        sentence = escape(warning.sentence)
        if warning.box is not None:
            sentence += f' <a style="color:{colours.accent}" href="warning:{number}">Show</a>'
        mark = f'<span style="color:{colours.warning}">▲</span>'
        parts.append(f'<p style="margin:4px 0">{mark}&nbsp;{sentence}</p>')
    return "".join(parts)


def warnings_plain(page: PageRecord) -> Iterator[str]:
    """A line for each warning."""
    if page.reading is not None:
        for warning in page.reading.warnings:
            yield f"To check: {warning.sentence}"
