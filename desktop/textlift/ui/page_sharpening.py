"""Draws large views of a page in two goes, so that zooming never takes longer than a frame."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import cast

from PySide6.QtCore import QObject, QRect, QTimer
from PySide6.QtGui import QRegion
from PySide6.QtWidgets import QAbstractScrollArea

_AT_ONCE = 2_000_000
"""Pixels of the screen that are drawn smoothly at once: about five milliseconds."""
_AT_ONCE_ACROSS = 400_000
"""Likewise of a picture that is being turned: the pixels of a line are far apart in memory."""
_REST_MS = 30
"""A gesture sends its next step sooner than this."""


class PageSharpening(QObject):
    """Has much drawn without smoothing at first, and band by band with it once nothing moves.

    Attributes:
        waiting: Whether something of what is seen has to be drawn again.
    """

    def __init__(self, view: QAbstractScrollArea) -> None:
        super().__init__(view)
        self.waiting = False
        self._view = view
        self._seen = QRect()
        self._most = _AT_ONCE
        self._bands: Iterator[QRect] = iter(())
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self._draw_band)
        for bar in (view.horizontalScrollBar(), view.verticalScrollBar()):
            bar.valueChanged.connect(self._begin_anew)

    def is_quick(self, region: QRegion, page: QRect, *, across: bool) -> bool:
        """Whether to draw without smoothing now; what is drawn so is drawn again soon.

        Args:
            region: Of the view that is to be drawn.
            page: Where the page is in the view.
            across: Whether its picture does not lie in memory yet as it is seen.
        """
        ratio = self._view.devicePixelRatioF()
        self._seen = page & self._view.viewport().rect()
        self._most = round((_AT_ONCE_ACROSS if across else _AT_ONCE) / ratio**2)
        parts = cast("Iterable[QRect]", region.intersected(self._seen))
        if sum(part.width() * part.height() for part in parts) <= self._most:
            return False
        self.waiting = True
        self._begin_anew()
        return True

    def _begin_anew(self) -> None:
        # Also when what is seen was moved: what was drawn again is not where it was.
        if self.waiting:
            self._bands = _bands(self._seen, self._most)
            self._timer.start(_REST_MS)

    def _draw_band(self) -> None:
        band = next(self._bands, None)
        if band is None:
            self.waiting = False
            return
        self._view.viewport().update(band)
        self._timer.start(0)


def _bands(seen: QRect, most: int) -> Iterator[QRect]:
    """Parts from top to bottom, so small that two of them may be drawn at once."""
    height = max(most // 2 // max(seen.width(), 1), 1)
    for top in range(seen.top(), seen.bottom() + 1, height):
        yield QRect(seen.left(), top, seen.width(), height) & seen
