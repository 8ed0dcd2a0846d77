"""Shows a licence that restricts what a model may be used for, before it is downloaded."""

from __future__ import annotations

from collections.abc import Callable
from html import escape

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QMessageBox, QWidget

from textlift.models.catalogue import ModelEntry


def ask_licence(
    parent: QWidget, model: ModelEntry, *, accept: Callable[[], None], decline: Callable[[], None]
) -> None:
    """Asks whether the user accepts a model's licence; one of the two is called.

    Args:
        parent: The window the question belongs to.
        model: Whose licence it is.
        accept: Called when the user accepts.
        decline: Called when the user does not, also by closing the question.
    """
    box = QMessageBox(parent)
    box.setIcon(QMessageBox.Icon.Information)
    box.setWindowTitle("Licence")
    box.setTextFormat(Qt.TextFormat.RichText)
    box.setText(f"<b>The licence of {escape(model.title)} restricts what it may be used for.</b>")
    told = [f"<p>{escape(model.licence)}.</p>", f"<p>{escape(model.licence_note)}</p>"]
    if model.licence_url:
        link = escape(model.licence_url, quote=True)
        told.append(f'<p>Its text: <a href="{link}">{link}</a></p>')
    told.append("<p>You are asked once for each model.</p>")
    box.setInformativeText("".join(told))
    for label in box.findChildren(QLabel):
        label.setTextInteractionFlags(Qt.TextInteractionFlag.TextBrowserInteraction)
        label.setOpenExternalLinks(True)
    yes = box.addButton("&Accept and get it", QMessageBox.ButtonRole.AcceptRole)
    no = box.addButton("&Do not get it", QMessageBox.ButtonRole.RejectRole)
    box.setDefaultButton(no)
    box.setEscapeButton(no)

    def answered() -> None:
        box.deleteLater()
        (accept if box.clickedButton() is yes else decline)()

    box.finished.connect(answered)
    box.open()
