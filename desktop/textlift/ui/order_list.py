"""A list of models in the order they are asked, and under a line those that are never asked."""

from __future__ import annotations

from typing import cast

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QSize, Qt, Signal
from PySide6.QtGui import QDropEvent, QFont, QKeyEvent, QPainter, QPalette
from PySide6.QtWidgets import (
    QListWidget,
    QListWidgetItem,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)

from textlift.ui.settings_form import is_ticked, list_items

_NameRole = Qt.ItemDataRole.UserRole
_NeverRole = Qt.ItemDataRole.UserRole + 1

_LINE = "Never use"
_HINT = "Never use: drag a model below this line"
_LINE_MEANS = "Models below this line are asked only when you choose one yourself"

Index = QModelIndex | QPersistentModelIndex


class OrderList(QListWidget):
    """Models that are dragged, or moved with Alt and an arrow key; Delete puts one under the line.

    Signals:
        regrouped: A model was moved, or has another side of the line.
    """

    regrouped = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setDragDropMode(QListWidget.DragDropMode.InternalMove)
        self.setItemDelegate(_Rows(self))
        self._line = QListWidgetItem(_HINT)
        # Nothing can be done with it, and the keyboard passes it over.
        self._line.setFlags(Qt.ItemFlag.NoItemFlags)
        self._line.setToolTip(_LINE_MEANS)
        self._line.setData(Qt.ItemDataRole.AccessibleTextRole, _LINE_MEANS)
        self.addItem(self._line)

    @property
    def asked(self) -> tuple[str, ...]:
        """Names of the ticked models, in order."""
        return tuple(_name(item) for item in self.models() if is_ticked(item))

    @property
    def never(self) -> tuple[str, ...]:
        """Names of those under the line."""
        return tuple(_name(item) for item in self.models() if self.is_never(item))

    def models(self) -> list[QListWidgetItem]:
        """The rows that are models."""
        return [item for item in list_items(self) if item is not self._line]

    def row_of(self, name: str) -> QListWidgetItem | None:
        """The row of a model."""
        return next((item for item in self.models() if _name(item) == name), None)

    def is_never(self, item: QListWidgetItem) -> bool:
        """Whether a model lies under the line."""
        return self.row(item) > self.row(self._line)

    def add_model(self, name: str, title: str, *, asked: bool = False, never: bool = False) -> None:
        """Adds a model, as the last of those above the line or of those under it."""
        item = QListWidgetItem(title)
        item.setData(_NameRole, name)
        item.setFlags(
            (item.flags() | Qt.ItemFlag.ItemIsUserCheckable) & ~Qt.ItemFlag.ItemIsDropEnabled
        )
        if not never:
            item.setCheckState(Qt.CheckState.Checked if asked else Qt.CheckState.Unchecked)
        self.insertItem(self.count() if never else self.row(self._line), item)
        self._regroup()

    def move_current(self, step: int) -> None:
        """Moves the marked model up or down, also across the line."""
        item = self.currentItem()
        row = self.currentRow()
        if item is not None and item is not self._line and 0 <= row + step < self.count():
            self._put(item, row + step)

    def put_never(self, item: QListWidgetItem, *, never: bool) -> None:
        """Puts a model under the line, as the first there, or above it, as the last there."""
        if self.is_never(item) != never:
            self._put(item, self.row(self._line))

    def dropEvent(self, event: QDropEvent) -> None:
        super().dropEvent(event)
        self._regroup()
        self.regrouped.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        steps = {Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1}
        alt = event.modifiers() == Qt.KeyboardModifier.AltModifier
        item = self.currentItem()
        if alt and event.key() in steps:
            self.move_current(steps[Qt.Key(event.key())])
        elif event.key() == Qt.Key.Key_Delete and item is not None:
            self.put_never(item, never=True)
        else:
            super().keyPressEvent(event)

    def _put(self, item: QListWidgetItem, row: int) -> None:
        self.insertItem(row, self.takeItem(self.row(item)))
        self.setCurrentItem(item)
        self._regroup()
        self.regrouped.emit()

    def _regroup(self) -> None:
        """Gives each row what its side of the line asks for: only those above have a box."""
        never_any = False
        for item in self.models():
            never = self.is_never(item)
            never_any = never_any or never
            has_box = item.data(Qt.ItemDataRole.CheckStateRole) is not None
            if never and has_box:
                item.setData(Qt.ItemDataRole.CheckStateRole, None)
            elif not never and not has_box:
                # Whoever takes it back wants it asked.
                item.setCheckState(Qt.CheckState.Checked)
            item.setData(_NeverRole, never)
            words = f"{item.text()}, never used" if never else item.text()
            item.setData(Qt.ItemDataRole.AccessibleTextRole, words)
        self._line.setText(_LINE if never_any else _HINT)


class _Rows(QStyledItemDelegate):
    """Draws the line with its words in it, and what is under it in a muted colour."""

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        if index.data(_NameRole) is not None:
            super().paint(painter, option, index)
            return
        painter.save()
        palette = option.palette
        rect = option.rect.adjusted(6, 0, -6, 0)
        painter.setFont(_line_font(option.font))
        painter.setPen(palette.color(QPalette.ColorRole.PlaceholderText))
        words = str(index.data())
        painter.drawText(rect, Qt.AlignmentFlag.AlignVCenter, words)
        start = rect.left() + painter.fontMetrics().horizontalAdvance(words) + 8
        painter.setPen(palette.color(QPalette.ColorRole.Mid))
        painter.drawLine(start, rect.center().y(), rect.right(), rect.center().y())
        painter.restore()

    def initStyleOption(self, option: QStyleOptionViewItem, index: Index) -> None:
        super().initStyleOption(option, index)
        if index.data(_NeverRole):
            palette = option.palette
            palette.setColor(
                QPalette.ColorRole.Text, palette.color(QPalette.ColorRole.PlaceholderText)
            )
            option.palette = palette

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        size = super().sizeHint(option, index)
        if index.data(_NameRole) is None:
            return QSize(0, size.height() + 4)
        return size


def _line_font(font: QFont) -> QFont:
    small = QFont(font)
    small.setPointSizeF(font.pointSizeF() * 0.9)
    small.setBold(True)
    return small


def _name(item: QListWidgetItem) -> str:
    return cast("str", item.data(_NameRole))
