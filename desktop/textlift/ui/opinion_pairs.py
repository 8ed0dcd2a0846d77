"""The pairs of passages of a second opinion, two columns in a scroll area."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QPoint, Qt, QTimer, Signal
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPalette
from PySide6.QtWidgets import QFrame, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from textlift.content.page import EditedLine
from textlift.content.side_by_side import Mark, Pair, SideBySide
from textlift.ui.opinion_cell import CellMark, PassageCell
from textlift.ui.theme import colours

_AT_ONCE = 24
"""Rows that are made in one go: more than are seen, and the window waits for them."""
_PROSE = 34
"""Characters of lines that fill a page's width: in a column they are broken anew."""
_ROOM = 48
"""Pixels that are kept free above and below what is scrolled to."""


class PairRow(QWidget):
    """A pair: both texts, of which one stands.

    Attributes:
        number: Of the pair.
        first: The page's text.
        second: The other reading's.
    """

    def __init__(
        self,
        number: int,
        pair: Pair,
        cells: tuple[PassageCell, PassageCell],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.number = number
        self.pair = pair
        self.first, self.second = cells
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 1)
        layout.setSpacing(1)
        layout.addWidget(self.first, 1)
        layout.addWidget(self.second, 1)

    @property
    def cells(self) -> tuple[PassageCell, PassageCell]:
        """Both texts."""
        return self.first, self.second

    def show_choice(self, *, second: bool) -> None:
        """Shows which text stands."""
        (self.second if second else self.first).setChecked(True)
        for cell in self.cells:
            cell.update()

    def choose(self, step: int) -> None:
        """Takes the text to the left (-1) or to the right (1)."""
        cell = self.first if step < 0 else self.second
        cell.setFocus()
        if not cell.isChecked():
            cell.click()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        line = QColor(colours().line)
        painter.fillRect(0, self.height() - 1, self.width(), 1, line)
        painter.fillRect(self.first.geometry().right() + 1, 0, 1, self.height(), line)
        painter.end()
        super().paintEvent(event)


