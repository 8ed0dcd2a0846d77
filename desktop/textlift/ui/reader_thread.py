"""The thread that owns the window's document reader: opens files, draws pages."""

from __future__ import annotations

import importlib
from collections import OrderedDict, deque
from pathlib import Path
from threading import Condition
from typing import TYPE_CHECKING

import msgspec
from PySide6.QtCore import QObject, QThread, Signal

from textlift.documents.messages import DocumentFailure, DocumentInfo
from textlift.ui.incoming import save_image

if TYPE_CHECKING:
    from PySide6.QtGui import QImage

    from textlift.documents.client import DocumentReader

MAX_WAITING_THUMBNAILS = 60
"""Older wishes are forgotten: their rows have been scrolled away, and will ask again."""


class PageKey(msgspec.Struct, frozen=True, order=True):
    """A page of a document in the session; ``page`` counts from 1."""

    document_id: int
    page: int


class PageWish(msgspec.Struct, frozen=True):
    """A page to be drawn.

    Attributes:
        key: Whose it is.
        document: As opened.
        password: Of the document.
        size: Within how many pixels by as many; 0 for reading size.
    """

    key: PageKey
    document: DocumentInfo
    password: str = ""
    size: int = 0


class _Find(msgspec.Struct, frozen=True):
    paths: tuple[str, ...]


class _Open(msgspec.Struct, frozen=True):
    path: str
    password: str


class _Save(msgspec.Struct, frozen=True):
    image: QImage
    folder: Path


_FileWish = _Find | _Open | _Save


