"""The result of reading one page once."""

from __future__ import annotations

import enum

import msgspec

from textlift.content.block import Block, BlockKind, Line
from textlift.content.generation import Generation
from textlift.content.geometry import Box
from textlift.content.tables import table_lines


class StopReason(enum.Enum):
    """Why an engine stopped producing text."""

    END = "end"
    LIMIT = "limit"
    REPETITION = "repetition"
    DEADLINE = "deadline"


class WarningKind(enum.Enum):
    """What a reader of the text should look at."""

    UNCERTAIN = "uncertain"
    MISSED = "missed"
    INVENTED = "invented"
    PARTIAL_IMAGE = "partial-image"
    LANGUAGE = "language"
    REPAIRED = "repaired"
    DIFFERS = "differs"
    """Another reading of the page has other words there."""
    ORDER = "order"
    """The text does not follow the page: columns are mixed up."""
    UNCHECKED = "unchecked"
    """The page could not be looked at independently."""


class PageWarning(msgspec.Struct, frozen=True, omit_defaults=True):
    """Something to check on a page that was read: a sentence for a person, and where it is."""

    kind: WarningKind
    sentence: str
    box: Box | None = None


class PageReading(msgspec.Struct, frozen=True, omit_defaults=True):
    """What an engine returns for a page.

    Attributes:
        blocks: In reading order; boxes in pixels of the rendered page *as rendered*, whatever
            turning the engine did inside.
        read_by: Name of the engine that produced the text. ``automatic`` names the one it chose.
        why: Why that engine, where there was a choice; a sentence, or empty.
        languages: ISO 639-3 codes the text was read as; empty when the engine does not tell.
        rotation: Degrees (0, 90, 180, 270) the page must be turned clockwise to be upright.
        skew: Degrees the text runs off the horizontal after that turn, clockwise positive.
        warnings: What to check.
        stop_reason: Why the engine stopped.
        unparsed: A sentence when the answer has not the structure it was asked for, beyond
            repair; the blocks then hold what is left of it.
        repeated: What the engine wrote over and over, where that is why it stopped.
        repeated_times: How often; 0 where it does not say.
        generation: What it took; None for engines that do not generate.
        box: Where on the page was read, when only that was asked for; None: all of it.
        detected: The lines, without text, that PP-OCRv6's detector found on the page, from an
            engine that has asked it anyway; None from others. For the checks; not stored.
    """

    blocks: tuple[Block, ...]
    read_by: str
    why: str = ""
    languages: tuple[str, ...] = ()
    rotation: int = 0
    skew: float = 0.0
    warnings: tuple[PageWarning, ...] = ()
    stop_reason: StopReason = StopReason.END
    unparsed: str = ""
    repeated: str = ""
    repeated_times: int = 0
    generation: Generation | None = None
    box: Box | None = None
    detected: tuple[Line, ...] | None = None

    @property
    def lines(self) -> tuple[Line, ...]:
        """All printed lines in reading order: each block's lines, or its text split at breaks."""
        return tuple(line for block in self.blocks for line in block_lines(block))

    @property
    def text(self) -> str:
        """The text with a blank line between blocks."""
        texts = ("\n".join(line.text for line in block_lines(block)) for block in self.blocks)
        return "\n\n".join(text for text in texts if text)


def block_lines(block: Block) -> tuple[Line, ...]:
    """The printed lines of a block; made from its text where the engine gave none.

    Of a table that is written as HTML or with bars, these are its rows.
    """
    if block.lines:
        return block.lines
    if block.kind is BlockKind.TABLE and (rows := table_lines(block.text)):
        return tuple(Line(text=row) for row in rows)
    return tuple(Line(text=text) for text in block.text.split("\n") if text)
