"""The models and alphabets as rows, under headings; found by words and by how they stand."""

from __future__ import annotations

import enum
import itertools
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, cast

from PySide6.QtCore import QModelIndex, QObject, QSortFilterProxyModel, Qt
from PySide6.QtGui import QStandardItem, QStandardItemModel

from textlift.downloads.download import Download, DownloadState, Task
from textlift.ui.document_model import Index
from textlift.ui.known_models import KnownModel, Shown, Standing, shown
from textlift.ui.literal_text import literal

if TYPE_CHECKING:
    from textlift.models.disk_use import DiskUse

ShownRole = Qt.ItemDataRole.UserRole + 1
_SearchedRole = Qt.ItemDataRole.UserRole + 2


class Shelf(enum.Enum):
    """Which of them are listed."""

    ALL = "all"
    HERE = "here"
    DOWNLOADS = "downloads"


_ON_SHELF = {
    Shelf.ALL: frozenset(Standing),
    Shelf.HERE: frozenset(
        {Standing.HERE, Standing.INCOMPLETE, Standing.VERIFYING, Standing.REMOVING}
    ),
    Shelf.DOWNLOADS: frozenset({Standing.GETTING, Standing.PAUSED, Standing.FAILED}),
}


class KnownModelItems(QStandardItemModel):
    """One row for each, with a ``Shown``; a heading, which cannot be chosen, for each section."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._uses: Mapping[str, DiskUse] = {}

    def show_models(self, models: Iterable[KnownModel], downloads: Mapping[str, Download]) -> None:
        """Lists these."""
        self.clear()
        for section, known in itertools.groupby(models, key=lambda one: one.section):
            heading = QStandardItem(section.value)
            heading.setFlags(Qt.ItemFlag.NoItemFlags)
            self.appendRow(heading)
            for one in known:
                item = QStandardItem(one.title)
                self._fill(item, shown(one, downloads.get(one.name), self._uses.get(one.name)))
                self.appendRow(item)

    def show_download(self, name: str, download: Download) -> bool:
        """Shows how a download stands.

        Returns:
            Whether something stands otherwise now, and may belong on another shelf.
        """
        gone = download.state is DownloadState.GONE
        if gone and download.task is Task.REMOVE:
            # Known before anybody has looked.
            self._uses = {key: use for key, use in self._uses.items() if key != name}
        moved = False
        for item in self._items():
            before = item.data(ShownRole)
            if before.known.name == name:
                now = shown(before.known, None if gone else download, self._uses.get(name))
                self._fill(item, now)
                moved = moved or now.standing is not before.standing
        return moved

    def show_uses(self, uses: Mapping[str, DiskUse]) -> None:
        """Shows what is on disk."""
        self._uses = uses
        for item in self._items():
            before = item.data(ShownRole)
            now = shown(before.known, before.download, uses.get(before.known.name))
            if now != before:
                self._fill(item, now)

    def of(self, row: int) -> Shown | None:
        """What a row shows; None for a heading and outside of the list."""
        item = self.item(row) if row >= 0 else None
        return cast("Shown | None", item.data(ShownRole)) if item is not None else None

    def row_of(self, name: str) -> int:
        """The row of a model; -1 when it has none."""
        for row in range(self.rowCount()):
            one = self.of(row)
            if one is not None and one.known.name == name:
                return row
        return -1

    def count(self, shelf: Shelf) -> int:
        """How many are on a shelf."""
        return sum(item.data(ShownRole).standing in _ON_SHELF[shelf] for item in self._items())

    @property
    def nothing_here(self) -> bool:
        """No model is on this computer, and none is on its way."""
        models = [one for item in self._items() if (one := item.data(ShownRole)).known.usable]
        return all(one.standing is Standing.MISSING for one in models)

    def _items(self) -> Iterable[QStandardItem]:
        rows = (self.item(row) for row in range(self.rowCount()))
        return [item for item in rows if item.data(ShownRole) is not None]

    def _fill(self, item: QStandardItem, one: Shown) -> None:
        known = one.known
        item.setData(one, ShownRole)
        told = ". ".join(text for text in (known.title, one.line) if text)
        item.setData(told, Qt.ItemDataRole.AccessibleTextRole)
        item.setData(literal(f"{known.summary}\n{one.words}"), Qt.ItemDataRole.ToolTipRole)
        searched = (known.name, known.title, known.summary, known.languages, known.licence)
        item.setData(" ".join(searched).casefold(), _SearchedRole)


class FoundKnownModels(QSortFilterProxyModel):
    """Those on a shelf in which every word that was typed stands."""

    def __init__(self, items: KnownModelItems, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._words: tuple[str, ...] = ()
        self.shelf = Shelf.ALL
        self.setSourceModel(items)

    def search(self, text: str) -> None:
        """Shows those with all of these words."""
        self._words = tuple(text.casefold().split())
        self.invalidate()

    def show_shelf(self, shelf: Shelf) -> None:
        """Shows those that stand so."""
        self.shelf = shelf
        self.invalidate()

    @property
    def searched(self) -> bool:
        """Words were typed."""
        return bool(self._words)

    def filterAcceptsRow(self, row: int, parent: Index) -> bool:  # noqa: ARG002 - Qt's signature
        items = cast("KnownModelItems", self.sourceModel())
        if items.of(row) is not None:
            return self._found(items, row)
        below = itertools.takewhile(
            lambda one: items.of(one) is not None, range(row + 1, items.rowCount())
        )
        return any(self._found(items, one) for one in below)

    def row_of(self, name: str) -> QModelIndex:
        """Where a model stands among those found; an invalid index when it does not."""
        items = cast("KnownModelItems", self.sourceModel())
        row = items.row_of(name)
        return self.mapFromSource(items.index(row, 0)) if row >= 0 else QModelIndex()

    def _found(self, items: KnownModelItems, row: int) -> bool:
        one = items.of(row)
        searched = items.item(row).data(_SearchedRole)
        return (
            one is not None
            and one.standing in _ON_SHELF[self.shelf]
            and all(word in searched for word in self._words)
        )
