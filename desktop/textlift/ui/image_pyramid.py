"""A page's picture at halved sizes, made bit by bit so that the window never waits for them."""

from __future__ import annotations

import math
from typing import NamedTuple

from PySide6.QtCore import QObject, QPoint, QRect, QTimer, Signal
from PySide6.QtGui import QImage, QPainter, QTransform

_STRIP_PIXELS = 800_000
"""Source pixels halved or turned in one go: a few milliseconds."""
_SMALLEST = 700
"""Levels end when both sides are at most this many pixels."""


class Level(NamedTuple):
    """The picture at one size.

    Attributes:
        image: In memory as it lies on the page, or a quarter turn clockwise from that.
        is_sideways: The latter.
    """

    image: QImage
    is_sideways: bool = False


class ImagePyramid(QObject):
    """The picture and its halves, quarters and so on.

    Drawing 40 megapixels into a window takes one look at each pixel drawn, but then thin strokes
    vanish; the next larger level scaled down a little is both fast and smooth. Of a page that is
    seen on its side the pixels of a line are far apart in memory, so the levels are turned, too.

    Attributes:
        level_ready: A level is there, or lies otherwise, from now on.
    """

    level_ready = Signal()

    def __init__(self, image: QImage, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.levels = [Level(image)]
        self.width = image.width()
        """Of the full picture as it lies on the page, in its pixels."""
        self._sideways = False
        self._turning: int | None = None
        self._next: QImage | None = None
        self._next_row = 0
        self._timer = QTimer(self)
        self._timer.setInterval(0)
        self._timer.timeout.connect(self._make_strip)
        self._timer.start()

    def level_for(self, scale: float) -> Level:
        """The smallest finished level that is not enlarged when drawn at ``scale``.

        Args:
            scale: Device pixels for a pixel of the full picture.
        """
        wanted = math.floor(math.log2(1 / scale) + 0.01) if scale < 1 else 0
        return self.levels[min(max(wanted, 0), len(self.levels) - 1)]

    def lay(self, *, sideways: bool) -> None:
        """Has all levels lie in memory like this, the smallest first."""
        if sideways == self._sideways:
            return
        self._sideways = sideways
        if self._turning is not None:
            self._turning = self._next = None
        self._timer.start()

    @property
    def lies_well(self) -> bool:
        """Whether all levels that there are lie as they should."""
        return all(level.is_sideways == self._sideways for level in self.levels)

    def stop(self) -> None:
        """Makes no further levels and lets go of the pictures, which are large."""
        self._timer.stop()
        self._next = None
        self.levels = [Level(QImage())]

    def _make_strip(self) -> None:
        if self._turning is None and _has_next(self.levels[-1].image):
            self._halve_strip()
        elif self.lies_well:
            self._timer.stop()
        else:
            self._turn_strip()

    def _halve_strip(self) -> None:
        source, is_sideways = self.levels[-1]
        width, height = max(source.width() // 2, 1), max(source.height() // 2, 1)
        target = self._begun(source, width, height)
        rows = min(max(_STRIP_PIXELS // (4 * width), 8), height - self._next_row)
        painter = QPainter(target)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_Source)
        painter.drawImage(
            QRect(0, self._next_row, width, rows),
            source,
            QRect(0, 2 * self._next_row, 2 * width, 2 * rows),
        )
        painter.end()
        self._next_row += rows
        if self._next_row >= height:
            self._next = None
            self.levels.append(Level(target, is_sideways))
            self.level_ready.emit()

    def _turn_strip(self) -> None:
        if self._turning is None:
            lies_wrong = (
                n for n, one in enumerate(self.levels) if one.is_sideways != self._sideways
            )
            self._turning = max(lies_wrong)
        source, _ = self.levels[self._turning]
        width, height = source.height(), source.width()
        target = self._begun(source, width, height)
        rows = min(max(_STRIP_PIXELS // width, 8), height - self._next_row)
        # A row of what is made is a column of what is there, counted from the other end on the
        # way back.
        column = self._next_row if self._sideways else height - self._next_row - rows
        strip = source.copy(column, 0, rows, width)
        painter = QPainter(target)
        painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_Source)
        quarter = QTransform().rotate(90 if self._sideways else -90)
        painter.drawImage(QPoint(0, self._next_row), strip.transformed(quarter))
        painter.end()
        self._next_row += rows
        if self._next_row >= height:
            self.levels[self._turning] = Level(target, self._sideways)
            self._turning = self._next = None
            self.level_ready.emit()

    def _begun(self, source: QImage, width: int, height: int) -> QImage:
        """The picture that is being made: begun where there is none."""
        if self._next is None:
            self._next = _empty_like(source, width, height)
            self._next_row = 0
        return self._next


def _has_next(image: QImage) -> bool:
    return max(image.width(), image.height()) > _SMALLEST and min(image.width(), image.height()) > 1


def _empty_like(source: QImage, width: int, height: int) -> QImage:
    """A picture to be painted all over: what is in it at first is left as it is."""
    grey = source.format() == QImage.Format.Format_Grayscale8
    return QImage(
        width, height, QImage.Format.Format_Grayscale8 if grey else QImage.Format.Format_RGB32
    )
