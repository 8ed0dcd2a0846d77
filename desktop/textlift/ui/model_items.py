"""The models as rows of a list: those that can be used, those that can be got, the others."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, cast

from PySide6.QtCore import QObject, Qt
from PySide6.QtGui import QStandardItem, QStandardItemModel

from textlift.ui.literal_text import literal
from textlift.ui.model_row import Getting, ModelRow, Section, engine_row, not_offered_row

if TYPE_CHECKING:
    from textlift.engines.contract import Availability
    from textlift.engines.registry import EngineEntry, Registry
    from textlift.models.fit import Fit

NameRole = Qt.ItemDataRole.UserRole + 1
RowRole = Qt.ItemDataRole.UserRole + 2
"""A ``ModelRow``; nothing for a heading."""
SearchedRole = Qt.ItemDataRole.UserRole + 3
"""All in which the search looks, in small letters."""


class ModelItems(QStandardItemModel):
    """One row for each model; headings, which cannot be chosen, before those not ready."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._registry: Registry | None = None
        self._states: Mapping[str, Availability] = {}
        self._fits: Mapping[str, Fit] = {}
        self._gettings: Mapping[str, Getting] = {}

    def show_registry(self, registry: Registry) -> None:
        """Lists the engines of a registry; what is known of their states stays."""
        self._registry = registry
        self._fill()

    def show_states(
        self, states: Mapping[str, Availability], fits: Mapping[str, Fit] | None = None
    ) -> bool:
        """Sorts the rows by what is known now; False when that is what was known before.

        Args:
            states: What the engines say of themselves.
            fits: Whether their models fit; None: as before.
        """
        fits = self._fits if fits is None else fits
        if states == self._states and fits == self._fits:
            return False
        self._states, self._fits = states, fits
        self._fill()
        return True

    def show_gettings(self, gettings: Mapping[str, Getting]) -> bool:
        """Shows which models are on their way; False when the rows stay where they are."""
        before, self._gettings = self._gettings, dict(gettings)
        changed = [name for name in {*before, *gettings} if before.get(name) != gettings.get(name)]
        rows = [self._made(name) for name in changed]
        if any(row is not None and not self._replace(row) for row in rows):
            self._fill()
            return True
        return False

    def name(self, row: int) -> str:
        """Name of the model of a row; empty for a heading and outside of the list."""
        item = self.item(row) if row >= 0 else None
        return cast("str", item.data(NameRole) or "") if item is not None else ""

    def row_of(self, name: str) -> int:
        """The row of a model; -1 when it has none."""
        rows = range(self.rowCount())
        return next((row for row in rows if name and self.name(row) == name), -1)

    def model_row(self, name: str) -> ModelRow | None:
        """What is shown of a model; None when it is not listed."""
        item = self.item(self.row_of(name))
        return cast("ModelRow", item.data(RowRole)) if item is not None else None

    def ready_names(self) -> Iterator[str]:
        """Those that can be used, in the order of the registry."""
        for entry in self._registry or ():
            row = self.model_row(entry.card.name)
            if row is not None and row.ready:
                yield row.name

    def model_rows(self) -> Iterator[ModelRow]:
        """What is shown of each engine, in the order of the registry."""
        for entry in self._registry or ():
            row = self.model_row(entry.card.name)
            if row is not None:
                yield row

    def _fill(self) -> None:
        self.clear()
        registry = self._registry
        if registry is None:
            return
        rows = [
            *(self._engine_row(registry, entry) for entry in registry),
            *(not_offered_row(model) for model in registry.not_offered),
        ]
        for section in Section:
            there = [row for row in rows if row.section is section]
            self._add_section(section, sorted(there, key=lambda row: row.rank))

    def _add_section(self, section: Section, rows: Sequence[ModelRow]) -> None:
        if rows and section.value:
            heading = QStandardItem(section.value)
            heading.setFlags(Qt.ItemFlag.NoItemFlags)
            self.appendRow(heading)
        for row in rows:
            self.appendRow(_dressed(QStandardItem(), row))

    def _made(self, name: str) -> ModelRow | None:
        registry = self._registry
        if registry is None or name not in registry:
            return None
        return self._engine_row(registry, registry.entry(name))

    def _engine_row(self, registry: Registry, entry: EngineEntry) -> ModelRow:
        name = entry.card.name
        return engine_row(
            entry,
            state=self._states.get(name),
            fit=self._fits.get(name),
            getting=self._gettings.get(name),
            title_of=registry.title,
        )

    def _replace(self, row: ModelRow) -> bool:
        """Shows a row anew in its place; False where it belongs somewhere else now."""
        before = self.model_row(row.name)
        if before is None or before.section is not row.section:
            return False
        _dressed(self.item(self.row_of(row.name)), row)
        return True


def _dressed(item: QStandardItem, row: ModelRow) -> QStandardItem:
    item.setText(row.title)
    # The arrow keys on the closed box pass over it: nothing is got in passing.
    item.setEnabled(row.ready)
    item.setData(row.name, NameRole)
    item.setData(literal("\n".join(row.told)), Qt.ItemDataRole.ToolTipRole)
    item.setData(row.spoken, Qt.ItemDataRole.AccessibleTextRole)
    searched = (row.name, row.title, row.languages, *row.told)
    item.setData(" ".join(searched).casefold(), SearchedRole)
    item.setData(row, RowRole)
    return item
