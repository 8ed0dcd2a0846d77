"""Two texts of a page side by side: lines that stand for the same, and words that differ."""

from __future__ import annotations

import msgspec

from textlift.content.geometry import Box
from textlift.content.page import EditedLine


class Mark(msgspec.Struct, frozen=True):
    """Characters of a line; none of them: the place where something is missing.

    Attributes:
        line: Its index in the side's lines.
        start: Of the characters, from 0.
        end: Behind the last one.
    """

    line: int
    start: int
    end: int


class WordDifference(msgspec.Struct, frozen=True):
    """Words that the two texts do not share.

    Attributes:
        first: Where they stand in the first text, one mark a line.
        second: Likewise in the second.
        boxes: Where they are on the page, as far as that is known.
    """

    first: tuple[Mark, ...]
    second: tuple[Mark, ...]
    boxes: tuple[Box, ...] = ()


class Pair(msgspec.Struct, frozen=True):
    """Lines of both texts that stand for the same; either may be empty.

    Attributes:
        first: Indices into ``SideBySide.first``.
        second: Likewise.
        differences: Between their words; none where only lines break elsewhere.
        box: Where the passage is on the page; None when not known.
    """

    first: tuple[int, ...]
    second: tuple[int, ...]
    differences: tuple[WordDifference, ...] = ()
    box: Box | None = None


class SideBySide(msgspec.Struct, frozen=True):
    """Two texts of a page.

    Attributes:
        first: All lines of the page's text, as it is now.
        second: The lines of the other reading, blank ones between its blocks. ``source`` is the
            printed line of the page's own reading that a line stands for, where there is one.
        pairs: In the order of the first text; lines that were not compared are in none.
        reordered: The other reading has the passages in another order.
    """

    first: tuple[EditedLine, ...]
    second: tuple[EditedLine, ...]
    pairs: tuple[Pair, ...]
    reordered: bool = False

    @property
    def differences(self) -> tuple[WordDifference, ...]:
        """All of them, from the top."""
        return tuple(one for pair in self.pairs for one in pair.differences)
