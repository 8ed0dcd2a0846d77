"""What is shown of DocTags while they are written: the words, and outlines where they stand."""

from __future__ import annotations

import re

from textlift.content.block import Line
from textlift.content.geometry import Box
from textlift.engines.granite_docling.doctags import CELLS, GRID, is_element
from textlift.engines.vision_language.family import Piece

_LONGEST_MARK = 32
_LOCATION = re.compile(r"loc_(\d{1,3})")
_LANGUAGE = re.compile(r"_[^<>]*_")


class DocTagsView:
    """Takes marks out of the text: a line for each element, tabs between cells."""

    def __init__(self, *, width: int, height: int) -> None:
        """For a page of this size in pixels."""
        self._x, self._y = width / GRID, height / GRID
        self._held = ""
        self._places: list[int] = []

    def add(self, text: str) -> Piece:
        """Takes the next characters of the answer."""
        self._held += text
        shown: list[str] = []
        lines: list[Line] = []
        while (start := self._held.find("<")) >= 0:
            shown.append(self._held[:start])
            self._held = self._held[start:]
            end = self._held.find(">")
            again = self._held.find("<", 1)
            if end < 0 and again < 0 and len(self._held) < _LONGEST_MARK:
                break  # it may become a mark
            if end < 0 or 0 < again < end:
                shown.append("<")
                self._held = self._held[1:]
                continue
            mark, self._held = self._held[: end + 1], self._held[end + 1 :]
            shown.append(self._words_for(mark))
            lines.extend(self._outline())
        else:
            shown.append(self._held)
            self._held = ""
        return Piece(text="".join(shown), lines=tuple(lines))

    def _words_for(self, mark: str) -> str:
        name = mark[1:-1].removeprefix("/")
        if place := _LOCATION.fullmatch(name):
            self._places.append(int(place[1]))
            return ""
        if name == "nl":
            return "\n"
        if name in CELLS:
            return "\t"
        if is_element(name):
            self._places.clear()
            return "\n" if mark.startswith("</") else ""
        return "" if _LANGUAGE.fullmatch(name) else mark

    def _outline(self) -> list[Line]:
        if len(self._places) < 4:
            return []
        x0, y0, x1, y1 = (min(place, GRID) for place in self._places[:4])
        self._places.clear()
        box = Box(min(x0, x1), min(y0, y1), max(x0, x1), max(y0, y1))
        return [Line(text="", box=box.scaled(self._x, self._y))]
