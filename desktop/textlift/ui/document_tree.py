"""The list of documents and pages at the window's left."""

from __future__ import annotations

from typing import NamedTuple

from PySide6.QtCore import (
    QEvent,
    QItemSelection,
    QItemSelectionModel,
    QItemSelectionRange,
    QPointF,
    QRect,
    QRectF,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import (
    QColor,
    QContextMenuEvent,
    QFont,
    QFontMetrics,
    QKeyEvent,
    QPainter,
    QPalette,
    QPixmap,
)
from PySide6.QtWidgets import (
    QAbstractItemView,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTreeView,
    QWidget,
)

from textlift.content.page import PageState
from textlift.ui.document_model import DocumentModel, Index, RowLooks
from textlift.ui.reader_thread import PageKey
from textlift.ui.theme import STATE_ICONS, Colours, colours, icon_pixmap, state_colour
from textlift.ui.thumbnails import EDGE

_ROW_HEIGHT = EDGE + 12
_ICON = 16
_ELIDED = 500
"""Words kept as they were cut to their room."""


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
        self.setItemDelegate(_RowDelegate(model, self))
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

    def selectAll(self) -> None:
        """Selects all rows that can be scrolled to; by ranges, as Qt would ask of each row."""
        model, selection = self._model, QItemSelection()
        model.list_all()
        count = model.rowCount()
        if count:
            selection.append(QItemSelectionRange(model.index(0, 0), model.index(count - 1, 0)))
        for row in range(count):
            top = model.index(row, 0)
            pages = model.rowCount(top)
            if pages and self.isExpanded(top):
                last = model.index(pages - 1, 0, top)
                selection.append(QItemSelectionRange(model.index(0, 0, top), last))
        self.selectionModel().select(selection, QItemSelectionModel.SelectionFlag.ClearAndSelect)

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
    """Paints a row: thumbnail, title, a line on its state, and the state's mark.

    All rows that are seen are painted when one comes in, so what they share is made once.
    """

    def __init__(self, model: DocumentModel, parent: QWidget) -> None:
        super().__init__(parent)
        self._model = model
        self._words: _Words | None = None

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:  # noqa: ARG002
        return QSize(120, _ROW_HEIGHT)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        # Here, since Qt's largest types take milliseconds and an empty window has no rows.
        from PySide6.QtWidgets import QStyle

        looks = self._model.looks(index)
        if looks is None:
            return
        now = colours()
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        rect: QRect = option.rect
        state: QStyle.StateFlag = option.state
        if state & QStyle.StateFlag.State_Selected:
            painter.fillRect(rect, option.palette.highlight())
        device = painter.device()
        thumbnail = QRect(rect.left() + 4, rect.top() + 6, EDGE, EDGE)
        _paint_thumbnail(painter, thumbnail, looks.picture, now)
        mark = QRect(rect.right() - _ICON - 10, rect.center().y() - _ICON // 2, _ICON, _ICON)
        _paint_mark(painter, mark, looks, now, device.devicePixelRatioF())
        left = thumbnail.right() + 10
        text = QRect(left, rect.top(), mark.left() - 8 - left, rect.height())
        dots = device.logicalDpiX()
        if self._words is None or self._words.font != option.font or self._words.dots != dots:
            self._words = _Words(option.font, dots, painter)
        self._words.paint(painter, text, looks, now)
        painter.restore()


class _Words:
    """Paints title and subtitle in one font on one kind of device.

    Attributes:
        font: Of the title.
        dots: An inch, of the device.
    """

    def __init__(self, font: QFont, dots: int, painter: QPainter) -> None:
        self.font, self.dots = QFont(font), dots
        self._small = QFont(font)
        self._small.setPointSizeF(font.pointSizeF() * 0.9)
        device = painter.device()
        self._upper, self._lower = QFontMetrics(font, device), QFontMetrics(self._small, device)
        self._elided: dict[tuple[str, int, bool], str] = {}

    def paint(self, painter: QPainter, room: QRect, looks: RowLooks, now: Colours) -> None:
        """Paints both lines in the middle of their room."""
        upper, lower, width = self._upper.height(), self._lower.height(), room.width()
        top = room.top() + (room.height() - upper - lower - 2) // 2
        painter.setFont(self.font)
        painter.setPen(QColor(now.text))
        first = QRect(room.left(), top, width, upper)
        title = self._fitting(looks.title, width, is_title=True)
        painter.drawText(first, Qt.AlignmentFlag.AlignLeft, title)
        painter.setFont(self._small)
        painter.setPen(QColor(now.muted))
        second = QRect(room.left(), top + upper + 2, width, lower)
        subtitle = self._fitting(looks.subtitle, width, is_title=False)
        painter.drawText(second, Qt.AlignmentFlag.AlignLeft, subtitle)

    def _fitting(self, text: str, width: int, *, is_title: bool) -> str:
        """The text, or what there is room for of it; titles have the most to say at both ends."""
        key = (text, width, is_title)
        if key not in self._elided:
            if len(self._elided) >= _ELIDED:
                self._elided.clear()
            metrics = self._upper if is_title else self._lower
            where = Qt.TextElideMode.ElideMiddle if is_title else Qt.TextElideMode.ElideRight
            self._elided[key] = metrics.elidedText(text, where, width)
        return self._elided[key]


def _paint_thumbnail(painter: QPainter, room: QRect, picture: QPixmap | None, now: Colours) -> None:
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


def _paint_mark(
    painter: QPainter, room: QRect, looks: RowLooks, now: Colours, ratio: float
) -> None:
    if looks.reading:
        name, colour = "read", now.accent
    elif looks.state is PageState.UNREAD:
        return
    else:
        name, colour = STATE_ICONS[looks.state], state_colour(looks.state)
    painter.drawPixmap(room.topLeft(), icon_pixmap(name, colour, size=_ICON, ratio=ratio))


def _mixed(first: str, second: str, share: float) -> QColor:
    a, b = QColor(first), QColor(second)
    return QColor(
        round(a.red() * (1 - share) + b.red() * share),
        round(a.green() * (1 - share) + b.green() * share),
        round(a.blue() * (1 - share) + b.blue() * share),
    )
