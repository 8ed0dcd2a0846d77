"""Which model reads first, which follow when it fails, and which are never asked."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, cast

from PySide6.QtCore import QObject, Qt
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QVBoxLayout,
)

from textlift.ui.order_list import OrderList
from textlift.ui.settings_form import arrow_button, is_ticked
from textlift.ui.theme import SPACE, set_tone

if TYPE_CHECKING:
    from textlift.engines.contract import Availability
    from textlift.engines.registry import EngineEntry, Registry
    from textlift.settings import Settings

_NameRole = Qt.ItemDataRole.UserRole
_HEIGHT = 154

_NEVER, _AGAIN = "Ne&ver use", "Use &again"


class ModelOrder(QObject):
    """The models that are ready and those in use; the others when they are asked for.

    Attributes:
        first: The model asked first.
        others: Those to fall back on; ticked ones count, from top to bottom. Those under its line
            are never asked unless the user names one.
        never_button: Puts the marked model under the line, or back.
        note: Why a model was not put under the line.
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
        self.others = OrderList()
        self.others.setFixedHeight(_HEIGHT)
        self.others.setAccessibleName("Models to fall back on, in order")
        self.others.setToolTip(
            "Ticked models are asked from top to bottom when the first one fails. "
            "Drag them, or press Alt+Up and Alt+Down"
        )
        self.others.regrouped.connect(self._on_regrouped)
        self.others.currentItemChanged.connect(lambda *_: self._show_button())
        up = arrow_button("up", "Move up (Alt+Up)")
        down = arrow_button("down", "Move down (Alt+Down)")
        up.clicked.connect(lambda: self.others.move_current(-1))
        down.clicked.connect(lambda: self.others.move_current(1))
        arrows = QVBoxLayout()
        arrows.addWidget(up)
        arrows.addWidget(down)
        arrows.addStretch()
        self.never_button = QPushButton(_NEVER)
        self.never_button.setAutoDefault(False)
        self.never_button.clicked.connect(self._toggle_never)
        self.note = QLabel()
        self.note.setWordWrap(True)
        set_tone(self.note, "muted")
        below = QHBoxLayout()
        below.addWidget(self.never_button)
        below.addWidget(self.note, 1)
        lists = QHBoxLayout()
        lists.addWidget(self.others, 1)
        lists.addLayout(arrows)
        self.field = QVBoxLayout()
        self.field.setSpacing(SPACE // 2)
        self.field.addLayout(lists)
        self.field.addLayout(below)
        self.show_all = QCheckBox("List models that are &not ready, too")
        self.show_all.toggled.connect(self._list)
        self.first.activated.connect(lambda _: self._keep_first_asked(told=False))
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
        return self.others.asked

    @property
    def never(self) -> tuple[str, ...]:
        """Names of those that are asked only when the user names one."""
        return self.others.never

    def _start(self, settings: Settings) -> None:
        for name in settings.never:
            if name in self._registry:
                self.others.add_model(name, self._registry.title(name), never=True)
        for name in settings.fallback:
            if name in self._registry and name not in settings.never:
                self.others.add_model(name, self._registry.title(name), asked=True)
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
        for item in self.others.models():
            used = is_ticked(item) or self.others.is_never(item)
            if not used and item.data(_NameRole) not in wanted:
                self.others.takeItem(self.others.row(item))
        there = {item.data(_NameRole) for item in self.others.models()}
        for name in wanted:
            if name not in there:
                self.others.add_model(name, self._registry.title(name))

    def _is_listed(self, entry: EngineEntry) -> bool:
        state = self._states.get(entry.card.name)
        ready = state.ready if state is not None else entry.model is None
        return ready or self.show_all.isChecked()

    def _toggle_never(self) -> None:
        item = self.others.currentItem()
        if item is not None:
            self.others.put_never(item, never=not self.others.is_never(item))

    def _on_regrouped(self) -> None:
        self._keep_first_asked(told=True)
        self._show_button()

    def _keep_first_asked(self, *, told: bool) -> None:
        """The model that is asked first cannot be one that is never asked."""
        self.note.clear()
        item = self.others.row_of(self.chosen)
        if item is None or not self.others.is_never(item):
            return
        self.others.put_never(item, never=False)
        if told:
            self.note.setText(f"{item.text()} is the model asked first: choose another one above.")

    def _show_button(self) -> None:
        item = self.others.currentItem()
        never = item is not None and self.others.is_never(item)
        self.never_button.setEnabled(item is not None)
        self.never_button.setText(_AGAIN if never else _NEVER)
        tip = (
            "Ask the marked model again when another one fails"
            if never
            else "Ask the marked model only when you choose it yourself (Delete)"
        )
        self.never_button.setToolTip(tip)
        self.never_button.setAccessibleDescription(tip)
