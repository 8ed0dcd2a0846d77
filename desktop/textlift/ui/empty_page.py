"""What an empty window shows: what to do, and a way to do it at once."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QAction, QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from textlift.ui.theme import SPACE, colours, icon, icon_pixmap


class EmptyPage(QWidget):
    """An invitation to drop something, with buttons.

    Signals:
        painted: It has been painted for the first time.
    """

    painted = Signal()

    def __init__(
        self, *, open_files: QAction, paste: QAction, sample: QAction, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._was_painted = False
        self._picture = QLabel()
        self._picture.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._title = QLabel("Drop files here, paste, or open")
        self._title.setAlignment(Qt.AlignmentFlag.AlignCenter)
        font = self._title.font()
        font.setPointSizeF(font.pointSizeF() * 1.7)
        self._title.setFont(font)
        self._hint = QLabel(
            "Scans, photographs, screenshots and PDF files. Whole folders too.\n"
            "Everything is read on this computer."
        )
        self._hint.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.open_button = _button("Open…", open_files)
        self.open_button.setDefault(True)
        self.paste_button = _button("Paste", paste)
        self.sample_button = _button("Try the sample", sample)
        buttons = QHBoxLayout()
        buttons.setSpacing(SPACE)
        buttons.addStretch()
        for button in (self.open_button, self.paste_button, self.sample_button):
            buttons.addWidget(button)
        buttons.addStretch()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(4 * SPACE, 4 * SPACE, 4 * SPACE, 4 * SPACE)
        layout.setSpacing(SPACE)
        layout.addStretch(3)
        layout.addWidget(self._picture)
        layout.addSpacing(SPACE)
        layout.addWidget(self._title)
        layout.addWidget(self._hint)
        layout.addSpacing(2 * SPACE)
        layout.addLayout(buttons)
        layout.addStretch(4)
        self._dress()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002
        now = colours()
        painter = QPainter(self)
        # Not ``fillRect``: see ``theme``.
        painter.setBackground(QColor(now.base))
        painter.eraseRect(self.rect())
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        pen = QPen(QColor(now.line), 1.5, Qt.PenStyle.CustomDashLine)
        pen.setDashPattern([5, 4])
        painter.setPen(pen)
        edge = 3 * SPACE
        painter.drawRoundedRect(self.rect().adjusted(edge, edge, -edge, -edge), 12, 12)
        painter.end()
        if not self._was_painted:
            self._was_painted = True
            self.painted.emit()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange:
            self._dress()

    def _dress(self) -> None:
        now = colours()
        ratio = self.devicePixelRatioF()
        self._picture.setPixmap(icon_pixmap("drop", now.accent, size=72, ratio=ratio))
        for button, name in (
            (self.open_button, "open"),
            (self.paste_button, "paste"),
            (self.sample_button, "sample"),
        ):
            button.setIcon(icon(name))
        palette = self._hint.palette()
        palette.setColor(palette.ColorRole.WindowText, QColor(now.muted))
        self._hint.setPalette(palette)


def _button(text: str, action: QAction) -> QPushButton:
    button = QPushButton(text)
    button.setToolTip(action.toolTip())
    button.setAccessibleDescription(action.whatsThis())
    button.setMinimumHeight(36)
    button.setMinimumWidth(128)
    button.clicked.connect(action.trigger)
    return button
