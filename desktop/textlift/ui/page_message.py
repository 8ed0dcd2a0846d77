"""The sentence that stands in place of a page, or on it."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QFont, QPainter, QPaintEvent
from PySide6.QtWidgets import QLabel, QWidget


class PageMessage(QLabel):
    """A message in the middle of the desk, or as a small label at the bottom of the page."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._desk = parent
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setWordWrap(True)
        self._over_page = False
        self.hide()

    def show_text(self, text: str, *, over_page: bool) -> None:
        """Shows ``text``; empty hides it."""
        self._over_page = over_page
        font = QFont(self._desk.font())
        font.setPointSizeF(font.pointSizeF() * (1.0 if over_page else 1.25))
        self.setFont(font)
        self.setText(text)
        self.setAccessibleName(text)
        self.setVisible(bool(text))
        self.place()

    def place(self) -> None:
        """Puts itself where it belongs after the parent's size changed."""
        room = self._desk.size()
        width = min(room.width() - 32, 440)
        inset = 10 if self._over_page else 24
        self.setContentsMargins(inset + 6, inset - 3, inset + 6, inset - 3)
        metrics = self.fontMetrics()
        natural = metrics.boundingRect(
            0, 0, max(width - 2 * inset - 12, 40), 4000, Qt.TextFlag.TextWordWrap, self.text()
        )
        self.resize(
            natural.width() + 2 * inset + 20,
            natural.height() + 2 * inset,
        )
        middle = (room.height() - self.height()) // 2
        top = room.height() - self.height() - 16 if self._over_page else middle
        self.move((room.width() - self.width()) // 2, top)

    def paintEvent(self, event: QPaintEvent) -> None:
        if self._over_page:
            painter = QPainter(self)
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            base = QColor(self.palette().color(self.palette().ColorRole.ToolTipBase))
            edge = QColor(self.palette().color(self.palette().ColorRole.ToolTipText))
            edge.setAlpha(60)
            painter.setPen(edge)
            painter.setBrush(base)
            painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), 8, 8)
            painter.end()
        super().paintEvent(event)
