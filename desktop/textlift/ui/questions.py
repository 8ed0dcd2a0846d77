"""Questions that are asked without stopping the window."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import QWidget


def ask(
    parent: QWidget, *, title: str, text: str, more: str = "", yes: str, then: Callable[[], None]
) -> None:
    """Asks for leave to do something that cannot be undone; ``then`` does it.

    Args:
        parent: The window the question belongs to.
        title: Of its window.
        text: The question.
        more: What follows from a yes.
        yes: The words on the button.
        then: Called when that button is pressed.
    """
    from PySide6.QtWidgets import QMessageBox

    box = QMessageBox(parent)
    box.setIcon(QMessageBox.Icon.Question)
    box.setWindowTitle(title)
    box.setText(text)
    box.setInformativeText(more)
    button = box.addButton(yes, QMessageBox.ButtonRole.AcceptRole)
    box.setDefaultButton(box.addButton(QMessageBox.StandardButton.Cancel))
    box.finished.connect(lambda _: then() if box.clickedButton() is button else None)
    box.finished.connect(box.deleteLater)
    box.open()
