"""Text that appears in the editor while its page is being read."""

from __future__ import annotations

import bisect
import math

from textlift.content.block import Line
from textlift.content.page import EditedLine
from textlift.engines.contract import ReadProgress
from textlift.ui.line_index import line_box
from textlift.ui.text_editor import TextEditor

_MANY = 60
_LONG = 1000
"""Characters of a line; adding to one lays all of it out anew. A table can be a single line."""
_Place = tuple[float, float, int]


class TextStream:
    """Puts the lines of a reading in progress into an editor, from the top of the page down.

    Engines report lines in the order they finish them. Sources count every line reported, those
    without text too, as the page view counts them.
    """

    def __init__(self, editor: TextEditor) -> None:
        self._editor = editor
        self._places: list[_Place] = []
        self._count = 0
        self._written = 0
        editor.set_lines(())

    def add(self, progress: ReadProgress) -> None:
        """Shows what is new."""
        fresh: list[tuple[_Place, EditedLine]] = []
        for line in progress.lines:
            if line.text:
                edited = EditedLine(text=line.text, source=self._count)
                fresh.append((_place(line, self._count), edited))
            self._count += 1
        if not self._places and len(fresh) > _MANY:
            # As when the user comes to a page that has been read for a while.
            fresh.sort(key=lambda placed: placed[0])
            self._places = [place for place, _ in fresh]
            self._editor.set_lines(line for _, line in fresh)
        else:
            for place, edited in fresh:
                position = bisect.bisect(self._places, place)
                self._places.insert(position, place)
                self._editor.insert_line(position, edited)
        if progress.text:
            self._editor.append_text(self._with_breaks(progress.text))

    def _with_breaks(self, text: str) -> str:
        """Breaks lines that grow very long; the page's text will not have these breaks."""
        pieces = []
        for character in text:
            pieces.append(character)
            self._written += 1
            at_space = self._written >= _LONG and character.isspace()
            if character == "\n":
                self._written = 0
            elif at_space or self._written >= 2 * _LONG:
                pieces.append("\n")
                self._written = 0
        return "".join(pieces)


def _place(line: Line, count: int) -> _Place:
    box = line_box(line)
    return (box.y0, box.x0, count) if box is not None else (math.inf, 0.0, count)
