"""The list of documents and pages at the window's left."""

from __future__ import annotations

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
        for index in sorted(self.selectionModel().selectedRows(), key=self._place):
            document = self._model.document_at(index)
            key = self._model.key_at(index)
            if document is None or key is None:
                continue
            if self._model.is_document(index):
                numbers = range(1, document.page_count + 1)
                pages.update({PageKey(document.id, number): None for number in numbers})
            else:
                pages[key] = None
        return list(pages)

    def selected_pages(self) -> list[PageKey]:
        """The pages whose own rows are selected, from top to bottom."""
        rows = sorted(self.selectionModel().selectedRows(), key=self._place)
        keys = (self._model.key_at(row) for row in rows if not self._model.is_document(row))
        return [key for key in keys if key is not None]

    def chosen_documents(self) -> list[int]:
        """Ids of the documents that have a selected row."""
        found: dict[int, None] = {}
        for index in sorted(self.selectionModel().selectedRows(), key=self._place):
            document = self._model.document_at(index)
            if document is not None:
                found[document.id] = None
        return list(found)

    def _place(self, index: Index) -> tuple[int, int]:
        if self._model.is_document(index):
            return (index.row(), -1)
        return (self._model.parent(index).row(), index.row())

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
