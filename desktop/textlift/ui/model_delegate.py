"""Draws a model in the list, with the buttons that get it, and hears clicks on these."""

from __future__ import annotations

from PySide6.QtCore import QAbstractItemModel, QEvent, QPoint, QRect, QSize, Qt, Signal
from PySide6.QtGui import QColor, QMouseEvent, QPainter
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from textlift.ui.document_model import Index
from textlift.ui.model_items import NameRole, RowRole
from textlift.ui.model_row import RowAction
from textlift.ui.model_row_layout import RowButton, RowLayout
from textlift.ui.theme import SPACE, colours

_CORNER = 4.0


class ModelDelegate(QStyledItemDelegate):
    """Rows as high as their texts are at the width of the list.

    Signals:
        clicked: The index of a row that was clicked beside its buttons.
        action_wanted: The name of a model, and the ``RowAction`` whose button was clicked.
    """

    clicked = Signal(object)
    action_wanted = Signal(str, object)

    def __init__(self, width: int, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._width = width

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        layout = _layout(index, option, QRect(0, 0, self._width, 0))
        return QSize(self._width, layout.height + 2 * SPACE)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        now = colours()
        rect: QRect = option.rect
        state: QStyle.StateFlag = option.state
        selected = bool(state & QStyle.StateFlag.State_Selected)
        layout = _layout(index, option, rect)
        painter.save()
        if selected:
            tint = QColor(now.accent)
            tint.setAlphaF(0.16)
            painter.fillRect(rect, tint)
        for text in layout.texts:
            painter.setFont(text.font)
            painter.setPen(QColor(text.colour))
            painter.drawText(text.rect, text.flags, text.text)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if layout.mark is not None:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(layout.mark.colour))
            painter.drawEllipse(layout.mark.rect)
        if layout.bar is not None:
            _paint_bar(painter, layout.bar, layout.share, layout.bar_colour)
        for button in layout.buttons:
            _paint_button(painter, button, filled=selected and button is layout.buttons[0])
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, on=False)
        if not index.data(NameRole):
            painter.fillRect(rect.left(), rect.top(), rect.width(), 1, QColor(now.line))
        painter.restore()

    def editorEvent(
        self,
        event: QEvent,
        model: QAbstractItemModel,  # noqa: ARG002 - Qt's signature
        option: QStyleOptionViewItem,
        index: Index,
    ) -> bool:
        if not isinstance(event, QMouseEvent) or event.button() != Qt.MouseButton.LeftButton:
            return False
        if event.type() == QEvent.Type.MouseButtonRelease:
            action = self.action_at(event.position().toPoint(), option, index)
            if action is not None:
                self.action_wanted.emit(index.data(NameRole), action)
            else:
                self.clicked.emit(index)
        return True

    def action_at(
        self, place: QPoint, option: QStyleOptionViewItem, index: Index
    ) -> RowAction | None:
        """The button at a place of the view; None where there is none."""
        for button in _layout(index, option, option.rect).buttons:
            if button.rect.contains(place):
                return button.action
        return None


def _layout(index: Index, option: QStyleOptionViewItem, rect: QRect) -> RowLayout:
    room = rect.adjusted(2 * SPACE, SPACE, -2 * SPACE, -SPACE)
    row = index.data(RowRole)
    if row is None:
        return RowLayout.of_heading(index.data(), room, option.font)
    return RowLayout.of_model(row, room, option.font)


def _paint_bar(painter: QPainter, bar: QRect, share: float, colour: str) -> None:
    now = colours()
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(now.line))
    painter.drawRoundedRect(bar, 2, 2)
    done = QRect(bar.topLeft(), QSize(round(bar.width() * share), bar.height()))
    painter.setBrush(QColor(colour))
    painter.drawRoundedRect(done, 2, 2)


def _paint_button(painter: QPainter, button: RowButton, *, filled: bool) -> None:
    now = colours()
    painter.setPen(QColor(now.accent if filled else now.faint))
    painter.setBrush(QColor(now.accent if filled else now.raised))
    painter.drawRoundedRect(button.rect, _CORNER, _CORNER)
    painter.setFont(button.font)
    painter.setPen(QColor(now.on_accent if filled else now.text))
    painter.drawText(button.rect, Qt.AlignmentFlag.AlignCenter, button.action.value)
