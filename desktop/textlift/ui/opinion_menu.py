"""The menu of models that can give a second opinion."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
from PySide6.QtCore import Signal
from PySide6.QtWidgets import QMenu, QWidget

_MANY = 6
"""Models that cannot be asked; more of them get a menu of their own."""
_LONGEST = 64


class Adviser(msgspec.Struct, frozen=True):
    """A model that may be asked.

    Attributes:
        name: Of its engine.
        title: The name people know.
        summary: What it is good at.
        reason: Why it cannot be asked now, a sentence; empty when it can.
    """

    name: str
    title: str
    summary: str = ""
    reason: str = ""


class AdviserMenu(QMenu):
    """Those that can be asked first; the others below, with the reason.

    Signals:
        wanted: Name of the model to ask.
    """

    wanted = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setToolTipsVisible(True)
        self.setTitle("Ask another model")

    def show_advisers(self, advisers: Sequence[Adviser], *, usual: str) -> None:
        """Lists other models.

        Args:
            advisers: In the order of the list of models.
            usual: Name of the one asked last, which comes first.
        """
        self.clear()
        ready = [one for one in advisers if not one.reason]
        for one in sorted(ready, key=lambda one: one.name != usual):
            action = self.addAction(one.title.replace("&", "&&"))
            action.setToolTip(one.summary)
            action.triggered.connect(lambda *_, name=one.name: self.wanted.emit(name))
        if not ready:
            self.addAction("No other model is ready").setEnabled(False)
        others = [one for one in advisers if one.reason]
        self.addSeparator()
        place: QMenu = self
        if len(others) > _MANY:
            place = self.addMenu("Not ready")
            place.setToolTipsVisible(True)
        for one in others:
            action = place.addAction(f"{one.title}: {_short(one.reason)}".replace("&", "&&"))
            action.setToolTip(one.reason)
            action.setEnabled(False)


def usual_adviser(advisers: Sequence[Adviser], usual: str) -> Adviser | None:
    """The one asked last where it is ready, else the first that is; None when none is."""
    ready = [one for one in advisers if not one.reason]
    return next((one for one in ready if one.name == usual), ready[0] if ready else None)


def _short(sentence: str) -> str:
    return sentence if len(sentence) <= _LONGEST else f"{sentence[: _LONGEST - 1].rstrip()}…"
