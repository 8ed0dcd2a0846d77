"""The sentence that stands in place of a page, or on it."""

from __future__ import annotations

from PySide6.QtCore import QRect, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPixmap
from PySide6.QtWidgets import QLabel, QWidget

from textlift.ui.theme import colours, icon_pixmap

_WIDEST = 440
_ICON = 44
_GAP = 14


class PageMessage(QLabel):
    """A message in the middle of the desk with a sign above it, or a small label on the page."""

    def __init__(self, desk: QWidget) -> None:
        super().__init__(desk)
        self._desk = desk
        self._over_page = False
        self._failed = False
        self._sign = QPixmap()
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setAlignment(Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignVCenter)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setWordWrap(True)
        self.hide()

    def show_on_page(self, text: str) -> None:
        """Shows ``text`` at the bottom of the page; empty hides it."""
        self._show(text, over_page=True, failed=False)

    def show_instead(self, text: str, *, failed: bool = False) -> None:
        """Shows ``text`` where the page would be."""
        self._show(text, over_page=False, failed=failed)

    def dress(self) -> None:
        """Takes on the colours in force."""
        now = colours()
        name, colour = ("failed", now.bad) if self._failed else ("document", now.faint)
        self._sign = icon_pixmap(name, colour, size=_ICON, ratio=self.devicePixelRatioF())
        palette = self._desk.palette()
        text = now.text if self._over_page or self._failed else now.muted
        for role in (palette.ColorRole.WindowText, palette.ColorRole.Text):
            palette.setColor(role, QColor(text))
        self.setPalette(palette)

    def place(self) -> None:
        """Puts itself where it belongs after the desk's size changed."""
        room = self._desk.size()
        inset = 18 if self._over_page else 24
        above = 0 if self._over_page else _ICON + _GAP
        self.setContentsMargins(inset, 6 + above, inset, 6)
        widest = max(min(room.width() - 32, _WIDEST) - 2 * inset, 40)
        wrapped = self.fontMetrics().boundingRect(
            QRect(0, 0, widest, 4000), Qt.TextFlag.TextWordWrap, self.text()
        )
        self.resize(wrapped.width() + 2 * inset + 4, wrapped.height() + above + 18)
        below = room.height() - self.height()
        self.move(
            (room.width() - self.width()) // 2, below - 16 if self._over_page else below * 2 // 5
        )

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        if self._over_page:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(QColor(colours().line))
            painter.setBrush(QColor(colours().raised))
            painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), 8, 8)
        else:
            painter.drawPixmap((self.width() - _ICON) // 2, 0, self._sign)
        painter.end()
        super().paintEvent(event)

    def _show(self, text: str, *, over_page: bool, failed: bool) -> None:
        self._over_page, self._failed = over_page, failed
        font = self._desk.font()
        font.setPointSizeF(font.pointSizeF() * (1.0 if over_page else 1.2))
        self.setFont(font)
        self.setText(text)
        self.setAccessibleName(text)
        self.dress()
        self.place()
        self.setVisible(bool(text))
