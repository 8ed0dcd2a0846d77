"""How many pixels of a page an engine is shown next, after it ran out of memory."""

from __future__ import annotations

import threading
from collections.abc import Mapping

from textlift.models.fit import LEAST_READABLE

MOST_RUNGS = 2
"""Times that an engine is asked again for a page with fewer pixels."""

_MARGIN = 0.9
"""Of the memory that there was: what a page takes is not exactly in step with its pixels."""

_SMALLEST_STEP = 0.85
_LARGEST_STEP = 0.25
"""Of the pixels before. What is missing is told for one request, and others may follow it."""

_STARVED_PAGES = 2
"""In a row, after which an engine is not asked in this run any more."""


def fewer_pixels(pixels: int, *, lacking: int = 0, room: int = 0) -> int:
    """The next rung of the ladder; 0 when there is none.

    The memory of a page grows with its pixels or faster, so a share of the memory asks for the
    same share of the pixels at most.

    Args:
        pixels: That the engine was shown when it ran out of memory.
        lacking: Bytes that were wanted beyond what was free; 0: not known.
        room: Bytes that there were for the page; 0: not known.
    """
    if pixels * _SMALLEST_STEP < LEAST_READABLE:
        return 0
    share = 0.5
    if lacking and room:
        share = min(max(_MARGIN * room / (room + lacking), _LARGEST_STEP), _SMALLEST_STEP)
    return max(int(pixels * share), LEAST_READABLE)


class Rungs:
    """Where on the ladder each engine of a run stands. Safe to use from several threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._pixels: dict[str, int] = {}
        self._starved: dict[str, int] = {}

    def starts(self) -> Mapping[str, int]:
        """Engine -> the pixels to begin a page with; others begin with all."""
        with self._lock:
            return dict(self._pixels)

    def held(self, engine: str, pixels: int) -> None:
        """An engine had memory enough for a page shown with so many pixels at most; 0: all."""
        with self._lock:
            self._starved.pop(engine, None)
            if pixels:
                self._pixels[engine] = min(pixels, self._pixels.get(engine, pixels))

    def starved(self, engine: str) -> bool:
        """An engine lacked memory for a page on the last rung; True when it is of no use."""
        with self._lock:
            self._starved[engine] = self._starved.get(engine, 0) + 1
            return self._starved[engine] >= _STARVED_PAGES
