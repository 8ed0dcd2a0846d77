"""Asks for the password of a PDF file."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QCheckBox,
    QDialog,
    QDialogButtonBox,
    QLabel,
    QLineEdit,
    QVBoxLayout,
    QWidget,
)

from textlift.ui.theme import SPACE, set_tone


class PasswordDialog(QDialog):
    """A sentence, a field, and whether the last password was wrong."""

    def __init__(self, title: str, *, wrong: bool, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle("Password")
        self.setMinimumWidth(400)
        question = QLabel(f"“{title}” is protected. Its password opens it.")
        question.setTextFormat(Qt.TextFormat.PlainText)
        question.setWordWrap(True)
        self.problem = QLabel("That password was wrong.")
        self.problem.setVisible(wrong)
        set_tone(self.problem, "bad")
        self.field = QLineEdit()
        self.field.setEchoMode(QLineEdit.EchoMode.Password)
        self.field.setAccessibleName("Password")
        shown = QCheckBox("&Show the password")
        shown.toggled.connect(self._on_shown)
        buttons = QDialogButtonBox(
            QDialogButtonBox.StandardButton.Open | QDialogButtonBox.StandardButton.Cancel
        )
        self._open = buttons.button(QDialogButtonBox.StandardButton.Open)
        self._open.setEnabled(False)
        buttons.accepted.connect(self.accept)
        buttons.rejected.connect(self.reject)
        self.field.textChanged.connect(lambda text: self._open.setEnabled(bool(text)))
        layout = QVBoxLayout(self)
        layout.setContentsMargins(2 * SPACE, 2 * SPACE, 2 * SPACE, 2 * SPACE)
        layout.setSpacing(SPACE)
        layout.addWidget(question)
        layout.addWidget(self.problem)
        layout.addWidget(self.field)
        layout.addWidget(shown)
        layout.addSpacing(SPACE)
        layout.addWidget(buttons)

    @property
    def password(self) -> str:
        """What was typed."""
        return self.field.text()

    def _on_shown(self, shown: bool) -> None:
        mode = QLineEdit.EchoMode.Normal if shown else QLineEdit.EchoMode.Password
        self.field.setEchoMode(mode)
