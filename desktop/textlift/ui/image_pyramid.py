"""A page's picture at halved sizes, made bit by bit so that the window never waits for them."""

from __future__ import annotations

import math

from PySide6.QtCore import QObject, QRect, QTimer, Signal
from PySide6.QtGui import QImage, QPainter

_STRIP_PIXELS = 800_000
"""Source pixels halved in one go: a few milliseconds."""
_SMALLEST = 700
"""Levels end when both sides are at most this many pixels."""


class ImagePyramid(QObject):
    """The picture and its halves, quarters and so on.

    Drawing 40 megapixels into a window takes one look at each pixel drawn, but then thin strokes
    vanish; the next larger level scaled down a little is both fast and smooth.

    Attributes:
        level_ready: A smaller level can be used from now on.
    """

    level_ready = Signal()

    def __init__(self, image: QImage, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.levels: list[QImage] = [image]
        self._next: QImage | None = None
        self._next_row = 0
        self._timer = QTimer(self)
        self._timer.setInterval(0)
        self._timer.timeout.connect(self._make_strip)
        if _has_next(image):
            self._timer.start()

    def level_for(self, scale: float) -> QImage:
        """The smallest finished level that is not enlarged when drawn at ``scale``.

        Args:
            scale: Device pixels for a pixel of the full picture.
        """
        wanted = math.floor(math.log2(1 / scale) + 0.01) if scale < 1 else 0
        return self.levels[min(max(wanted, 0), len(self.levels) - 1)]

    def stop(self) -> None:
        """Makes no further levels and lets go of the pictures, which are large."""
        self._timer.stop()
        self._next = None
        self.levels = [QImage()]

    def _make_strip(self) -> None:
        source = self.levels[-1]
        width, height = max(source.width() // 2, 1), max(source.height() // 2, 1)
        if self._next is None:
            self._next = _empty_like(source, width, height)
            self._next_row = 0
        rows = max(_STRIP_PIXELS // (4 * width), 8)
        rows = min(rows, height - self._next_row)
        painter = QPainter(self._next)
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
            self.levels.append(self._next)
            finished, self._next = self._next, None
            if not _has_next(finished):
                self._timer.stop()
            self.level_ready.emit()


def _has_next(image: QImage) -> bool:
    return max(image.width(), image.height()) > _SMALLEST and min(image.width(), image.height()) > 1


def _empty_like(source: QImage, width: int, height: int) -> QImage:
    """A picture to be painted all over: what is in it at first is left as it is."""
    grey = source.format() == QImage.Format.Format_Grayscale8
    return QImage(
        width, height, QImage.Format.Format_Grayscale8 if grey else QImage.Format.Format_RGB32
    )
