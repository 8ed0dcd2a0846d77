"""Draws a model in the list: its title and price, what it is good at, whether it is there."""

from __future__ import annotations

from typing import NamedTuple

from PySide6.QtCore import QPoint, QRect, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QPainter
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from textlift.ui.document_model import Index
from textlift.ui.model_items import CatchRole, CostRole, NameRole, ReadyRole, StateRole, SummaryRole
from textlift.ui.theme import SPACE, colours

_ROOM = 10_000
"""Height to measure in: more than any text is high."""


class _Text(NamedTuple):
    text: str
    font: QFont
    colour: str


class ModelDelegate(QStyledItemDelegate):
    """Rows as high as their texts are at the width of the list."""

    def __init__(self, width: int, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._width = width

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        room = _inner(QRect(0, 0, self._width, _ROOM))
        height = self._lay_out(None, room, option, index)
        return QSize(self._width, height + 2 * SPACE)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        painter.save()
        rect: QRect = option.rect
        state: QStyle.StateFlag = option.state
        if state & QStyle.StateFlag.State_Selected:
            tint = QColor(colours().accent)
            tint.setAlphaF(0.16)
            painter.fillRect(rect, tint)
        self._lay_out(painter, _inner(rect), option, index)
        if not index.data(NameRole):
            painter.fillRect(rect.left(), rect.top(), rect.width(), 1, QColor(colours().line))
        painter.restore()

    def _lay_out(
        self, painter: QPainter | None, room: QRect, option: QStyleOptionViewItem, index: Index
    ) -> int:
        """Draws with a painter, only measures without; returns the height in pixels."""
        now = colours()
        base: QFont = option.font
        title, small = QFont(base), QFont(base)
        title.setBold(True)
        small.setPointSizeF(base.pointSizeF() * 0.92)
        if not index.data(NameRole):
            return _draw(painter, room, [_Text(index.data(), title, now.muted)])
        ready = bool(index.data(ReadyRole))
        body = now.text if ready else now.muted
        cost = index.data(CostRole) or ""
        if painter is not None and cost:
            painter.setFont(small)
            painter.setPen(QColor(now.muted))
            painter.drawText(room, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignTop, cost)
        texts = [
            _Text(index.data(), title, body),
            _Text(index.data(SummaryRole), small, body),
            _Text(index.data(StateRole), small, now.muted),
            _Text(index.data(CatchRole) or "", small, now.warning),
        ]
        return _draw(painter, room, texts)


def _inner(rect: QRect) -> QRect:
    return rect.adjusted(2 * SPACE, SPACE, -2 * SPACE, -SPACE)


def _draw(painter: QPainter | None, room: QRect, texts: list[_Text]) -> int:
    flags = int(Qt.TextFlag.TextWordWrap)
    top = room.top()
    for text, font, colour in texts:
        if not text:
            continue
        here = QRect(QPoint(room.left(), top), QSize(room.width(), _ROOM))
        height = QFontMetrics(font).boundingRect(here, flags, text).height()
        if painter is not None:
            painter.setFont(font)
            painter.setPen(QColor(colour))
            painter.drawText(QRect(here.topLeft(), QSize(room.width(), height)), flags, text)
        top += height + 2
    return top - room.top()
