"""The rows of the list of problems: sorted and filtered here, since Qt would ask for each."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any

from PySide6.QtCore import (
    QAbstractTableModel,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    Qt,
    QTimer,
)

from textlift.ui.in_turns import InTurns
from textlift.ui.literal_text import literal
from textlift.ui.problem_words import KIND_WORDS, Kind, Problem, when_words

COLUMNS = ("When", "Document", "Page", "Model", "What", "In a sentence")
ProblemRole = Qt.ItemDataRole.UserRole + 1
"""The ``Problem`` of a row."""

_SORTS: tuple[Callable[[_Row, Problem], tuple[object, ...]], ...] = (
    lambda _, one: (one.at,),
    lambda row, one: (row.cells[1].casefold(), _page(one), one.at),
    lambda _, one: (_page(one), one.at),
    lambda row, one: (row.cells[3].casefold(), one.at),
    lambda row, one: (row.cells[4], one.at),
    lambda row, one: (row.cells[5].casefold(), one.at),
)

_SHOWN_MS = 100
"""Until what is seen of the list has been painted."""
_PAGE = COLUMNS.index("Page")
_RIGHT = int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
_Index = QModelIndex | QPersistentModelIndex


class ProblemItems(QAbstractTableModel):
    """Problems as rows; ten thousand are sorted and filtered within a blink.

    The words of a row are made when it is seen, or sorted or searched by them; those of all the
    others little by little, once the list has been shown.
    """

    def __init__(
        self, *, engine_title: Callable[[str], str], parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._engine_title = engine_title
        self._all: list[_Row] = []
        self._shown: list[_Row] = []
        self._words: tuple[str, ...] = ()
        self._engine: str | None = None
        self._kind: Kind | None = None
        self._column = 0
        self._descending = True
        self._turns = InTurns(self)
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.setInterval(_SHOWN_MS)
        self._soon.timeout.connect(lambda: self._turns.go_through(_words_of(self._all)))

    # What is in it

    def show_problems(self, problems: Iterable[Problem]) -> None:
        """Takes these in the place of those there were."""
        self._all = [self._row(problem) for problem in problems]
        self._refilter()
        self._turns.drop()
        self._soon.start()

    def add(self, problems: Iterable[Problem]) -> None:
        """Takes some more; what is selected stays selected."""
        for row in map(self._row, problems):
            self._all.append(row)
            self._turns.go_through(_words_of([row]))
            if self._passes(row):
                place = self._place(row)
                self.beginInsertRows(QModelIndex(), place, place)
                self._shown.insert(place, row)
                self.endInsertRows()

    def search(self, text: str) -> None:
        """Shows those only that have all of these words: soon, where there are thousands."""
        self._words = tuple(text.casefold().split())
        self._soon.stop()
        self._turns.drop()
        self._turns.go_through(self._searched())

    def filter(self, *, engine: str | None, kind: Kind | None) -> None:
        """Shows those only of an engine and of a kind; None: of all."""
        self._engine, self._kind = engine, kind
        self._refilter()

    @property
    def total(self) -> int:
        """How many there are, shown or not."""
        return len(self._all)

    def problem(self, row: int) -> Problem:
        """What is shown in a row."""
        return self._shown[row].problem

    def cells(self, row: int) -> tuple[str, ...]:
        """The words of a row, a cell for each column."""
        return self._shown[row].cells

    def engines(self) -> list[str]:
        """Names of the engines that failed anywhere."""
        return sorted({row.problem.engine for row in self._all if row.problem.engine})

    def kinds(self) -> list[Kind]:
        """The kinds of what went wrong anywhere, in their usual order."""
        present = {row.problem.kind for row in self._all}
        return [kind for kind in KIND_WORDS if kind in present]

    # Qt's side

    def rowCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008 - Qt's signature
        return 0 if parent.isValid() else len(self._shown)

    def columnCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008 - Qt's signature
        return 0 if parent.isValid() else len(COLUMNS)

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid():
            return None
        row = self._shown[index.row()]
        if role == Qt.ItemDataRole.DisplayRole:
            return row.cells[index.column()]
        if role == Qt.ItemDataRole.ToolTipRole:
            return literal(row.cells[index.column()]) or None
        if role == Qt.ItemDataRole.TextAlignmentRole and index.column() == _PAGE:
            return _RIGHT
        return row.problem if role == ProblemRole else None

    def headerData(
        self,
        section: int,
        orientation: Qt.Orientation,
        role: int = Qt.ItemDataRole.DisplayRole,
    ) -> Any:
        if orientation != Qt.Orientation.Horizontal:
            return None
        if role == Qt.ItemDataRole.TextAlignmentRole and section == _PAGE:
            return _RIGHT
        return COLUMNS[section] if role == Qt.ItemDataRole.DisplayRole else None

    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        self._column, self._descending = column, order == Qt.SortOrder.DescendingOrder
        before = [self._shown[index.row()] for index in self.persistentIndexList()]
        indices = self.persistentIndexList()
        self.layoutAboutToBeChanged.emit()
        self._shown.sort(key=self._key, reverse=self._descending)
        places = {id(row): number for number, row in enumerate(self._shown)}
        self.changePersistentIndexList(
            indices,
            [
                self.index(places[id(row)], index.column())
                for row, index in zip(before, indices, strict=True)
            ],
        )
        self.layoutChanged.emit()

    # Inside

    def _row(self, problem: Problem) -> _Row:
        return _Row(problem, self._engine_title)

    def _passes(self, row: _Row) -> bool:
        problem = row.problem
        if self._engine is not None and problem.engine != self._engine:
            return False
        if self._kind is not None and problem.kind is not self._kind:
            return False
        return all(word in row.text for word in self._words)

    def _searched(self) -> Iterator[object]:
        if self._words:
            yield from _words_of(self._all)
        self._refilter()

    def _refilter(self) -> None:
        self.beginResetModel()
        self._shown = [row for row in self._all if self._passes(row)]
        self._shown.sort(key=self._key, reverse=self._descending)
        self.endResetModel()

    def _key(self, row: _Row) -> tuple[object, ...]:
        return _SORTS[self._column](row, row.problem)

    def _place(self, row: _Row) -> int:
        """Where a row belongs among those that are shown."""
        low, high = 0, len(self._shown)
        key: Any = self._key(row)
        while low < high:
            middle = (low + high) // 2
            other: Any = self._key(self._shown[middle])
            if other > key if self._descending else other <= key:
                low = middle + 1
            else:
                high = middle
        return low


class _Row:
    """A problem with its words, which are made once and only if somebody wants them."""

    __slots__ = ("_cells", "_engine_title", "_text", "problem")

    def __init__(self, problem: Problem, engine_title: Callable[[str], str]) -> None:
        self.problem = problem
        self._engine_title = engine_title
        self._cells: tuple[str, ...] = ()
        self._text = ""

    @property
    def cells(self) -> tuple[str, ...]:
        """A cell for each column."""
        if not self._cells:
            problem = self.problem
            self._cells = (
                when_words(problem.at),
                problem.title,
                str(problem.place.page) if problem.place is not None else "",
                self._engine_title(problem.engine) if problem.engine else "",
                KIND_WORDS[problem.kind],
                " ".join(problem.sentence.split()),
            )
        return self._cells

    @property
    def text(self) -> str:
        """What is searched."""
        if not self._text:
            self._text = "\n".join(self.cells[1:]).casefold()
        return self._text


def _words_of(rows: Iterable[_Row]) -> Iterator[str]:
    """Makes the words that rows are searched by, before anybody does."""
    return (row.text for row in rows)


def _page(problem: Problem) -> int:
    return problem.place.page if problem.place is not None else 0