class PairsView(QScrollArea):
    """All pairs of a page.

    Signals:
        chosen: Number of a pair, and whether its second text is to stand.
        difference_wanted: Number of a difference to go to.
        pair_wanted: Number of a pair whose place is to be seen.
    """

    chosen = Signal(int, bool)
    difference_wanted = Signal(int)
    pair_wanted = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.rows: list[PairRow] = []
        self._row_of_difference: list[PairRow] = []
        self._current: int | None = None
        self._only_differences = False
        self._to_show: tuple[PairRow, int | None] | None = None
        self._text = SideBySide((), (), ())
        self._names = ("", "")
        self._taken: frozenset[int] = frozenset()
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        # Always there, so that the headings stand above their columns.
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOn)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setAccessibleName("Passages of both texts")
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.setInterval(0)
        self._soon.timeout.connect(self._scroll_to_wanted)
        self._more = QTimer(self)
        self._more.setInterval(0)
        self._more.timeout.connect(lambda: self._make_rows(_AT_ONCE))
        self.show_pairs(self._text, self._names)

    def show_pairs(self, text: SideBySide, names: tuple[str, str]) -> None:
        """Shows other texts; what is far below is made when the window has time.

        Args:
            text: Both of them.
            names: Whose they are.
        """
        content = self._content = QWidget()
        content.setBackgroundRole(QPalette.ColorRole.Base)
        column = self._column = QVBoxLayout(content)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addStretch(1)
        self.rows, self._row_of_difference, self._current = [], [], None
        self._text, self._names, self._taken = text, names, frozenset()
        self._make_rows(_AT_ONCE)
        self.setWidget(content)

    def show_choices(self, taken: frozenset[int]) -> None:
        """Shows which text of each pair stands."""
        self._taken = taken
        for row in self.rows:
            row.show_choice(second=row.number in taken)

    def show_current(self, difference: int | None) -> None:
        """Makes a difference stand out and brings it into view."""
        if difference is not None and difference >= len(self._row_of_difference):
            self._make_rows(len(self._text.pairs))
        for row in {*self._rows_of(self._current), *self._rows_of(difference)}:
            for cell in row.cells:
                cell.show_current(difference)
        self._current = difference
        for row in self._rows_of(difference):
            self._to_show = (row, difference)
            self._soon.start()

    def show_pair(self, number: int) -> None:
        """Brings a pair into view."""
        self._make_rows(number + 1 - len(self.rows))
        if 0 <= number < len(self.rows):
            self._to_show = (self.rows[number], None)
            self._soon.start()

    def set_only_differences(self, only: bool) -> None:
        """Hides the passages that say the same, or shows them."""
        self._only_differences = only
        self._hide_rows()
        self.show_current(self._current)

    def focus_cell(self, difference: int) -> None:
        """Puts the keyboard on the text that stands of a difference's pair."""
        for row in self._rows_of(difference):
            (row.second if row.second.isChecked() else row.first).setFocus()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange:
            self.viewport().update()

    def _make_rows(self, count: int) -> None:
        """Makes some more rows."""
        for number in range(len(self.rows), min(len(self.rows) + count, len(self._text.pairs))):
            row = self._make_row(number, self._text.pairs[number])
            row.show_choice(second=number in self._taken)
            self.rows.append(row)
            self._row_of_difference += [row] * len(row.pair.differences)
            self._column.insertWidget(self._column.count() - 1, row)
            self._hide(row)
        if len(self.rows) < len(self._text.pairs):
            self._more.start()
        else:
            self._more.stop()

    def _make_row(self, number: int, pair: Pair) -> PairRow:
        text = self._text
        start = len(self._row_of_difference)
        sides = (
            (text.first, pair.first, [one.first for one in pair.differences]),
            (text.second, pair.second, [one.second for one in pair.differences]),
        )
        cells = []
        for name, (lines, numbers, marks) in zip(self._names, sides, strict=True):
            shown, placed = _cell_text(lines, numbers, marks, start)
            cell = PassageCell(shown, placed, choosable=bool(pair.differences), name=name)
            cell.difference_clicked.connect(self.difference_wanted)
            cell.passage_clicked.connect(lambda: self.pair_wanted.emit(number))
            cell.moved.connect(lambda step: self._on_moved(number, step))
            cells.append(cell)
        row = PairRow(number, pair, (cells[0], cells[1]))
        row.first.clicked.connect(lambda: self.chosen.emit(number, False))
        row.second.clicked.connect(lambda: self.chosen.emit(number, True))
        for cell in row.cells:
            cell.turned.connect(row.choose)
        return row

    def _rows_of(self, difference: int | None) -> Sequence[PairRow]:
        known = difference is not None and 0 <= difference < len(self._row_of_difference)
        return (self._row_of_difference[difference],) if known and difference is not None else ()

    def _on_moved(self, number: int, step: int) -> None:
        """Up and down go from pair to pair that differs."""
        self._make_rows(len(self._text.pairs))
        order = self.rows[number + 1 :] if step > 0 else reversed(self.rows[:number])
        row = next((one for one in order if one.pair.differences), None)
        if row is not None:
            self.difference_wanted.emit(self._row_of_difference.index(row))
            (row.second if row.second.isChecked() else row.first).setFocus()

    def _hide_rows(self) -> None:
        for row in self.rows:
            self._hide(row)

    def _hide(self, row: PairRow) -> None:
        row.setHidden(self._only_differences and not row.pair.differences)

    def _scroll_to_wanted(self) -> None:
        """After the rows have their heights."""
        wanted, self._to_show = self._to_show, None
        if wanted is None or wanted[0] not in self.rows:
            return
        row, difference = wanted
        content = self._content
        self._column.activate()
        rect = row.first.difference_rect(difference) if difference is not None else row.rect()
        top = row.mapTo(content, QPoint(0, 0)).y() + (rect.top() if difference is not None else 0)
        bar = self.verticalScrollBar()
        height = min(rect.height(), row.height())
        if top < bar.value() + _ROOM:
            bar.setValue(top - _ROOM)
        elif top + height > bar.value() + self.viewport().height() - _ROOM:
            bar.setValue(top + height - self.viewport().height() + 2 * _ROOM)


def _cell_text(
    lines: Sequence[EditedLine],
    numbers: Sequence[int],
    marks: Sequence[tuple[Mark, ...]],
    start: int,
) -> tuple[str, list[CellMark]]:
    """The lines of a passage as one text, and where its differences are in it.

    Args:
        lines: Of the side.
        numbers: Those of the passage.
        marks: Of each difference of the pair.
        start: Number of the first difference.
    """
    texts = [lines[number].text for number in numbers]
    prose = sum(map(len, texts)) >= _PROSE * len(texts) and not any("\t" in one for one in texts)
    between = " " if prose else "\n"
    # A blank line between blocks of a passage is shown, too.
    offsets: dict[int, int] = {}
    shown = ""
    for place, number in enumerate(numbers):
        if place:
            shown += between if number == numbers[place - 1] + 1 else "\n\n"
        # Qt counts in UTF-16.
        offsets[number] = _utf16(shown)
        shown += lines[number].text
    placed = []
    for place, of_one in enumerate(marks):
        for mark in of_one:
            text = lines[mark.line].text
            begin = offsets[mark.line] + _utf16(text[: mark.start])
            end = offsets[mark.line] + _utf16(text[: mark.end])
            placed.append(CellMark(difference=start + place, start=begin, end=end))
    return shown, placed


def _utf16(text: str) -> int:
    return len(text) if text.isascii() else len(text.encode("utf-16-le")) // 2
