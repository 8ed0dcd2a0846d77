"""The strip over a text that is not the page's: what an engine had written before it failed."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QSizePolicy, QWidget

from textlift.ui.theme import SPACE, colours


class PartialStrip(QFrame):
    """Says that the text below is incomplete, and offers to make it the page's text.

    Signals:
        adopted: The user wants to use the text.
    """

    adopted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.label = QLabel()
        self.label.setWordWrap(True)
        self.label.setTextFormat(Qt.TextFormat.PlainText)
        self.label.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self.use_button = QPushButton("Use this text")
        self.use_button.setToolTip("Make it the text of the page, to correct and complete")
        self.use_button.setAutoDefault(False)
        self.use_button.clicked.connect(self.adopted)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(SPACE + SPACE // 2, SPACE, SPACE, SPACE)
        layout.setSpacing(SPACE)
        layout.addWidget(self.label, 1)
        layout.addWidget(self.use_button, 0, Qt.AlignmentFlag.AlignTop)
        self.hide()

    def show_for(self, engine: str) -> None:
        """Shows the strip.

        Args:
            engine: The title of the one that wrote the text.
        """
        self.label.setText(f"Incomplete: what {engine} had written before it stopped.")
        self.setAccessibleName(self.label.text())
        self.show()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange:
            self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        accent = QColor(colours().warning)
        painter.fillRect(0, 0, 3, self.height(), accent)
        accent.setAlphaF(0.12)
        painter.fillRect(self.rect(), accent)
        painter.end()
        super().paintEvent(event)
