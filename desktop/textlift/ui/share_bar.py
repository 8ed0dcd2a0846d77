"""A bar of parts with a legend: whose memory it is, or what a model's memory is for."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from textlift.ui.memory_words import size_words
from textlift.ui.theme import SPACE, colours

_BAR = 10
_SWATCH = 9


class Share(msgspec.Struct, frozen=True):
    """A part of the bar.

    Attributes:
        name: For a person.
        size: Bytes.
        strength: Of the accent's colour, 0 to 1; 0 is grey.
        free: It is nobody's: an empty part of the bar.
    """

    name: str
    size: int
    strength: float = 1.0
    free: bool = False


class ShareBar(QWidget):
    """Parts of a whole from left to right, and below them their names and sizes."""

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._name = name
        self._shares: tuple[Share, ...] = ()
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(name)

    def show_shares(self, shares: Sequence[Share]) -> None:
        """Shows parts; together they are the whole bar."""
        if tuple(shares) == self._shares:
            return
        self._shares = tuple(shares)
        words = ", ".join(_words(share) for share in self._shares)
        self.setAccessibleName(f"{self._name}: {words}")
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        metrics = self.fontMetrics()
        legend = sum(
            _SWATCH + SPACE // 2 + metrics.horizontalAdvance(_words(share)) + 2 * SPACE
            for share in self._shares
        )
        return QSize(legend, _BAR + SPACE // 2 + metrics.height())

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002 - Qt's signature
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._paint_bar(painter)
        self._paint_legend(painter)
        painter.end()

    def _paint_bar(self, painter: QPainter) -> None:
        place = QRectF(0, 0, self.width(), _BAR)
        outline = QPainterPath()
        outline.addRoundedRect(place, 3, 3)
        painter.fillPath(outline, QColor(colours().line))
        whole = sum(share.size for share in self._shares)
        if not whole:
            return
        painter.save()
        painter.setClipPath(outline)
        left = 0.0
        for share in self._shares:
            width = place.width() * share.size / whole
            if not share.free:
                painter.fillRect(QRectF(left, 0, width, _BAR), _colour(share))
            left += width
        painter.restore()

    def _paint_legend(self, painter: QPainter) -> None:
        of = colours()
        metrics = self.fontMetrics()
        top = _BAR + SPACE // 2
        left = 0.0
        for share in self._shares:
            swatch = QRectF(left + 0.5, top + (metrics.height() - _SWATCH) / 2, _SWATCH, _SWATCH)
            painter.setPen(QColor(of.faint) if share.free else Qt.PenStyle.NoPen)
            painter.setBrush(QColor(of.line) if share.free else _colour(share))
            painter.drawRoundedRect(swatch, 2, 2)
            words = _words(share)
            left += _SWATCH + SPACE // 2 + 1
            painter.setPen(QColor(of.text))
            room = QRectF(left, top, metrics.horizontalAdvance(words) + 1, metrics.height())
            painter.drawText(room, Qt.AlignmentFlag.AlignVCenter, words)
            left += room.width() + 2 * SPACE


def _words(share: Share) -> str:
    return f"{share.name} {size_words(share.size)}"


def _colour(share: Share) -> QColor:
    """Grey, or the accent as if it were thinned with the ground's colour."""
    of = colours()
    if not share.strength:
        return QColor(of.faint)
    ground, accent = QColor(of.base), QColor(of.accent)
    return QColor.fromRgbF(
        *(
            base + (full - base) * share.strength
            for base, full in (
                (ground.redF(), accent.redF()),
                (ground.greenF(), accent.greenF()),
                (ground.blueF(), accent.blueF()),
            )
        )
    )
