"""The list of documents and pages at the window's left."""

from __future__ import annotations

from typing import NamedTuple

from PySide6.QtCore import QEvent, QItemSelectionModel, QPointF, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QContextMenuEvent, QFont, QKeyEvent, QPainter, QPalette, QPixmap
from PySide6.QtWidgets import (
    QAbstractItemView,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTreeView,
    QWidget,
)

from textlift.content.page import PageState
from textlift.ui.document_model import (
    DocumentModel,
    Index,
    ReadingRole,
    StateRole,
    SubtitleRole,
)
from textlift.ui.reader_thread import PageKey
from textlift.ui.theme import STATE_ICONS, colours, icon_pixmap, state_colour
from textlift.ui.thumbnails import EDGE

_ROW_HEIGHT = EDGE + 12
_ICON = 16


class _Span(NamedTuple):
    """Pages that are selected; ``by_document``: by their document's row, not by their own."""

    document_id: int
    first: int
    last: int
    by_document: bool


class DocumentTree(QTreeView):
    """Documents with their pages; selecting a row shows its page.

    Signals:
        page_chosen: The ``PageKey`` of the current row, or None when there is none.
        menu_wanted: A context menu at this place of the screen.
        remove_wanted: The Delete key was pressed.
    """

    page_chosen = Signal(object)
    menu_wanted = Signal(object)
    remove_wanted = Signal()

    def __init__(self, model: DocumentModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("documents")
        self.setAccessibleName("Documents and pages")
        self._model = model
        self.setModel(model)
        self.setItemDelegate(_RowDelegate(self))
        self.setHeaderHidden(True)
        self.setUniformRowHeights(True)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setIndentation(16)
        self.setExpandsOnDoubleClick(True)
        self.setAnimated(False)
        self.setMinimumWidth(160)
        self.verticalScrollBar().setSingleStep(_ROW_HEIGHT // 2)
        self._soften()

    def show_page(self, key: PageKey) -> None:
        """Makes a page the current row and brings it into view."""
        index = self._model.index_of(key)
        if not index.isValid() or index == self.currentIndex():
            return
        if self._model.key_at(self.currentIndex()) == key and self._model.is_document(
            self.currentIndex()
        ):
            return  # The document's row stands for this page already.
        self.selectionModel().setCurrentIndex(
            index, QItemSelectionModel.SelectionFlag.ClearAndSelect
        )
        self.scrollTo(index)

    def chosen_pages(self) -> list[PageKey]:
        """The pages of the selected rows, each once; a document's row stands for all of its."""
        pages: dict[PageKey, None] = {}
        for span in self._selected():
            numbers = range(span.first, span.last + 1)
            pages.update(dict.fromkeys(PageKey(span.document_id, number) for number in numbers))
        return list(pages)

    def selected_pages(self) -> list[PageKey]:
        """The pages whose own rows are selected, from top to bottom."""
        return [
            PageKey(span.document_id, number)
            for span in self._selected()
            if not span.by_document
            for number in range(span.first, span.last + 1)
        ]

    def chosen_documents(self) -> list[int]:
        """Ids of the documents that have a selected row."""
        return list(dict.fromkeys(span.document_id for span in self._selected()))

    def _selected(self) -> list[_Span]:
        """What is selected, from top to bottom.

        By ranges: of ten thousand rows each would come as an object of its own.
        """
        selection = self.selectionModel().selection()
        spans: list[tuple[int, _Span]] = []
        for number in range(selection.count()):
            one = selection.at(number)
            parent = one.parent()
            rows = [parent.row()] if parent.isValid() else range(one.top(), one.bottom() + 1)
            for row in rows:
                document = self._model.document_in_row(row)
                if parent.isValid():
                    span = _Span(document.id, one.top() + 1, one.bottom() + 1, by_document=False)
                else:
                    span = _Span(document.id, 1, document.page_count, by_document=True)
                spans.append((row, span))
        spans.sort(key=lambda one: (one[0], not one[1].by_document, one[1].first))
        return [span for _, span in spans]

    def currentChanged(self, current: Index, previous: Index) -> None:
        super().currentChanged(current, previous)
        self.page_chosen.emit(self._model.key_at(current))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in {Qt.Key.Key_Delete, Qt.Key.Key_Backspace}:
            self.remove_wanted.emit()
            event.accept()
        else:
            super().keyPressEvent(event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        if self.currentIndex().isValid():
            self.menu_wanted.emit(event.globalPos())

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.ApplicationPaletteChange:
            self._soften()

    def _soften(self) -> None:
        # A tint keeps the marks and thumbnails of selected rows readable.
        now = colours()
        tint = _mixed(now.window, now.accent, 0.18)
        palette = QPalette(self.palette())
        palette.setColor(QPalette.ColorRole.Highlight, tint)
        palette.setColor(QPalette.ColorRole.HighlightedText, QColor(now.text))
        palette.setColor(QPalette.ColorRole.Base, QColor(now.window))
        palette.setColor(QPalette.ColorRole.Text, QColor(now.text))
        self.setPalette(palette)


class _RowDelegate(QStyledItemDelegate):
    """Paints a row: thumbnail, title, a line on its state, and the state's mark."""

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:  # noqa: ARG002
        return QSize(120, _ROW_HEIGHT)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        # Here, since Qt's largest types take milliseconds and an empty window has no rows.
        from PySide6.QtWidgets import QStyle

        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        rect: QRect = option.rect
        state: QStyle.StateFlag = option.state
        if state & QStyle.StateFlag.State_Selected:
            painter.fillRect(rect, option.palette.highlight())
        ratio = painter.device().devicePixelRatioF()
        thumbnail = QRect(rect.left() + 4, rect.top() + 6, EDGE, EDGE)
        _paint_thumbnail(painter, thumbnail, index.data(Qt.ItemDataRole.DecorationRole))
        mark = QRect(rect.right() - _ICON - 10, rect.center().y() - _ICON // 2, _ICON, _ICON)
        _paint_mark(painter, mark, index, ratio)
        left = thumbnail.right() + 10
        text = QRect(left, rect.top(), mark.left() - 8 - left, rect.height())
        _paint_words(painter, text, index, option.font)
        painter.restore()


def _paint_thumbnail(painter: QPainter, room: QRect, picture: QPixmap | None) -> None:
    now = colours()
    if picture is None:
        sheet = QRectF(0, 0, EDGE * 0.72, EDGE)
        sheet.moveCenter(QPointF(room.center()))
        painter.setPen(QColor(now.line))
        painter.setBrush(QColor(now.base))
        painter.drawRoundedRect(sheet.adjusted(0.5, 0.5, -0.5, -0.5), 2, 2)
        return
    size = picture.deviceIndependentSize()
    sheet = QRectF(0, 0, size.width(), size.height())
    sheet.moveCenter(QPointF(room.center()))
    sheet.moveTopLeft(QPointF(round(sheet.left()), round(sheet.top())))
    painter.drawPixmap(sheet.topLeft(), picture)
    painter.setPen(QColor(now.line))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawRect(sheet.adjusted(0.5, 0.5, -0.5, -0.5))


def _paint_mark(painter: QPainter, room: QRect, index: Index, ratio: float) -> None:
    state: PageState = index.data(StateRole)
    if index.data(ReadingRole):
        name, colour = "read", colours().accent
    elif state is PageState.UNREAD:
        return
    else:
        name, colour = STATE_ICONS[state], state_colour(state)
    painter.drawPixmap(room.topLeft(), icon_pixmap(name, colour, size=_ICON, ratio=ratio))


def _paint_words(painter: QPainter, room: QRect, index: Index, font: QFont) -> None:
    now = colours()
    small = QFont(font)
    small.setPointSizeF(font.pointSizeF() * 0.9)
    painter.setFont(font)
    upper, lower = painter.fontMetrics().height(), 0
    painter.setFont(small)
    lower = painter.fontMetrics().height()
    top = room.top() + (room.height() - upper - lower - 2) // 2
    painter.setFont(font)
    painter.setPen(QColor(now.text))
    title = painter.fontMetrics().elidedText(
        index.data(), Qt.TextElideMode.ElideMiddle, room.width()
    )
    first = QRect(room.left(), top, room.width(), upper)
    painter.drawText(first, Qt.AlignmentFlag.AlignLeft, title)
    painter.setFont(small)
    painter.setPen(QColor(now.muted))
    subtitle = painter.fontMetrics().elidedText(
        index.data(SubtitleRole), Qt.TextElideMode.ElideRight, room.width()
    )
    painter.drawText(
        QRect(room.left(), top + upper + 2, room.width(), lower),
        Qt.AlignmentFlag.AlignLeft,
        subtitle,
    )


def _mixed(first: str, second: str, share: float) -> QColor:
    a, b = QColor(first), QColor(second)
    return QColor(
        round(a.red() * (1 - share) + b.red() * share),
        round(a.green() * (1 - share) + b.green() * share),
        round(a.blue() * (1 - share) + b.blue() * share),
    )
