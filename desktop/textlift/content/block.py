"""Blocks of a page and the printed lines inside them."""

from __future__ import annotations

import enum

import msgspec

from textlift.content.geometry import Box, Quad


class BlockKind(enum.Enum):
    """What a block is on the page."""

    TEXT = "text"
    HEADING = "heading"
    LIST_ITEM = "list-item"
    TABLE = "table"
    FORMULA = "formula"
    CODE = "code"
    CAPTION = "caption"
    FOOTNOTE = "footnote"
    PAGE_HEADER = "page-header"
    PAGE_FOOTER = "page-footer"
    PICTURE = "picture"


class Line(msgspec.Struct, frozen=True, omit_defaults=True):
    """One printed line.

    Attributes:
        text: Unicode NFC, without a line break, hyphenation kept as printed.
        box: Around the line, in pixels of the rendered page; None when the engine gives none.
        score: The engine's own confidence, 0 to 1; None when it gives none.
        quad: The corners, where the line is not parallel to the page's edges.
    """

    text: str
    box: Box | None = None
    score: float | None = None
    quad: Quad | None = None


class Block(msgspec.Struct, frozen=True, omit_defaults=True):
    """A paragraph, heading, table or other unit of a page, in reading order among its fellows.

    Attributes:
        kind: What it is.
        text: The block's text in NFC; printed lines are separated by a line feed.
        box: Around the block, in pixels of the rendered page; None when not known.
        level: Depth of a heading or list item, from 1; 0 where it has no meaning.
        lines: The printed lines, where the engine knows them.
    """

    kind: BlockKind
    text: str
    box: Box | None = None
    level: int = 0
    lines: tuple[Line, ...] = ()
