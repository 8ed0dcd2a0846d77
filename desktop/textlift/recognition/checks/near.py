"""Finds which of many boxes may touch one, without looking at all of them."""

from __future__ import annotations

import math
import statistics
from collections import defaultdict
from collections.abc import Sequence

from textlift.content.geometry import Box

_BANDS_PER_BOX = 2.0
"""Heights of a usual box that a band of the page is high."""
_MOST_BANDS = 400
"""Of a page; a box that is higher than all of them is in all of them."""


class BandIndex:
    """Boxes by the bands of the page that they lie in, from top to bottom."""

    def __init__(self, boxes: Sequence[Box]) -> None:
        heights = [box.height for box in boxes]
        lowest = max((box.y1 for box in boxes), default=1.0)
        usual = statistics.median(heights) if heights else 1.0
        self._height = max(1.0, _BANDS_PER_BOX * usual, lowest / _MOST_BANDS)
        self._bands: dict[int, list[int]] = defaultdict(list)
        for index, box in enumerate(boxes):
            for band in self._range(box):
                self._bands[band].append(index)

    def near(self, box: Box, *, margin: float = 0.0) -> list[int]:
        """Indices, ascending, of the boxes in the bands of a box: all that touch it, and more.

        Args:
            box: On the page.
            margin: Pixels by which it is made larger.
        """
        reached = self._range(box, margin)
        bands = [self._bands[band] for band in reached if band in self._bands]
        return bands[0] if len(bands) == 1 else sorted(set().union(*bands))

    def _range(self, box: Box, margin: float = 0.0) -> range:
        return range(self._band(box.y0 - margin), self._band(box.y1 + margin) + 1)

    def _band(self, y: float) -> int:
        return min(_MOST_BANDS, max(0, math.floor(y / self._height)))
