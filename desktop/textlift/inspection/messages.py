"""What the inspector process is asked and answers."""

from __future__ import annotations

import msgspec

from textlift.content.block import Line
from textlift.content.geometry import Box
from textlift.content.page_image import PageImage


class InspectPage(msgspec.Struct, frozen=True, tag=True):
    """Look at a page -> ``PageLook``."""

    page: PageImage


class InkMap(msgspec.Struct, frozen=True):
    """How much of each cell of a page is ink.

    Attributes:
        cell: Side of a cell in pixels of the rendered page.
        columns: Cells in a row.
        rows: Rows of cells.
        shares: A byte a cell, row by row: 0 for none, 255 where all of it is ink.
    """

    cell: float
    columns: int
    rows: int
    shares: bytes

    def share(self, box: Box) -> float:
        """The share of a part of the page that is ink, 0 to 1; cells count by their middle.

        A part that holds no cell's middle counts the cell that its own middle lies in.
        """
        x, y = box.center
        left, right = self._range(box.x0, box.x1, x, self.columns)
        top, bottom = self._range(box.y0, box.y1, y, self.rows)
        total = sum(
            sum(self.shares[row * self.columns + left : row * self.columns + right])
            for row in range(top, bottom)
        )
        return total / (255 * max(1, (right - left) * (bottom - top)))

    def _range(self, low: float, high: float, middle: float, count: int) -> tuple[int, int]:
        first = max(0, round(low / self.cell))
        end = min(count, round(high / self.cell))
        if first < end:
            return first, end
        place = min(count - 1, max(0, int(middle / self.cell)))
        return place, place + 1


class PageLook(msgspec.Struct, frozen=True):
    """What an independent detector sees on a page.

    Attributes:
        lines: Places of lines of text, in any script, without their text.
        ink: None where only the lines are known.
    """

    lines: tuple[Line, ...]
    ink: InkMap | None = None
