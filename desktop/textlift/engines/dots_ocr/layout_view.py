"""What is shown of a layout while the model writes it: outlines, and the words of the elements."""

from __future__ import annotations

import html
import re

from textlift.content.block import Line
from textlift.engines.dots_ocr.json_text import StringDecoder
from textlift.engines.dots_ocr.layout_blocks import PageScale
from textlift.engines.vision_language.family import Piece

_NUMBER = r"\s*(-?\d{1,9}(?:\.\d{1,9})?)\s*"
_SIGN = re.compile(
    rf'"bbox"\s*:\s*\[{_NUMBER},{_NUMBER},{_NUMBER},{_NUMBER}\]'
    r'|"category"\s*:\s*"([^"]{0,40})"'
    r'|"text"\s*:\s*(")'
)
_KEPT = 200
"""Characters that a sign to be recognised is never longer than."""

_TABLE = "Table"
_PARTS = re.compile(r"<[^<>]*>|[^<]+|<")
_BEGUN = re.compile(r"<[^<>]*\Z|&#?\w{0,8}\Z")
_TAG = re.compile(r"<\s*(/?[a-zA-Z][a-zA-Z0-9]*)[^<>]*>")


class LayoutView:
    """Follows the JSON: an outline when a box is complete, words as soon as they are decoded."""

    def __init__(self, scale: PageScale) -> None:
        self._scale = scale
        self._held = ""
        self._category = ""
        self._string: StringDecoder | None = None
        self._tags: _TagReader | None = None
        self._shown = False
        self._begun = False

    def add(self, text: str) -> Piece:
        """Takes the next characters of the answer."""
        shown: list[str] = []
        lines: list[Line] = []
        self._held += text
        while True:
            if self._string is not None:
                words, self._held = self._string.feed(self._held)
                shown.append(self._words(words))
                if not self._string.closed:
                    break
                self._string = None
                continue
            sign = _SIGN.search(self._held)
            if sign is None:
                self._held = self._held[-_KEPT:]
                break
            self._held = self._held[sign.end() :]
            if sign[6] is not None:
                self._string = StringDecoder()
                self._tags = _TagReader() if self._category == _TABLE else None
                self._begun = False
            elif sign[5] is not None:
                self._category = sign[5]
            else:
                corners = (float(sign[1]), float(sign[2]), float(sign[3]), float(sign[4]))
                x0, x1 = sorted(corners[0::2])
                y0, y1 = sorted(corners[1::2])
                box = self._scale.box((x0, y0, x1, y1))
                if box is not None:
                    lines.append(Line("", box=box))
        return Piece(text="".join(shown), lines=tuple(lines))

    def _words(self, text: str) -> str:
        """The words to show, with a blank line before those of a further element."""
        if self._tags is not None:
            text = self._tags.read(text)
        if not text or self._begun:
            return text
        between = "\n\n" if self._shown else ""
        self._begun = self._shown = True
        return between + text


class _TagReader:
    """Shows a table in HTML as it grows: cells with tabs between them, a line for each row."""

    def __init__(self) -> None:
        self._held = ""
        self._in_row = False

    def read(self, text: str) -> str:
        """Takes more of the table; the beginning of a tag or an entity is held back."""
        self._held += text
        begun = _BEGUN.search(self._held)
        end = begun.start() if begun else len(self._held)
        ready, self._held = self._held[:end], self._held[end:]
        return "".join(self._shown(part) for part in _PARTS.findall(ready))

    def _shown(self, part: str) -> str:
        tag = _TAG.match(part)
        if tag is None:
            return html.unescape(part)
        name = tag.group(1).lower()
        if name == "/tr":
            self._in_row = False
            return "\n"
        if name in {"td", "th"}:
            between = "\t" if self._in_row else ""
            self._in_row = True
            return between
        return ""
