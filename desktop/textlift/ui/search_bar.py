"""The bar that searches the text."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QLineEdit, QToolButton, QWidget

from textlift.ui.theme import icon


class SearchBar(QWidget):
    """A field, two arrows and a sentence. Enter goes on, Shift+Enter back, Escape closes.

    Attributes:
        search_changed: The text in the field.
        next_requested: To the next place.
        previous_requested: To the previous place.
        closed: The user is done searching; the bar hides itself.
    """

    search_changed = Signal(str)
    next_requested = Signal()
    previous_requested = Signal()
    closed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.field = QLineEdit()
        self.field.setPlaceholderText("Search the text")
        self.field.setClearButtonEnabled(True)
        self.field.setAccessibleName("Search the text")
        self.field.setMinimumWidth(120)
        self.field.setMaximumWidth(360)
        self.field.textChanged.connect(self._on_text)
        self.previous_button = _arrow("Previous place (Shift+Enter)")
        self.previous_button.clicked.connect(self.previous_requested)
        self.next_button = _arrow("Next place (Enter)")
        self.next_button.clicked.connect(self.next_requested)
        self.result = QLabel()
        self.result.setTextFormat(Qt.TextFormat.PlainText)
        self.close_button = QToolButton()
        self.close_button.setAutoRaise(True)
        self.close_button.setToolTip("Close the search (Escape)")
        self.close_button.setAccessibleName("Close the search")
        self.close_button.clicked.connect(self.close_search)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(8, 4, 8, 4)
        layout.setSpacing(4)
        layout.addWidget(self.field, 1)
        layout.addWidget(self.previous_button)
        layout.addWidget(self.next_button)
        layout.addWidget(self.result)
        layout.addStretch()
        layout.addWidget(self.close_button)
        self.setFocusProxy(self.field)
        self._enable()
        self._set_icons()

    def text(self) -> str:
        """What is searched for."""
        return self.field.text()

    def focus_field(self) -> None:
        """Shows the bar, ready to type over the last search."""
        self.show()
        self.field.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.field.selectAll()

    def set_result(self, sentence: str) -> None:
        """Says what was found."""
        self.result.setText(sentence)
        self.field.setAccessibleDescription(sentence)

    def close_search(self) -> None:
        """Hides the bar and says so."""
        self.hide()
        self.closed.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.close_search()
        elif event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter} and self.text():
            if event.modifiers() & Qt.KeyboardModifier.ShiftModifier:
                self.previous_requested.emit()
            else:
                self.next_requested.emit()
        else:
            super().keyPressEvent(event)
            return
        event.accept()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange:
            self._set_icons()

    def _set_icons(self) -> None:
        self.previous_button.setIcon(icon("up"))
        self.next_button.setIcon(icon("down"))
        self.close_button.setIcon(icon("close"))

    def _on_text(self, text: str) -> None:
        self._enable()
        if not text:
            self.set_result("")
        self.search_changed.emit(text)

    def _enable(self) -> None:
        for button in (self.previous_button, self.next_button):
            button.setEnabled(bool(self.text()))


def _arrow(tip: str) -> QToolButton:
    button = QToolButton()
    button.setAutoRaise(True)
    button.setToolTip(tip)
    button.setAccessibleName(tip)
    return button
