"""The choice of the model that reads, with what each is good at and whether it is there."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from PySide6.QtCore import QRect, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFont, QPainter, QStandardItem, QStandardItemModel
from PySide6.QtWidgets import (
    QComboBox,
    QListView,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)

from textlift.ui.document_model import Index
from textlift.ui.theme import SPACE, colours

if TYPE_CHECKING:
    from collections.abc import Mapping

    from textlift.engines.contract import Availability
    from textlift.engines.registry import Registry

NameRole = Qt.ItemDataRole.UserRole + 1
SummaryRole = Qt.ItemDataRole.UserRole + 2
StateRole = Qt.ItemDataRole.UserRole + 3
ReadyRole = Qt.ItemDataRole.UserRole + 4

_POPUP_WIDTH = 440


class ModelList(QComboBox):
    """The engines of a registry; one that cannot be loaded is listed with what to do about it.

    Signals:
        model_chosen: The name of the engine the user chose.
    """

    model_chosen = Signal(str)

    def __init__(self, registry: Registry, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName("Model")
        self.setAccessibleDescription("The model that reads first")
        self._items = QStandardItemModel(self)
        for entry in registry:
            item = QStandardItem(entry.card.title)
            item.setData(entry.card.name, NameRole)
            item.setData(entry.card.summary, SummaryRole)
            item.setData(entry.card.needs, StateRole)
            item.setData(True, ReadyRole)
            item.setData(f"{entry.card.title}. {entry.card.summary}", Qt.ItemDataRole.ToolTipRole)
            self._items.appendRow(item)
        self.setModel(self._items)
        view = QListView(self)
        view.setMinimumWidth(_POPUP_WIDTH)
        view.setItemDelegate(_ModelDelegate(view))
        view.setVerticalScrollMode(QListView.ScrollMode.ScrollPerPixel)
        view.setAccessibleName("Models")
        self.setView(view)
        self.setMinimumWidth(168)
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
        self.activated.connect(lambda row: self.model_chosen.emit(self._name(row)))
        self.currentIndexChanged.connect(self._describe)
        self._describe()

    def choose(self, name: str) -> None:
        """Shows an engine as the chosen one; an unknown name changes nothing."""
        for row in range(self._items.rowCount()):
            if self._name(row) == name:
                self.setCurrentIndex(row)

    @property
    def chosen(self) -> str:
        """Name of the chosen engine."""
        return self._name(self.currentIndex())

    def show_states(self, states: Mapping[str, Availability]) -> None:
        """Shows which engines are ready, and of the others what is missing."""
        for row in range(self._items.rowCount()):
            item = self._items.item(row)
            state = states.get(self._name(row))
            if state is None:
                continue
            item.setEnabled(state.ready)
            item.setData(state.ready, ReadyRole)
            words = state.sentence if state.ready else f"{state.sentence} {state.remedy}"
            item.setData(words.strip(), StateRole)
            spoken = f"{item.text()}: {item.data(SummaryRole)} {words}"
            item.setData(spoken, Qt.ItemDataRole.AccessibleTextRole)
            item.setData(f"{item.data(SummaryRole)}\n{words}", Qt.ItemDataRole.ToolTipRole)
        self._describe()

    def _name(self, row: int) -> str:
        return cast("str", self._items.item(row).data(NameRole)) if row >= 0 else ""

    def _describe(self) -> None:
        item = self._items.item(self.currentIndex())
        if item is not None:
            state = item.data(StateRole)
            self.setToolTip(f"{item.data(SummaryRole)}\n{state}".strip())


class _ModelDelegate(QStyledItemDelegate):
    """Three lines: the title, what the model is good at, whether it is there."""

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        width = _POPUP_WIDTH - 4 * SPACE
        height = self._lay_out(None, QRect(0, 0, width, 10_000), option, index)
        return QSize(_POPUP_WIDTH, height + 2 * SPACE)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        from PySide6.QtWidgets import QStyle

        painter.save()
        rect: QRect = option.rect
        state: QStyle.StateFlag = option.state
        if state & QStyle.StateFlag.State_Selected:
            tint = QColor(colours().accent)
            tint.setAlphaF(0.16)
            painter.fillRect(rect, tint)
        inner = rect.adjusted(2 * SPACE, SPACE, -2 * SPACE, -SPACE)
        self._lay_out(painter, inner, option, index)
        painter.restore()

    def _lay_out(
        self, painter: QPainter | None, room: QRect, option: QStyleOptionViewItem, index: Index
    ) -> int:
        """Draws with a painter, only measures without; returns the height in pixels."""
        now = colours()
        ready = bool(index.data(ReadyRole))
        base: QFont = option.font
        title, small = QFont(base), QFont(base)
        title.setBold(True)
        small.setPointSizeF(base.pointSizeF() * 0.92)
        top = room.top()
        for text, font, colour in (
            (index.data(), title, now.text if ready else now.muted),
            (index.data(SummaryRole), small, now.text if ready else now.muted),
            (index.data(StateRole), small, now.muted if ready else now.warning),
        ):
            if text:
                top += _draw_wrapped(
                    painter, QRect(room.left(), top, room.width(), 10_000), text, font, colour
                )
        return top - room.top()


def _draw_wrapped(
    painter: QPainter | None, room: QRect, text: str, font: QFont, colour: str
) -> int:
    from PySide6.QtGui import QFontMetrics

    flags = int(Qt.TextFlag.TextWordWrap)
    height = QFontMetrics(font).boundingRect(room, flags, text).height()
    if painter is not None:
        painter.setFont(font)
        painter.setPen(QColor(colour))
        painter.drawText(QRect(room.left(), room.top(), room.width(), height), flags, text)
    return height + 2
