"""Small pictures of pages: asked for when a row shows, kept for the rows around."""

from __future__ import annotations

from collections import OrderedDict

from PySide6.QtCore import QObject, QSize, Qt, Signal
from PySide6.QtGui import QImage, QPixmap

from textlift.ui.listed_document import ListedDocument
from textlift.ui.reader_thread import PageKey, PageWish, ReaderThread

EDGE = 44
"""Device-independent pixels of the longer side."""

_KEPT = 400


class Thumbnails(QObject):
    """Pictures by page, fetched from the reader.

    Signals:
        drawn: The picture of a ``PageKey`` is there now.
    """

    drawn = Signal(object)

    def __init__(self, reader: ReaderThread, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._reader = reader
        self._pictures: OrderedDict[PageKey, QPixmap | None] = OrderedDict()
        self._asked: set[PageKey] = set()
        self._ratio = 1.0
        reader.thumbnail_drawn.connect(self._on_drawn)

    def set_ratio(self, ratio: float) -> None:
        """Device pixels for each pixel of the window's screen."""
        self._ratio = ratio

    def picture(self, document: ListedDocument, page: int) -> QPixmap | None:
        """The picture, or None; asks for it when it is not there yet."""
        key = PageKey(document.id, page)
        if key in self._pictures:
            self._pictures.move_to_end(key)
            return self._pictures[key]
        if key not in self._asked and self._reader.isRunning():
            self._asked.add(key)
            self._reader.draw_thumbnail(
                PageWish(
                    key=key,
                    document=document.info,
                    password=document.password,
                    size=round(EDGE * 2),
                )
            )
        return None

    def forget(self, document_id: int) -> None:
        """Drops a document's pictures, such as when its password becomes known."""
        for key in [key for key in self._pictures if key.document_id == document_id]:
            del self._pictures[key]
        self._asked = {key for key in self._asked if key.document_id != document_id}

    def _on_drawn(self, key: PageKey, image: QImage | None) -> None:
        self._asked.discard(key)
        if image is None:
            return  # Dropped from the queue: the row asks again when it shows.
        self._pictures[key] = self._made(image)
        while len(self._pictures) > _KEPT:
            self._pictures.popitem(last=False)
        self.drawn.emit(key)

    def _made(self, image: QImage) -> QPixmap | None:
        if image.isNull():
            return None
        edge = round(EDGE * self._ratio)
        small = image.scaled(
            QSize(edge, edge),
            Qt.AspectRatioMode.KeepAspectRatio,
            Qt.TransformationMode.SmoothTransformation,
        )
        pixmap = QPixmap.fromImage(small)
        pixmap.setDevicePixelRatio(self._ratio)
        return pixmap
