"""Questions that are asked without stopping the window."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget


def ask(
    parent: QWidget,
    *,
    title: str,
    text: str,
    more: str = "",
    yes: str,
    no: str = "",
    then: Callable[[], None],
) -> None:
    """Asks for leave to do something that cannot be undone; ``then`` does it.

    Args:
        parent: The window the question belongs to.
        title: Of its window.
        text: The question.
        more: What follows from a yes.
        yes: The words on the button.
        no: On the other one; empty: "Cancel", which must not be what is asked about.
        then: Called when that button is pressed.
    """
    from PySide6.QtWidgets import QMessageBox

    box = QMessageBox(parent)
    box.setIcon(QMessageBox.Icon.Question)
    box.setWindowTitle(title)
    box.setTextFormat(Qt.TextFormat.PlainText)
    box.setText(text)
    box.setInformativeText(more)
    button = box.addButton(yes, QMessageBox.ButtonRole.AcceptRole)
    if no:
        leave = box.addButton(no, QMessageBox.ButtonRole.RejectRole)
        box.setEscapeButton(leave)
    else:
        leave = box.addButton(QMessageBox.StandardButton.Cancel)
    box.setDefaultButton(leave)
    box.finished.connect(lambda _: then() if box.clickedButton() is button else None)
    box.finished.connect(box.deleteLater)
    box.open()
