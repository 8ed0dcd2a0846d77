"""The models as rows of a list: those that can be used first, then the others with their price."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, cast

from PySide6.QtCore import QModelIndex, QObject, QSortFilterProxyModel, Qt
from PySide6.QtGui import QStandardItem, QStandardItemModel

from textlift.models.on_disk import shown_size
from textlift.ui.document_model import Index

if TYPE_CHECKING:
    from textlift.engines.contract import Availability
    from textlift.engines.registry import EngineEntry, Registry
    from textlift.models.catalogue import ModelEntry

NameRole = Qt.ItemDataRole.UserRole + 1
SummaryRole = Qt.ItemDataRole.UserRole + 2
StateRole = Qt.ItemDataRole.UserRole + 3
ReadyRole = Qt.ItemDataRole.UserRole + 4
CostRole = Qt.ItemDataRole.UserRole + 5
CatchRole = Qt.ItemDataRole.UserRole + 6
_SearchedRole = Qt.ItemDataRole.UserRole + 7

NOT_READY = "Not ready to use here"
NOT_OFFERED = "Cannot be run by this version"
_NOT_KNOWN_YET = "Looking for it on this computer…"


class ModelItems(QStandardItemModel):
    """One row for each model; headings, which cannot be chosen, before those not ready.

    A model of the catalogue counts as not ready until it is known to be on this computer; the
    engines that come with Textlift count as ready until it is known that they are not.
    """

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._entries: tuple[EngineEntry, ...] = ()
        self._not_offered: tuple[ModelEntry, ...] = ()
        self._states: Mapping[str, Availability] = {}

    def show_registry(self, registry: Registry) -> None:
        """Lists the engines of a registry; what is known of their states stays."""
        self._entries = tuple(registry)
        self._not_offered = registry.not_offered
        self._fill()

    def show_states(self, states: Mapping[str, Availability]) -> bool:
        """Sorts the rows by what is known now; False when that is what was known before."""
        if states == self._states:
            return False
        self._states = states
        self._fill()
        return True

    def name(self, row: int) -> str:
        """Name of the model of a row; empty for a heading and outside of the list."""
        item = self.item(row) if row >= 0 else None
        return cast("str", item.data(NameRole) or "") if item is not None else ""

    def row_of(self, name: str) -> int:
        """The row of a model; -1 when it has none."""
        rows = range(self.rowCount())
        return next((row for row in rows if name and self.name(row) == name), -1)

    def ready_names(self) -> Iterator[str]:
        """Those that can be used, in the order of the rows."""
        return (entry.card.name for entry in self._entries if self._is_ready(entry))

    def _fill(self) -> None:
        self.clear()
        for entry in self._entries:
            if self._is_ready(entry):
                self.appendRow(self._ready_item(entry))
        others = [entry for entry in self._entries if not self._is_ready(entry)]
        self._add_section(NOT_READY, [self._other_item(entry) for entry in others])
        self._add_section(NOT_OFFERED, [_not_offered_item(model) for model in self._not_offered])

    def _add_section(self, title: str, items: Sequence[QStandardItem]) -> None:
        if items:
            heading = QStandardItem(title)
            heading.setFlags(Qt.ItemFlag.NoItemFlags)
            self.appendRow(heading)
        for item in items:
            self.appendRow(item)

    def _is_ready(self, entry: EngineEntry) -> bool:
        state = self._states.get(entry.card.name)
        return state.ready if state is not None else entry.model is None

    def _ready_item(self, entry: EngineEntry) -> QStandardItem:
        card, state = entry.card, self._states.get(entry.card.name)
        words = state.sentence if state is not None else card.needs
        return _item(card.name, card.title, card.summary, words, ready=True, model=entry.model)

    def _other_item(self, entry: EngineEntry) -> QStandardItem:
        card, state = entry.card, self._states.get(entry.card.name)
        words = f"{state.sentence} {state.remedy}".strip() if state is not None else _NOT_KNOWN_YET
        return _item(card.name, card.title, card.summary, words, ready=False, model=entry.model)


def _not_offered_item(model: ModelEntry) -> QStandardItem:
    return _item(
        model.name, model.title, model.summary, model.not_offered, ready=False, model=model
    )


def _item(
    name: str, title: str, summary: str, state: str, *, ready: bool, model: ModelEntry | None
) -> QStandardItem:
    cost, catch = "", ""
    if model is not None and not ready:
        cost, catch = model_cost(model), model.licence_note
    item = QStandardItem(title)
    item.setEnabled(ready)
    item.setData(name, NameRole)
    item.setData(summary, SummaryRole)
    item.setData(state, StateRole)
    item.setData(ready, ReadyRole)
    item.setData(cost, CostRole)
    item.setData(catch, CatchRole)
    told = [text for text in (summary, state, cost, catch) if text]
    item.setData("\n".join(told), Qt.ItemDataRole.ToolTipRole)
    item.setData(f"{title}: {' '.join(told)}", Qt.ItemDataRole.AccessibleTextRole)
    searched = (name, title, model.languages if model is not None else "", *told)
    item.setData(" ".join(searched).casefold(), _SearchedRole)
    return item


class FoundModels(QSortFilterProxyModel):
    """The rows in which every word that was typed stands.

    Those not ready can be gone to, so that the keyboard reaches what is said of them.
    """

    def __init__(self, items: ModelItems, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._words: tuple[str, ...] = ()
        self.setSourceModel(items)

    def search(self, text: str) -> None:
        """Shows the rows in which all of these words stand; empty shows all."""
        self._words = tuple(text.casefold().split())
        self.invalidate()

    def filterAcceptsRow(self, row: int, parent: Index) -> bool:  # noqa: ARG002 - Qt's signature
        source = cast("ModelItems", self.sourceModel())
        if source.name(row):
            return self._found(source, row)
        below = itertools.takewhile(source.name, range(row + 1, source.rowCount()))
        return any(self._found(source, one) for one in below)

    def flags(self, index: Index) -> Qt.ItemFlag:
        if index.data(NameRole):
            return Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable
        return Qt.ItemFlag.NoItemFlags

    def row_of(self, name: str) -> QModelIndex:
        """Where an engine stands among those found; an invalid index when it is not."""
        source = cast("ModelItems", self.sourceModel())
        row = source.row_of(name)
        return self.mapFromSource(source.index(row, 0)) if row >= 0 else QModelIndex()

    def _found(self, source: ModelItems, row: int) -> bool:
        searched = source.item(row).data(_SearchedRole) or ""
        return all(word in searched for word in self._words)


def model_cost(model: ModelEntry) -> str:
    """What it costs to get a model: its size and its licence."""
    size = shown_size(model.size) if model.size else ""
    return " · ".join(text for text in (size, model.licence) if text)
