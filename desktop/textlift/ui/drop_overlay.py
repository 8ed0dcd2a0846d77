"""The frame that shows, while something is dragged over the window, that it may be dropped."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from textlift.ui.theme import SPACE, colours


class DropOverlay(QWidget):
    """Lies over the whole window, lets every event through."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._window = parent
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.hide()

    def cover(self) -> None:
        """Shows itself over all of its parent."""
        self.setGeometry(self._window.rect())
        self.raise_()
        self.show()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002
        now = colours()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        veil = QColor(now.window)
        veil.setAlphaF(0.9)
        painter.fillRect(self.rect(), veil)
        painter.setPen(QPen(QColor(now.accent), 2))
        tint = QColor(now.accent)
        tint.setAlphaF(0.08)
        painter.setBrush(tint)
        edge = 2 * SPACE
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(edge, edge, -edge, -edge), 12, 12)
        font = painter.font()
        font.setPointSizeF(font.pointSizeF() * 1.7)
        painter.setFont(font)
        painter.setPen(QColor(now.text))
        painter.drawText(self.rect(), Qt.AlignmentFlag.AlignCenter, "Drop to read")
        painter.end()
