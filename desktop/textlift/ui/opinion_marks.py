"""Shows on the page what a second opinion is about, and where it differs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from textlift.content.geometry import Box, union_box

if TYPE_CHECKING:
    from textlift.content.side_by_side import SideBySide
    from textlift.ui.difference_overlay import DifferenceOverlay
    from textlift.ui.page_view import PageView


class OpinionMarks:
    """Marks on the picture of the page shown."""

    def __init__(self, page: PageView) -> None:
        self._page = page
        self._overlay: DifferenceOverlay | None = None

    def show(self, places: Sequence[Sequence[Box]] = (), *, part: Box | None = None) -> None:
        """Marks other places, or none.

        Args:
            places: Of each difference, its boxes in pixels of the page.
            part: The part of the page that was read; None: all of it.
        """
        if self._overlay is None:
            if not places and part is None:
                return
            from textlift.ui.difference_overlay import DifferenceOverlay

            self._overlay = DifferenceOverlay()
            self._page.scene().addItem(self._overlay)
        self._overlay.show_places(places, part=part)

    def show_difference(self, text: SideBySide | None, number: int | None) -> None:
        """Makes a difference stand out and brings it into view; None: none any more."""
        if self._overlay is not None:
            self._overlay.show_current(number)
        if text is not None and number is not None:
            boxes = text.differences[number].boxes
            if boxes:
                self._page.reveal(union_box(boxes))

    def show_pair(self, text: SideBySide, number: int) -> None:
        """Brings a passage into view, and selects its first printed line."""
        pair = text.pairs[number]
        if pair.box is not None:
            self._page.reveal(pair.box)
        sources = (text.first[line].source for line in pair.first)
        self._page.select_line(next((one for one in sources if one is not None), None))
