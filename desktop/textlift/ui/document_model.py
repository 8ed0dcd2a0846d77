"""Documents and their pages as a tree for Qt's views; nothing is made for a page until it shows."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

from PySide6.QtCore import (
    QAbstractItemModel,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    Qt,
    QTimer,
)
from PySide6.QtGui import QPixmap

from textlift.content.page import PageState
from textlift.ui.listed_document import ListedDocument, state_words
from textlift.ui.literal_text import literal
from textlift.ui.reader_thread import PageKey
from textlift.ui.thumbnails import Thumbnails

SubtitleRole = Qt.ItemDataRole.UserRole + 1

Index = QModelIndex | QPersistentModelIndex
_NO_INDEX = QModelIndex()
_TOGETHER_MS = 100
"""Documents that come by the hundred are listed so often: a view goes through all it has each time.
"""


class RowLooks(NamedTuple):
    """What is painted of a row: its words, its thumbnail if there is one, and its mark."""

    title: str
    subtitle: str
    picture: QPixmap | None
    state: PageState
    reading: bool


class DocumentModel(QAbstractItemModel):
    """Two levels: documents, and the pages of those that have more than one.

    An index carries the document's id as its internal id when it is a page, 0 when it is a
    document: no object is kept for a page, so ten thousand of them list at once. Flags are Qt's
    own: a view asks for them twice a row whenever one comes in.
    """

    def __init__(self, thumbnails: Thumbnails, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._thumbnails = thumbnails
        self._documents: list[ListedDocument] = []
        self._rows: dict[int, int] = {}
        self._coming: dict[int, ListedDocument] = {}
        self._together = QTimer(self)
        self._together.setSingleShot(True)
        self._together.setInterval(_TOGETHER_MS)
        self._together.timeout.connect(self._go_on_listing)
        self._being_read: set[PageKey] = set()
        self._answers: dict[int, Callable[[ListedDocument, PageKey, bool], Any]] = {
            Qt.ItemDataRole.DisplayRole: self._title,
            Qt.ItemDataRole.DecorationRole: self._picture,
            Qt.ItemDataRole.ToolTipRole: self._tip,
            Qt.ItemDataRole.AccessibleTextRole: self._spoken,
            SubtitleRole: self._subtitle,
        }
        thumbnails.drawn.connect(self._on_thumbnail)

    # Changes

    def add(self, document: ListedDocument) -> None:
        """Puts a document at the end: at once, or soon with others that come one upon the other.

        Whoever asks for its row finds it.
        """
        self._coming[document.id] = document
        if not self._together.isActive():
            self._go_on_listing()

    def list_all(self) -> None:
        """Puts all documents into the list that have come by now."""
        if not self._coming:
            return
        first = len(self._documents)
        self.beginInsertRows(QModelIndex(), first, first + len(self._coming) - 1)
        for row, document in enumerate(self._coming.values(), first):
            self._documents.append(document)
            self._rows[document.id] = row
        self._coming.clear()
        self.endInsertRows()

    def _go_on_listing(self) -> None:
        if self._coming:
            self.list_all()
            self._together.start()

    def remove(self, document_id: int) -> None:
        """Takes a document out."""
        self.list_all()
        row = self._rows[document_id]
        self.beginRemoveRows(QModelIndex(), row, row)
        del self._documents[row]
        del self._rows[document_id]
        for place in range(row, len(self._documents)):
            self._rows[self._documents[place].id] = place
        self.endRemoveRows()

    def refresh_page(self, key: PageKey) -> None:
        """A page's state is another now."""
        if key.document_id in self._coming:
            return
        page, document = self.index_of(key), self.document_index(key.document_id)
        for index in (page,) if page == document else (page, document):
            if index.isValid():
                self.dataChanged.emit(index, index)

    def refresh_document(self, document_id: int) -> None:
        """Many pages of a document changed."""
        if document_id in self._coming:
            return
        top = self.document_index(document_id)
        if not top.isValid():
            return
        self.dataChanged.emit(top, top)
        count = self.rowCount(top)
        if count:
            self.dataChanged.emit(self.index(0, 0, top), self.index(count - 1, 0, top))

    def set_being_read(self, key: PageKey, *, reading: bool) -> None:
        """Marks the pages that engines have in hand."""
        (self._being_read.add if reading else self._being_read.discard)(key)
        self.refresh_page(key)

    def clear_being_read(self) -> None:
        """No page is in hand any more."""
        for key in tuple(self._being_read):
            self.set_being_read(key, reading=False)

    # Finding

    def document_index(self, document_id: int) -> QModelIndex:
        """The row of a document; invalid when it is not here."""
        row = self._row_of(document_id)
        return QModelIndex() if row is None else self.createIndex(row, 0, 0)

    def index_of(self, key: PageKey) -> QModelIndex:
        """The row of a page: its own, or its document's when that has only this page."""
        row = self._row_of(key.document_id)
        if row is None or not 1 <= key.page <= self._documents[row].page_count:
            return QModelIndex()
        if self._documents[row].page_count == 1:
            return self.createIndex(row, 0, 0)
        return self.createIndex(key.page - 1, 0, key.document_id)

    def _row_of(self, document_id: int) -> int | None:
        if document_id in self._coming:
            self.list_all()
        return self._rows.get(document_id)

    def key_at(self, index: Index) -> PageKey | None:
        """The page of a row: a document's row stands for its first page."""
        if not index.isValid():
            return None
        document_id = index.internalId()
        if document_id:
            return PageKey(document_id, index.row() + 1)
        return PageKey(self._documents[index.row()].id, 1)

    def document_in_row(self, row: int) -> ListedDocument:
        """The document that has this row of its own."""
        return self._documents[row]

    def beside(self, document_id: int, step: int) -> ListedDocument | None:
        """The document so many rows further down, or up; None where there is none."""
        self.list_all()
        row = self._rows[document_id] + step
        return self._documents[row] if 0 <= row < len(self._documents) else None

    def document_at(self, index: Index) -> ListedDocument | None:
        """The document a row is, or belongs to."""
        if not index.isValid():
            return None
        document_id = index.internalId()
        return self._documents[self._rows[document_id] if document_id else index.row()]

    def looks(self, index: Index) -> RowLooks | None:
        """All that is painted of a row, at once: each role by itself would go through Qt."""
        document, key = self.document_at(index), self.key_at(index)
        if document is None or key is None:
            return None
        whole = not index.internalId()
        return RowLooks(
            title=self._title(document, key, whole),
            subtitle=self._subtitle(document, key, whole),
            picture=self._picture(document, key, whole),
            state=document.state if whole else document.summary(key.page).state,
            reading=key in self._being_read and (not whole or document.page_count == 1),
        )

    def is_document(self, index: Index) -> bool:
        """Whether the row is a document's, not a page's."""
        return index.isValid() and not index.internalId()

    # QAbstractItemModel

    def index(self, row: int, column: int, parent: Index = _NO_INDEX) -> QModelIndex:
        if column != 0 or row < 0:
            return QModelIndex()
        if not parent.isValid():
            return self.createIndex(row, 0, 0) if row < len(self._documents) else QModelIndex()
        document = self._documents[parent.row()]
        return self.createIndex(row, 0, document.id) if row < document.page_count else QModelIndex()

    def parent(self, child: Index = _NO_INDEX) -> QModelIndex:  # type: ignore[override]
        # Asked three times for each row when all are selected; of no row the id is 0, too.
        row = self._rows.get(child.internalId())
        return QModelIndex() if row is None else self.createIndex(row, 0, 0)

    def rowCount(self, parent: Index = _NO_INDEX) -> int:
        if not parent.isValid():
            return len(self._documents)
        if parent.internalId():
            return 0
        count = self._documents[parent.row()].page_count
        return count if count > 1 else 0

    def columnCount(self, parent: Index = _NO_INDEX) -> int:  # noqa: ARG002
        return 1

    def hasChildren(self, parent: Index = _NO_INDEX) -> bool:
        # Asked of every document whenever one comes in.
        if not parent.isValid():
            return bool(self._documents)
        return not parent.internalId() and self._documents[parent.row()].info.page_count > 1

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        document = self.document_at(index)
        key = self.key_at(index)
        if document is None or key is None:
            return None
        answer = self._answers.get(role)
        return answer(document, key, self.is_document(index)) if answer is not None else None

    def _title(self, document: ListedDocument, key: PageKey, whole: bool) -> str:
        return document.title if whole else f"Page {key.page:,}"

    def _picture(self, document: ListedDocument, key: PageKey, _whole: bool) -> QPixmap | None:
        return self._thumbnails.picture(document, key.page)

    def _tip(self, document: ListedDocument, _key: PageKey, whole: bool) -> str | None:
        return literal(document.info.path) if whole else None

    def _spoken(self, document: ListedDocument, key: PageKey, whole: bool) -> str:
        title = self._title(document, key, whole)
        return f"{title}: {self._subtitle(document, key, whole)}"

    def _subtitle(self, document: ListedDocument, key: PageKey, whole: bool) -> str:
        single = document.page_count == 1
        if key in self._being_read and (single or not whole):
            return "Being read…"
        if whole:
            return document.describe()
        return state_words(document.summary(key.page))

    def _on_thumbnail(self, key: PageKey) -> None:
        role = [Qt.ItemDataRole.DecorationRole]
        indexes = [self.index_of(key)]
        if key.page == 1:
            indexes.append(self.document_index(key.document_id))
        for index in indexes:
            if index.isValid():
                self.dataChanged.emit(index, index, role)
