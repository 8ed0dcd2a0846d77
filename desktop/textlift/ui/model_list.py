"""The choice of the model that reads, with what each is good at and whether it is there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QRect, Qt, Signal
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import QComboBox, QStyleOptionComboBox, QWidget

from textlift.ui.model_items import ModelItems

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from textlift.engines.contract import Availability
    from textlift.engines.registry import Registry
    from textlift.models.fit import Fit
    from textlift.ui.model_popup import ModelPopup
    from textlift.ui.model_row import Getting

_NARROWEST, _WIDEST = 168, 208
_BESIDE_NAME = 29
"""Pixels that Fusion takes for frame and arrow, at any size of font, and some air. Asked for its
measures a style brings a thousand names, at the time when the window is to open."""


class ModelList(QComboBox):
    """The engines of a registry; one that cannot be loaded is listed with what to do about it.

    Signals:
        model_chosen: The name of the engine the user chose.
        action_wanted: The name of a model that is not here, and a ``RowAction``.
        folder_wanted: The user wants to add a folder with a model.
        manager_wanted: The user wants to see all about the models: the name of the marked one.
        opened: The user looks at the models.
    """

    model_chosen = Signal(str)
    action_wanted = Signal(str, object)
    folder_wanted = Signal()
    manager_wanted = Signal(str)
    opened = Signal()

    def __init__(self, registry: Registry, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName("Model")
        self.setAccessibleDescription("The model that reads first")
        self.items = ModelItems(self)
        self.setModel(self.items)
        self.setMinimumWidth(_NARROWEST)
        self.setMaximumWidth(_WIDEST)
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
        self._chosen = ""
        self._popup: ModelPopup | None = None
        self.activated.connect(self._on_activated)
        self.show_registry(registry)

    def show_registry(self, registry: Registry) -> None:
        """Lists the engines of another registry."""
        self.items.show_registry(registry)
        self._show_chosen()

    def choose(self, name: str) -> None:
        """Shows an engine as the chosen one; an unknown name changes nothing."""
        if self.items.row_of(name) >= 0:
            self._chosen = name
            self._show_chosen()

    @property
    def chosen(self) -> str:
        """Name of the chosen engine."""
        return self._chosen

    def show_states(
        self, states: Mapping[str, Availability], fits: Mapping[str, Fit] | None = None
    ) -> None:
        """Shows which engines are ready and fit, and of the others what is missing."""
        self._keeping_the_mark(lambda: self.items.show_states(states, fits))

    def show_gettings(self, gettings: Mapping[str, Getting]) -> None:
        """Shows which models are on their way here."""
        self._keeping_the_mark(lambda: self.items.show_gettings(gettings))

    def _keeping_the_mark(self, show: Callable[[], bool]) -> None:
        popup = self._popup if self._popup is not None and self._popup.isVisible() else None
        marked = popup.current if popup is not None else ""
        if show():
            self._show_chosen()
            if popup is not None:
                popup.go_to(marked)

    def showPopup(self) -> None:
        if self._popup is None:
            # Not before somebody looks: the window is up sooner without it.
            from textlift.ui.model_popup import ModelPopup

            self._popup = ModelPopup(self.items, self)
            self._popup.chosen.connect(self._on_chosen)
            self._popup.action_wanted.connect(self.action_wanted)
            self._popup.folder_wanted.connect(self.folder_wanted)
            self._popup.manager_wanted.connect(self.manager_wanted)
            self._popup.closed.connect(self.update)
        self._popup.open_below(self, current=self._chosen)
        self.opened.emit()

    def hidePopup(self) -> None:
        if self._popup is not None:
            self._popup.hide()

    def wheelEvent(self, event: QWheelEvent) -> None:
        # Turning over the box must not load another model of several gigabytes.
        event.ignore()

    def initStyleOption(self, option: QStyleOptionComboBox) -> None:
        super().initStyleOption(option)
        rect: QRect = option.rect
        option.currentText = self.fontMetrics().elidedText(
            self.currentText(), Qt.TextElideMode.ElideRight, rect.width() - _BESIDE_NAME
        )

    def _show_chosen(self) -> None:
        if not self._chosen:
            self._chosen = self.items.name(0)
        row = self.items.row_of(self._chosen)
        self.setCurrentIndex(row)
        item = self.items.item(row) if row >= 0 else None
        self.setToolTip(item.data(Qt.ItemDataRole.ToolTipRole) if item is not None else "")

    def _on_activated(self, row: int) -> None:
        self._on_chosen(self.items.name(row))

    def _on_chosen(self, name: str) -> None:
        if name:
            self.choose(name)
            self.model_chosen.emit(name)
