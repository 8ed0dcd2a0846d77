"""The pages of the Help menu."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QAbstractItemView,
    QDialog,
    QDialogButtonBox,
    QHeaderView,
    QLabel,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from textlift import __version__
from textlift.ui.actions import shortcut_lines
from textlift.ui.theme import SPACE, application_icon

if TYPE_CHECKING:
    from textlift.settings import Folders

_MORE_SHORTCUTS = (
    ("Next line of the page", "Ctrl+Down"),
    ("Previous line of the page", "Ctrl+Up"),
    ("Zoom with the mouse", "Ctrl+Wheel"),
    ("Remove the selected document", "Del"),
)


class ShortcutsDialog(QDialog):
    """Every shortcut in a table."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle("Keyboard shortcuts")
        self.resize(440, 560)
        lines = [*shortcut_lines(), *_MORE_SHORTCUTS]
        table = QTableWidget(len(lines), 2)
        table.setAccessibleName("Keyboard shortcuts")
        table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        table.setShowGrid(False)
        table.verticalHeader().hide()
        table.horizontalHeader().hide()
        table.horizontalHeader().setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        table.horizontalHeader().setSectionResizeMode(1, QHeaderView.ResizeMode.ResizeToContents)
        for row, line in enumerate(lines):
            for column, text in enumerate(line):
                table.setItem(row, column, QTableWidgetItem(text))
        _finish(self, table)


class AboutDialog(QDialog):
    """What Textlift is, and where it keeps its files."""

    def __init__(self, folders: Folders, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle("About Textlift")
        picture = QLabel()
        picture.setPixmap(application_icon().pixmap(64, 64))
        picture.setAlignment(Qt.AlignmentFlag.AlignCenter)
        words = QLabel(
            f"<h3>Textlift {__version__}</h3>"
            "<p>Lifts the text off documents with the model of your choice,<br>"
            "on your own machine. Free software under the MIT licence.</p>"
            f"<p>Session: {folders.data}<br>Settings: {folders.config}<br>"
            f"Page cache: {folders.cache}<br>Log: {folders.log}</p>"
        )
        words.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse
            | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        words.setAccessibleName("About Textlift")
        _finish(self, picture, words)


def _finish(dialog: QDialog, *widgets: QWidget) -> None:
    buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
    buttons.rejected.connect(dialog.reject)
    layout = QVBoxLayout(dialog)
    layout.setContentsMargins(2 * SPACE, 2 * SPACE, 2 * SPACE, 2 * SPACE)
    layout.setSpacing(SPACE)
    for widget in widgets:
        layout.addWidget(widget)
    layout.addWidget(buttons)
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
