"""A passage in one column of a second opinion: a radio button that shows text with its marks."""

from __future__ import annotations

from collections.abc import Sequence
from typing import cast

import msgspec
from PySide6.QtCore import QEvent, QPoint, QPointF, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QAbstractTextDocumentLayout,
    QColor,
    QEnterEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPalette,
    QPen,
    QTextCharFormat,
    QTextCursor,
    QTextDocument,
)
from PySide6.QtWidgets import QRadioButton, QSizePolicy, QStyle, QStyleOptionButton, QWidget

from textlift.ui.theme import colours

_GUTTER = 26
"""For the radio button, left of the text."""
_PADDING = 7
_NARROWEST = 90
_NEAR = 6
"""Pixels beside the place of a missing word that belong to it."""


class CellMark(msgspec.Struct, frozen=True):
    """Characters of a passage that differ; none: where something is missing.

    Attributes:
        difference: Its number among all of the page.
        start: In the passage's text, lines separated by a line feed.
        end: Behind the last one.
    """

    difference: int
    start: int
    end: int


class PassageCell(QRadioButton):
    """One of the two texts of a pair. Choosing it makes it the one that stands.

    Signals:
        difference_clicked: Number of a difference whose words were clicked.
        passage_clicked: The passage was clicked outside of its differences, or gone to.
        moved: Up (-1) or down (1) was pressed.
        turned: Left (-1) or right (1) was pressed.
    """

    difference_clicked = Signal(int)
    passage_clicked = Signal()
    moved = Signal(int)
    turned = Signal(int)

    def __init__(
        self,
        text: str,
        marks: Sequence[CellMark],
        *,
        choosable: bool,
        name: str,
        parent: QWidget | None = None,
    ) -> None:
        """Makes a cell.

        Args:
            text: Its lines; empty where this side has nothing.
            marks: In the order of the text.
            choosable: There is a choice: the two texts differ.
            name: Whose text it is.
            parent: Of Qt.
        """
        super().__init__(parent)
        self._marks = tuple(marks)
        self._choosable = choosable
        self._missing = not text
        self._current: int | None = None
        self._height_at = (-1, 0)
        self._document = QTextDocument(self)
        self._document.setDocumentMargin(0)
        self._document.setDefaultFont(self.font())
        self._document.setPlainText(text or "Nothing here")
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.setMinimumWidth(_NARROWEST)
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus if choosable else Qt.FocusPolicy.NoFocus)
        self.setAccessibleName(f"{name}: {text or 'nothing here'}")
        if choosable:
            self.setAccessibleDescription("Left and right choose, up and down go on.")
        self._format()

    @property
    def text_shown(self) -> str:
        """What stands in the cell."""
        return "" if self._missing else self._document.toPlainText()

    def show_current(self, difference: int | None) -> None:
        """Makes one of the differences stand out."""
        now = difference if any(mark.difference == difference for mark in self._marks) else None
        if now != self._current:
            self._current = now
            self._format()
            self.update()

    def difference_rect(self, difference: int) -> QRect:
        """Where a difference is in the cell; all of the cell where it has no words here."""
        for mark in self._marks:
            if mark.difference == difference:
                return self._caret_rect(mark.start).toAlignedRect()
        return self.rect()

    # Geometry

    def hasHeightForWidth(self) -> bool:
        return True

    def heightForWidth(self, width: int) -> int:
        # Asked a dozen times for the same width whenever rows are added.
        if width != self._height_at[0]:
            self._document.setTextWidth(max(width - _GUTTER - _PADDING, 1))
            height = round(self._document.size().height()) + 2 * _PADDING
            self._height_at = (width, height)
        return self._height_at[1]

    def sizeHint(self) -> QSize:
        return QSize(240, self.heightForWidth(240))

    def minimumSizeHint(self) -> QSize:
        return QSize(_NARROWEST, 2 * _PADDING + self.fontMetrics().height())

    def hitButton(self, _position: QPoint) -> bool:
        return self._choosable

    # Events

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() is not Qt.MouseButton.LeftButton:
            event.ignore()
        elif self._difference_at(event.position()) is not None or not self._choosable:
            event.accept()
        else:
            super().mousePressEvent(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if event.button() is not Qt.MouseButton.LeftButton:
            event.ignore()
            return
        inside = self.rect().contains(event.position().toPoint())
        if self.isDown():
            super().mouseReleaseEvent(event)
            if inside:
                self.passage_clicked.emit()
            return
        event.accept()
        difference = self._difference_at(event.position())
        if inside and difference is not None:
            self.difference_clicked.emit(difference)
        elif inside and not self._choosable:
            self.passage_clicked.emit()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        on_difference = self._difference_at(event.position()) is not None
        shape = Qt.CursorShape.ArrowCursor
        if on_difference or self._choosable:
            shape = Qt.CursorShape.PointingHandCursor
        self.setCursor(shape)
        tip = ""
        if on_difference:
            tip = "Show this place on the page"
        elif self._choosable and not self.isChecked():
            tip = "Take this text"
        if tip != self.toolTip():
            self.setToolTip(tip)
        super().mouseMoveEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        steps = {
            Qt.Key.Key_Up: (self.moved, -1),
            Qt.Key.Key_Down: (self.moved, 1),
            Qt.Key.Key_Left: (self.turned, -1),
            Qt.Key.Key_Right: (self.turned, 1),
        }
        step = steps.get(Qt.Key(event.key())) if not event.modifiers() else None
        if step is None:
            super().keyPressEvent(event)
            return
        signal, direction = step
        signal.emit(direction)
        event.accept()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() in {QEvent.Type.PaletteChange, QEvent.Type.FontChange}:
            self._document.setDefaultFont(self.font())
            self._height_at = (-1, 0)
            self._format()
            self.updateGeometry()

    def enterEvent(self, event: QEnterEvent) -> None:
        super().enterEvent(event)
        self.update()

    def leaveEvent(self, event: QEvent) -> None:
        super().leaveEvent(event)
        self.update()

    # Looks

    def paintEvent(self, _event: QPaintEvent) -> None:
        now = colours()
        painter = QPainter(self)
        accent = QColor(now.accent)
        stands = self._choosable and self.isChecked()
        if stands:
            accent.setAlphaF(0.10)
            painter.fillRect(self.rect(), accent)
            painter.fillRect(QRect(0, 0, 3, self.height()), QColor(now.accent))
        elif self._choosable and self.underMouse():
            accent.setAlphaF(0.05)
            painter.fillRect(self.rect(), accent)
        if self._choosable:
            self._paint_radio(painter)
        painter.save()
        painter.translate(_GUTTER, _PADDING)
        context = QAbstractTextDocumentLayout.PaintContext()
        quiet = self._missing or not self._choosable
        context.palette.setColor(QPalette.ColorRole.Text, QColor(now.muted if quiet else now.text))
        self._document.setTextWidth(max(self.width() - _GUTTER - _PADDING, 1))
        self._document.documentLayout().draw(painter, context)
        painter.restore()
        self._paint_carets(painter)
        if self.hasFocus():
            painter.setPen(QPen(QColor(now.accent), 1))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRect(self.rect().adjusted(0, 0, -1, -1))

    def _paint_radio(self, painter: QPainter) -> None:
        option = QStyleOptionButton()
        self.initStyleOption(option)
        top = _PADDING + (self.fontMetrics().height() - 16) // 2
        option.rect = QRect(_PADDING - 1, top, 16, 16)
        self.style().drawPrimitive(
            QStyle.PrimitiveElement.PE_IndicatorRadioButton, option, painter, self
        )

    def _paint_carets(self, painter: QPainter) -> None:
        """A wedge where this side lacks words that the other has."""
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for mark in self._marks:
            if mark.start != mark.end:
                continue
            rect = self._caret_rect(mark.start)
            current = mark.difference == self._current
            painter.setPen(QPen(QColor(colours().differs), 2.5 if current else 1.5))
            tip = QPointF(rect.center().x(), rect.bottom() - 4)
            painter.drawLine(tip, tip + QPointF(-3, 5))
            painter.drawLine(tip, tip + QPointF(3, 5))

    def _format(self) -> None:
        cursor = QTextCursor(self._document)
        cursor.beginEditBlock()
        cursor.select(QTextCursor.SelectionType.Document)
        plain = QTextCharFormat()
        plain.setFontItalic(self._missing)
        cursor.setCharFormat(plain)
        for mark in self._marks:
            cursor.setPosition(mark.start)
            cursor.setPosition(mark.end, QTextCursor.MoveMode.KeepAnchor)
            cursor.setCharFormat(_mark_format(current=mark.difference == self._current))
        cursor.endEditBlock()

    def _caret_rect(self, position: int) -> QRectF:
        """Where the text cursor would stand, in pixels of the cell."""
        block = self._document.findBlock(position)
        line = block.layout().lineForTextPosition(position - block.position())
        origin = self._document.documentLayout().blockBoundingRect(block).topLeft()
        if not line.isValid():
            return QRectF(_GUTTER, _PADDING, 1, self.fontMetrics().height())
        # With a place that is changed too, says PySide; its stubs know of neither.
        (left, _) = cast("tuple[float, int]", line.cursorToX(position - block.position()))
        return QRectF(
            _GUTTER + origin.x() + left, _PADDING + origin.y() + line.y(), 1, line.height()
        )

    def _difference_at(self, point: QPointF) -> int | None:
        inner = point - QPointF(_GUTTER, _PADDING)
        position = self._document.documentLayout().hitTest(inner, Qt.HitTestAccuracy.ExactHit)
        for mark in self._marks:
            if mark.start <= position < mark.end:
                return mark.difference
            if mark.start == mark.end:
                rect = self._caret_rect(mark.start).adjusted(-_NEAR, 0, _NEAR, 3)
                if rect.contains(point):
                    return mark.difference
        return None


def _mark_format(*, current: bool) -> QTextCharFormat:
    """Colour and a line below it: who does not see the one sees the other."""
    now = colours()
    result = QTextCharFormat()
    tint = QColor(now.differs)
    if current:
        result.setBackground(tint)
        result.setForeground(QColor(now.base))
    else:
        tint.setAlphaF(0.18)
        result.setBackground(tint)
    result.setUnderlineStyle(QTextCharFormat.UnderlineStyle.SingleUnderline)
    result.setUnderlineColor(QColor(now.base if current else now.differs))
    return result
