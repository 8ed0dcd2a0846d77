"""The place of the second opinion in the text panel; empty until it is looked at first."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

if TYPE_CHECKING:
    from textlift.ui.opinion_view import OpinionView


class OpinionTab(QWidget):
    """Holds an ``OpinionView``, made when it is needed: most starts of the window need none.

    Signals:
        made: The view is there; emitted once.
    """

    made = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._view: OpinionView | None = None
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(0, 0, 0, 0)

    @property
    def view(self) -> OpinionView:
        """What is shown in the tab."""
        if self._view is None:
            from textlift.ui.opinion_view import OpinionView

            self._view = OpinionView()
            self._layout.addWidget(self._view)
            self.setFocusProxy(self._view)
            self.made.emit()
        return self._view