class ReaderThread(QThread):
    """Answers wishes by signals: the page to be seen first, then files, then thumbnails.

    Of the pages to be seen only the newest is drawn. Images are decoded here, so that the GUI
    thread only paints them.

    Signals:
        found: Files under the paths asked about: tuple of paths, tuple of problems.
        opened: A file can be read: its path, ``DocumentInfo``, the password that opened it.
        not_opened: It cannot: path, ``DocumentFailure``, a sentence.
        saved: A pasted image is a file now: its path.
        not_saved: It could not be written: a sentence.
        page_drawn: ``PageKey``, ``QImage``.
        page_not_drawn: ``PageKey``, ``DocumentFailure``, a sentence.
        thumbnail_drawn: ``PageKey``, ``QImage``; null when the page cannot be drawn.
    """

    found = Signal(object, object)
    opened = Signal(str, object, str)
    not_opened = Signal(str, object, str)
    saved = Signal(str)
    not_saved = Signal(str)
    page_drawn = Signal(object, object)
    page_not_drawn = Signal(object, object, str)
    thumbnail_drawn = Signal(object, object)

    def __init__(self, cache_folder: Path, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("reader")
        self._cache_folder = cache_folder
        self._wake = Condition()
        self._closing = False
        self._page: PageWish | None = None
        self._files: deque[_FileWish] = deque()
        self._thumbnails: OrderedDict[PageKey, PageWish] = OrderedDict()
        self._reader: DocumentReader | None = None

    @property
    def pid(self) -> int | None:
        """Of the reader process, while there is one."""
        reader = self._reader
        return reader.pid if reader is not None else None

    def find(self, paths: tuple[str, ...]) -> None:
        """Searches folders."""
        self._add(_Find(paths))

    def open(self, path: str, *, password: str = "") -> None:
        """Looks at a file."""
        self._add(_Open(path, password))

    def save(self, image: QImage, folder: Path) -> None:
        """Keeps a pasted image as a file."""
        self._add(_Save(image, folder))

    def draw(self, wish: PageWish) -> None:
        """Draws a page to be seen; forgets the one asked for before, if it waits still."""
        with self._wake:
            self._page = wish
            self._wake.notify()

    def draw_thumbnail(self, wish: PageWish) -> None:
        """Draws a thumbnail when nothing else waits, the newest wish first."""
        with self._wake:
            self._thumbnails[wish.key] = wish
            self._thumbnails.move_to_end(wish.key)
            dropped = []
            while len(self._thumbnails) > MAX_WAITING_THUMBNAILS:
                dropped.append(self._thumbnails.popitem(last=False)[0])
            self._wake.notify()
        for key in dropped:
            self.thumbnail_drawn.emit(key, None)

    def forget(self, document_id: int) -> None:
        """Drops what waits for a document."""
        with self._wake:
            for key in [key for key in self._thumbnails if key.document_id == document_id]:
                del self._thumbnails[key]
            if self._page is not None and self._page.key.document_id == document_id:
                self._page = None

    def close(self) -> None:
        """Ends the thread and the reader process, also in the middle of a page."""
        with self._wake:
            self._closing = True
            self._wake.notify()
        while not self.wait(50):
            if self._reader is not None:
                self._reader.close()

    def _add(self, wish: _FileWish) -> None:
        with self._wake:
            self._files.append(wish)
            self._wake.notify()

    def _next(self) -> PageWish | _FileWish | None:
        with self._wake:
            while not self._closing:
                if self._page is not None:
                    wish, self._page = self._page, None
                    return wish
                if self._files:
                    return self._files.popleft()
                if self._thumbnails:
                    return self._thumbnails.popitem()[1]
                self._wake.wait()
        return None

    def run(self) -> None:
        """The thread."""
        wish = self._next()
        if wish is None:
            return
        # Not before there is a wish: what this imports would hold up the window's first second,
        # and what names files would hold up its thread when it is first needed there.
        importlib.import_module("textlift.exports.file_names")
        from textlift.documents.client import DocumentReader

        reader = DocumentReader(self._cache_folder)
        self._reader = reader
        try:
            while wish is not None:
                self._answer(wish, reader)
                wish = self._next()
        finally:
            reader.close()

    def _answer(self, wish: PageWish | _FileWish, reader: DocumentReader) -> None:
        if isinstance(wish, _Save):
            self._save(wish)
        elif isinstance(wish, _Find):
            self._find(wish, reader)
        elif isinstance(wish, _Open):
            self._open(wish, reader)
        elif wish.size:
            self._draw_thumbnail(wish, reader)
        else:
            self._draw(wish, reader)

    def _save(self, wish: _Save) -> None:
        try:
            path = save_image(wish.image, wish.folder)
        except OSError as error:
            self.not_saved.emit(str(error))
        else:
            self.saved.emit(path)

    def _find(self, wish: _Find, reader: DocumentReader) -> None:
        from textlift.documents.client import DocumentError

        try:
            found = reader.find_files(wish.paths)
        except DocumentError as error:
            self.found.emit((), (error.sentence,))
        else:
            self.found.emit(found.paths, found.problems)

    def _open(self, wish: _Open, reader: DocumentReader) -> None:
        from textlift.documents.client import DocumentError

        try:
            info = reader.open(wish.path, password=wish.password)
        except DocumentError as error:
            self.not_opened.emit(wish.path, error.failure, error.sentence)
        else:
            self.opened.emit(wish.path, info, wish.password)

    def _draw(self, wish: PageWish, reader: DocumentReader) -> None:
        from textlift.documents.client import DocumentError

        try:
            page = reader.render(wish.document, wish.key.page, password=wish.password)
        except DocumentError as error:
            self.page_not_drawn.emit(wish.key, error.failure, error.sentence)
            return
        image = load_image(page.path)
        if image.isNull():
            sentence = "The drawn page cannot be read back from the page cache."
            self.page_not_drawn.emit(wish.key, DocumentFailure.CACHE_FULL, sentence)
        else:
            self.page_drawn.emit(wish.key, image)

    def _draw_thumbnail(self, wish: PageWish, reader: DocumentReader) -> None:
        from textlift.documents.client import DocumentError

        try:
            page = reader.thumbnail(
                wish.document, wish.key.page, size=wish.size, password=wish.password
            )
        except DocumentError:
            # The page's own view says why; a row without a picture is enough here.
            from PySide6.QtGui import QImage

            self.thumbnail_drawn.emit(wish.key, QImage())
        else:
            self.thumbnail_drawn.emit(wish.key, load_image(page.path))


def load_image(path: str) -> QImage:
    """Decodes a rendered page into the format that is painted fastest; null when it cannot."""
    from PySide6.QtGui import QImage, QImageReader

    reader = QImageReader(path)
    reader.setAllocationLimit(0)  # Our own reader process bounds the size of what it renders.
    image = reader.read()
    if image.isNull() or image.format() == QImage.Format.Format_RGB32:
        return image
    return image.convertToFormat(QImage.Format.Format_RGB32)
