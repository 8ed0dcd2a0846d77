"""The table that says how each model has done."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from textlift.diagnostics.model_record import ModelRecord
from textlift.ui.literal_text import literal
from textlift.ui.problem_words import counted_kinds

RECORD_COLUMNS = (
    "Model",
    "Pages asked",
    "Read",
    "At the first try",
    "Time a page",
    "What went wrong",
)
RecordRole = Qt.ItemDataRole.UserRole + 1
"""The ``ModelRecord`` of a row."""

_NUMBERS = range(1, 5)
_Index = QModelIndex | QPersistentModelIndex


class ModelRecordItems(QAbstractTableModel):
    """A row for each model that was asked for a page of the session."""

    def __init__(
        self, *, engine_title: Callable[[str], str], parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._engine_title = engine_title
        self.records: tuple[ModelRecord, ...] = ()

    def show_records(self, records: Sequence[ModelRecord]) -> None:
        """Shows these; rows stay where they are while only numbers change."""
        before, self.records = self.records, tuple(records)
        if [one.engine for one in before] == [one.engine for one in records]:
            if records:
                last = self.index(len(records) - 1, len(RECORD_COLUMNS) - 1)
                self.dataChanged.emit(self.index(0, 0), last)
            return
        self.records = before
        self.beginResetModel()
        self.records = tuple(records)
        self.endResetModel()

    def cells(self, row: int) -> tuple[str, ...]:
        """The words of a row."""
        record = self.records[row]
        seconds = f"{record.seconds:.1f} s" if record.read else "–"
        return (
            self._engine_title(record.engine),
            f"{record.asked:,}",
            f"{record.read:,}",
            f"{record.at_once / record.asked:.0%}",
            seconds,
            counted_kinds(record.failures) or "Nothing",
        )

    def sentence(self, row: int) -> str:
        """All of a row in one sentence, for the tooltip and screen readers."""
        record = self.records[row]
        pages = "1 page" if record.asked == 1 else f"{record.asked:,} pages"
        parts = [f"{pages} asked"]
        if record.failures:
            parts.append(counted_kinds(record.failures))
        parts.append(f"{record.at_once / record.asked:.0%} read at the first try")
        if record.read:
            parts.append(f"{record.seconds:.1f} s a page on average")
        return f"{self._engine_title(record.engine)}: {', '.join(parts)}"

    def rowCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008 - Qt's signature
        return 0 if parent.isValid() else len(self.records)

    def columnCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008 - Qt's signature
        return 0 if parent.isValid() else len(RECORD_COLUMNS)

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid():
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return self.cells(index.row())[index.column()]
        if role == Qt.ItemDataRole.ToolTipRole:
            return literal(self.sentence(index.row()))
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return self.sentence(index.row())
        if role == Qt.ItemDataRole.TextAlignmentRole and index.column() in _NUMBERS:
            return int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        return self.records[index.row()] if role == RecordRole else None

    def headerData(
        self,
        section: int,
        orientation: Qt.Orientation,
        role: int = Qt.ItemDataRole.DisplayRole,
    ) -> Any:
        if orientation != Qt.Orientation.Horizontal:
            return None
        if role == Qt.ItemDataRole.TextAlignmentRole and section in _NUMBERS:
            return int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        return RECORD_COLUMNS[section] if role == Qt.ItemDataRole.DisplayRole else None
