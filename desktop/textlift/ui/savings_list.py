"""The models that were made to fit, each with what is saved; the way back."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QListWidget, QListWidgetItem, QPushButton, QWidget

from textlift.models.saving_words import saving_words
from textlift.settings import Saving
from textlift.ui.literal_text import literal
from textlift.ui.settings_form import list_items
from textlift.ui.theme import SPACE

_NameRole = Qt.ItemDataRole.UserRole
_HEIGHT = 56


class SavingsList(QWidget):
    """A line for each saving, and a button that takes one away.

    Attributes:
        lines: The savings, in words.
        remove_button: Takes the marked one away.
    """

    def __init__(
        self,
        savings: Mapping[str, Saving],
        *,
        title_of: Callable[[str], str],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._before = dict(savings)
        self.lines = QListWidget()
        self.lines.setAccessibleName("Models that were made to fit")
        self.lines.setFixedHeight(_HEIGHT)
        self.lines.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        for name, saving in savings.items():
            item = QListWidgetItem(f"{title_of(name)}: {saving_words(saving)}")
            item.setToolTip(literal(item.text()))
            item.setData(_NameRole, name)
            self.lines.addItem(item)
        self.remove_button = QPushButton("Remove")
        self.remove_button.setToolTip("Use the model as it is again, with all the memory it needs")
        self.remove_button.setAutoDefault(False)
        self.remove_button.setEnabled(False)
        self.remove_button.clicked.connect(self._remove)
        self.lines.currentRowChanged.connect(lambda row: self.remove_button.setEnabled(row >= 0))
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(SPACE)
        row.addWidget(self.lines, 1)
        row.addWidget(self.remove_button, 0, Qt.AlignmentFlag.AlignTop)

    @property
    def savings(self) -> dict[str, Saving]:
        """Those that are left."""
        left = {item.data(_NameRole) for item in list_items(self.lines)}
        return {name: saving for name, saving in self._before.items() if name in left}

    def _remove(self) -> None:
        self.lines.takeItem(self.lines.currentRow())
