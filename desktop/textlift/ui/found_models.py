"""The models that a search finds, as rows of a list."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING, cast

from PySide6.QtCore import QModelIndex, QObject, QSortFilterProxyModel, Qt

from textlift.ui.model_items import NameRole, SearchedRole

if TYPE_CHECKING:
    from textlift.ui.document_model import Index
    from textlift.ui.model_items import ModelItems


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
        searched = source.item(row).data(SearchedRole) or ""
        return all(word in searched for word in self._words)
