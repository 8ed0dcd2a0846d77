"""Searching the text of stored pages without making records of them."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from textlift.content.block import BlockKind
from textlift.content.page import PageEdit
from textlift.content.tables import table_lines
from textlift.sessions.session_file import SessionFile
from textlift.sessions.stored import PageSpan

_FORWARD = """
    SELECT number, reading, edit FROM pages WHERE document_id = ? AND number BETWEEN ? AND ?
    AND (reading IS NOT NULL OR edit IS NOT NULL) ORDER BY number
"""
_BACKWARD = f"{_FORWARD} DESC"


class _LineText(msgspec.Struct, frozen=True):
    text: str


class _BlockText(msgspec.Struct, frozen=True):
    kind: BlockKind
    text: str
    lines: tuple[_LineText, ...] = ()


class _ReadingText(msgspec.Struct, frozen=True):
    """Of a reading only what stands on the page: decoded in a third of the time."""

    blocks: tuple[_BlockText, ...]


def first_with(file: SessionFile, spans: Iterable[PageSpan], text: str) -> tuple[int, int] | None:
    """The first page, in order, on which a line has the text; case does not count.

    Returns:
        Its document and number; None where no page has it.
    """
    wanted = text.casefold()
    for span in spans:
        select = _BACKWARD if span.backward else _FORWARD
        values = (span.document_id, span.first, span.last)
        for number, reading, edit in file.rows(select, values):
            lines = _edit_lines(file, edit) if edit is not None else _read_lines(file, reading)
            found = wanted in "\n".join(lines).casefold()
            if found:
                return span.document_id, number
    return None


def _edit_lines(file: SessionFile, blob: bytes) -> list[str]:
    edit = file.decode(blob, PageEdit)
    return [line.text for line in edit.lines] if edit is not None else []


def _read_lines(file: SessionFile, blob: bytes) -> list[str]:
    reading = file.decode(blob, _ReadingText)
    blocks = reading.blocks if reading is not None else ()
    return [line for block in blocks for line in _block_lines(block)]


def _block_lines(block: _BlockText) -> list[str]:
    """The printed lines of a block, as ``content.reading.block_lines`` has them."""
    if block.lines:
        return [line.text for line in block.lines]
    if block.kind is BlockKind.TABLE and (rows := table_lines(block.text)):
        return list(rows)
    return [text for text in block.text.split("\n") if text]
