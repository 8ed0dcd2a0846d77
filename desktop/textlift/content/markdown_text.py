"""Plain text made safe for Markdown, so that nothing a document says becomes markup."""

from __future__ import annotations

import re

_ALWAYS = re.compile(r"([\\`*\[\]|])")
_UNDERSCORE = re.compile(r"(?<![^\W_])_|_(?![^\W_])")
_ENTITY = re.compile(r"&(?=#?\w{1,32};)")
_LINE_START = re.compile(r"^([#>+=~:%-])")
_NUMBER_START = re.compile(r"^(\d{1,9})([.)])(?=\s|$)")
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")
_PAIRED = ("~", "$")


def without_controls(text: str) -> str:
    """The text without control characters; tabs and line feeds stay."""
    return _CONTROL.sub("", text)


def escape_inline(text: str) -> str:
    """One line of text with every character escaped that Markdown could take for markup.

    Covers CommonMark, GitHub's tables and strike-through, dollar-sign formulas and raw HTML.
    The result may still begin with a list marker or heading sign: see ``escape_line``.
    """
    text = without_controls(text).replace("\n", " ").replace("\t", " ")
    text = _ALWAYS.sub(r"\\\1", text)
    text = _UNDERSCORE.sub(r"\\_", text)
    text = _ENTITY.sub("&amp;", text).replace("<", "&lt;")
    for sign in _PAIRED:
        if text.count(sign) > 1:
            text = text.replace(sign, "\\" + sign)
    return text


def escape_line(text: str) -> str:
    """A line that stands at the beginning of a line of the file."""
    text = escape_inline(text).strip()
    text = _LINE_START.sub(r"\\\1", text)
    return _NUMBER_START.sub(r"\1\\\2", text)


def html_comment(text: str) -> str:
    """A one-line HTML comment; ``text`` cannot end it early."""
    text = " ".join(without_controls(text).split())
    while "--" in text:
        text = text.replace("--", "- -")
    return f"<!-- {text.replace('<', '‹').replace('>', '›')} -->"
