"""Which model reads first and which follow when it fails: two lists of the same models."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, cast

from PySide6.QtCore import QObject, Qt
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QHBoxLayout,
    QListWidget,
    QListWidgetItem,
    QVBoxLayout,
)

from textlift.ui.settings_form import arrow_button, is_ticked, list_items

if TYPE_CHECKING:
    from textlift.engines.contract import Availability
    from textlift.engines.registry import EngineEntry, Registry
    from textlift.settings import Settings

_NameRole = Qt.ItemDataRole.UserRole


class ModelOrder(QObject):
    """The models that are ready and those in use; the others when they are asked for.

    Attributes:
        first: The model asked first.
        others: Those to fall back on; ticked ones count, from top to bottom.
        show_all: Lists the models that are not ready, too.
        field: ``others`` with its buttons.
    """

    def __init__(self, settings: Settings, registry: Registry, parent: QObject) -> None:
        super().__init__(parent)
        self._registry = registry
        self._states: Mapping[str, Availability] = {}
        self.first = QComboBox()
        self.first.setSizeAdjustPolicy(
            QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon
        )
        self.others = QListWidget()
        self.others.setDragDropMode(QListWidget.DragDropMode.InternalMove)
        self.others.setFixedHeight(104)
        self.others.setAccessibleName("Models to fall back on, in order")
        self.others.setToolTip(
            "Ticked models are asked from top to bottom when the first one fails"
        )
        up, down = arrow_button("up", "Move up"), arrow_button("down", "Move down")
        up.clicked.connect(lambda: self.move_current(-1))
        down.clicked.connect(lambda: self.move_current(1))
        arrows = QVBoxLayout()
        arrows.addWidget(up)
        arrows.addWidget(down)
        arrows.addStretch()
        self.field = QHBoxLayout()
        self.field.addWidget(self.others, 1)
        self.field.addLayout(arrows)
        self.show_all = QCheckBox("List models that are &not ready, too")
        self.show_all.toggled.connect(self._list)
        self._start(settings)

    def show_states(self, states: Mapping[str, Availability]) -> None:
        """Lists the models that are ready now."""
        self._states = states
        self._list()

    @property
    def chosen(self) -> str:
        """Name of the model asked first."""
        return cast("str", self.first.currentData() or "")

    @property
    def fallback(self) -> tuple[str, ...]:
        """Names of those asked next, in order."""
        return tuple(item.data(_NameRole) for item in list_items(self.others) if is_ticked(item))

    def move_current(self, step: int) -> None:
        """Moves the marked model up or down."""
        row = self.others.currentRow()
        if row >= 0 and 0 <= row + step < self.others.count():
            self.others.insertItem(row + step, self.others.takeItem(row))
            self.others.setCurrentRow(row + step)

    def _start(self, settings: Settings) -> None:
        for name in settings.fallback:
            if name in self._registry:
                self._add(name, Qt.CheckState.Checked)
        chosen, _ = self._registry.chosen_or_first(settings.model)
        self.first.addItem(self._registry.title(chosen), chosen)
        self._list()
        self.others.setCurrentRow(0)

    def _list(self) -> None:
        """Adds what is to be seen and takes away what is not; the order and the ticks stay."""
        chosen = self.chosen
        wanted = [entry.card.name for entry in self._registry if self._is_listed(entry)]
        self.first.clear()
        for name in self._registry.names:
            if name in wanted or name == chosen:
                self.first.addItem(self._registry.title(name), name)
        self.first.setCurrentIndex(self.first.findData(chosen))
        for row in reversed(range(self.others.count())):
            item = self.others.item(row)
            if not is_ticked(item) and item.data(_NameRole) not in wanted:
                self.others.takeItem(row)
        there = {item.data(_NameRole) for item in list_items(self.others)}
        for name in wanted:
            if name not in there:
                self._add(name, Qt.CheckState.Unchecked)

    def _is_listed(self, entry: EngineEntry) -> bool:
        state = self._states.get(entry.card.name)
        ready = state.ready if state is not None else entry.model is None
        return ready or self.show_all.isChecked()

    def _add(self, name: str, ticked: Qt.CheckState) -> None:
        item = QListWidgetItem(self._registry.title(name))
        item.setData(_NameRole, name)
        item.setFlags(item.flags() | Qt.ItemFlag.ItemIsUserCheckable)
        item.setCheckState(ticked)
        self.others.addItem(item)
