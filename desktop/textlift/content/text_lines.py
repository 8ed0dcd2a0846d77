"""The text of a page as lines that remember the printed line they came from."""

from __future__ import annotations

import unicodedata

from textlift.content.page import EditedLine, PageEdit, PageRecord
from textlift.content.reading import PageReading, block_lines


def reading_lines(reading: PageReading) -> tuple[EditedLine, ...]:
    """Lines of a reading with a blank line between blocks; ``source`` points into its lines."""
    result: list[EditedLine] = []
    source = 0
    for block in reading.blocks:
        lines = block_lines(block)
        if lines and result:
            result.append(EditedLine(text=""))
        for line in lines:
            result.append(EditedLine(text=line.text, source=source))
            source += 1
    return tuple(result)


def page_lines(page: PageRecord) -> tuple[EditedLine, ...]:
    """The lines a person sees and exports: their edit when there is one, else the reading."""
    if page.edit is not None:
        return page.edit.lines
    return reading_lines(page.reading) if page.reading is not None else ()


def page_text(page: PageRecord) -> str:
    """The plain text of a page, lines as printed, a blank line between blocks."""
    return "\n".join(line.text for line in page_lines(page))


def make_edit(lines: list[EditedLine], reading: PageReading | None) -> PageEdit | None:
    """An edit of these lines in NFC, or None when they are what was read."""
    normal = tuple(
        EditedLine(text=unicodedata.normalize("NFC", line.text), source=line.source)
        for line in lines
    )
    original = reading_lines(reading) if reading is not None else ()
    if [line.text for line in normal] == [line.text for line in original]:
        return None
    return PageEdit(lines=normal)
