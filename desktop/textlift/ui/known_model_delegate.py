"""Draws a model or an alphabet as a row: its title and size, how it stands, how far it is."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QPainter
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem

from textlift.downloads.download import DownloadState
from textlift.models.on_disk import shown_size
from textlift.ui.document_model import Index
from textlift.ui.download_words import fraction
from textlift.ui.known_model_items import ShownRole
from textlift.ui.known_models import Shown, Standing
from textlift.ui.theme import SPACE, colours, icon_pixmap

_ICON = 16
_BAR = 3
_SIGNS = {
    Standing.HERE: "done",
    Standing.VERIFYING: "done",
    Standing.GETTING: "download",
    Standing.PAUSED: "waiting",
    Standing.FAILED: "failed",
    Standing.INCOMPLETE: "warned",
}


class KnownModelDelegate(QStyledItemDelegate):
    """Two lines a row, and one for a heading."""

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        line = QFontMetrics(option.font).height()
        if index.data(ShownRole) is None:
            return QSize(0, line + 2 * SPACE)
        return QSize(0, 2 * line + 2 * SPACE + _BAR)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        painter.save()
        now = colours()
        rect: QRect = option.rect
        one = index.data(ShownRole)
        bold = QFont(option.font)
        bold.setBold(True)
        if one is None:
            painter.setFont(bold)
            painter.setPen(QColor(now.muted))
            room = rect.adjusted(SPACE + SPACE // 2, 0, -SPACE, 0)
            _draw_elided(painter, room, index.data(), Qt.AlignmentFlag.AlignLeft)
        else:
            state: QStyle.StateFlag = option.state
            if state & QStyle.StateFlag.State_Selected:
                tint = QColor(now.accent)
                tint.setAlphaF(0.16)
                painter.fillRect(rect, tint)
            self._paint_row(painter, rect, one, bold, option.font)
        painter.restore()

    def _paint_row(
        self, painter: QPainter, rect: QRect, one: Shown, bold: QFont, font: QFont
    ) -> None:
        now = colours()
        room = rect.adjusted(SPACE + SPACE // 2, SPACE // 2 + 2, -SPACE - SPACE // 2, -SPACE // 2)
        line = QFontMetrics(bold).height()
        sign = _sign(one)
        if sign:
            ratio = painter.device().devicePixelRatioF()
            top = room.top() + (line - _ICON) // 2
            pixmap = icon_pixmap(sign, _colour(one), size=_ICON, ratio=ratio)
            painter.drawPixmap(QPoint(room.left(), top), pixmap)
        left = room.left() + _ICON + SPACE
        first = QRect(left, room.top(), room.right() - left, line)
        size = one.use.size if one.use is not None else one.known.size
        cost = shown_size(size) if size else ""
        painter.setFont(font)
        painter.setPen(QColor(now.muted))
        _draw_elided(painter, first, cost, Qt.AlignmentFlag.AlignRight)
        first.setRight(first.right() - painter.fontMetrics().horizontalAdvance(cost) - SPACE)
        painter.setFont(bold)
        painter.setPen(QColor(now.text))
        _draw_elided(painter, first, one.known.title, Qt.AlignmentFlag.AlignLeft)
        second = QRect(left, first.bottom() + 1, room.right() - left, line)
        painter.setFont(font)
        painter.setPen(QColor(_colour(one) if one.problem else now.muted))
        _draw_elided(painter, second, one.line or one.known.summary, Qt.AlignmentFlag.AlignLeft)
        if one.download is not None and one.standing is not Standing.HERE:
            _draw_bar(painter, QRectF(left, second.bottom() + 1, second.width(), _BAR), one)


def _sign(one: Shown) -> str:
    if one.download is not None and one.download.state is DownloadState.WAITING:
        return "waiting"
    return _SIGNS.get(one.standing, "")


def _draw_bar(painter: QPainter, room: QRectF, one: Shown) -> None:
    share = fraction(one.download) if one.download is not None else None
    if share is None:
        return
    now = colours()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(now.line))
    painter.drawRoundedRect(room, _BAR / 2, _BAR / 2)
    room.setWidth(max(room.width() * share, _BAR))
    painter.setBrush(QColor(bar_colour(one)))
    painter.drawRoundedRect(room, _BAR / 2, _BAR / 2)


def bar_colour(one: Shown) -> str:
    """Of the filled part of its bar: only what moves by itself has the accent."""
    now = colours()
    resting = {Standing.PAUSED: now.faint, Standing.FAILED: now.bad}
    return resting.get(one.standing, now.accent)


def _draw_elided(painter: QPainter, room: QRect, text: str, alignment: Qt.AlignmentFlag) -> None:
    elided = painter.fontMetrics().elidedText(text, Qt.TextElideMode.ElideRight, room.width())
    painter.drawText(room, alignment | Qt.AlignmentFlag.AlignVCenter, elided)


def _colour(one: Shown) -> str:
    now = colours()
    if one.standing is Standing.INCOMPLETE:
        return now.warning
    if one.problem:
        return now.bad
    return now.good if one.standing is Standing.HERE else now.accent
