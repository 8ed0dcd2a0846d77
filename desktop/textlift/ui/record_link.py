"""A link inside the page record, which tells the window what to do."""

from __future__ import annotations

from textlift.ui.theme import Colours


def record_link(target: str, words: str, colours: Colours) -> str:
    """HTML that stays on one line; ``words`` are the program's own."""
    text = words.replace(" ", "&nbsp;")
    return f'<a style="color:{colours.accent}; text-decoration:none" href="{target}">{text}</a>'
