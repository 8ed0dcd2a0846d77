"""The choice of how the chosen model reads, where it knows more than one way."""

from __future__ import annotations

from collections.abc import Sequence
from typing import cast

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import QComboBox, QWidget

from textlift.engines.contract import ReadingMode

_WIDEST = 156
_GIVES = {
    "blocks": "Gives the blocks of the page with their places.",
    "markdown": "Gives Markdown, without places.",
    "text": "Gives plain text, without places.",
    "layout": "Gives the places of the blocks, without their text.",
}


class ModeBox(QComboBox):
    """The modes of a model that need no box drawn on the page.

    Signals:
        mode_chosen: The name of the mode the user chose.
    """

    mode_chosen = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName("How the model reads")
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
        self.setMaximumWidth(_WIDEST)
        self.activated.connect(lambda row: self.mode_chosen.emit(self.itemData(row)))
        self.currentIndexChanged.connect(self._describe)

    def show_modes(self, modes: Sequence[ReadingMode], *, chosen: str) -> None:
        """Offers the modes of another model.

        Args:
            modes: All of them, the default first.
            chosen: Name of the one to show; an unknown or empty one means the default.
        """
        self.clear()
        for mode in modes:
            if mode.needs_box:
                continue
            self.addItem(mode.title, mode.name)
            tip = _GIVES.get(mode.returns, "")
            self.setItemData(self.count() - 1, tip, Qt.ItemDataRole.ToolTipRole)
        self.setCurrentIndex(max(self.findData(chosen), 0) if self.count() else -1)
        self._describe()

    @property
    def has_choice(self) -> bool:
        """Whether there is more than one way."""
        return self.count() > 1

    def wheelEvent(self, event: QWheelEvent) -> None:
        # As over the list of models: nothing is chosen in passing.
        event.ignore()

    def _describe(self) -> None:
        tip = cast("str | None", self.currentData(Qt.ItemDataRole.ToolTipRole)) or ""
        self.setToolTip(f"How the model reads: {self.currentText()}\n{tip}".strip())
