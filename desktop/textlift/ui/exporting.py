"""Writing and copying the text of whole documents, in a thread with a store of its own."""

from __future__ import annotations

import enum
import logging
import threading
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec
from PySide6.QtCore import QObject, QThread, Signal

from textlift.content.page import PageRecord

if TYPE_CHECKING:
    from textlift.exports.contract import ExportDocument
    from textlift.sessions.store import SessionStore

log = logging.getLogger(__name__)


class ExportScope(enum.Enum):
    """What is exported."""

    PAGE = "page"
    DOCUMENT = "document"
    EVERYTHING = "everything"


class ExportPart(msgspec.Struct, frozen=True):
    """A document to export, or one page of it.

    Attributes:
        document_id: In the session.
        title: Display name.
        path: Of its file.
        page_count: Of the whole document.
        page: The only page to export; 0 for all.
    """

    document_id: int
    title: str
    path: str
    page_count: int
    page: int = 0


class ExportOrder(msgspec.Struct, frozen=True):
    """An export that was decided on.

    Attributes:
        exporter: Name of the format.
        parts: What to export, in order.
        target: The file, or the folder for one file a document; None for the clipboard.
        one_file: Everything into one file.
        overwrite: Replace files that are there.
        note: End the files with a note on what is left to check; the clipboard never has it.
    """

    exporter: str
    parts: tuple[ExportPart, ...]
    target: Path | None = None
    one_file: bool = True
    overwrite: bool = False
    note: bool = False


class _StoppedError(Exception):
    """The user does not want it any more."""


class ExportThread(QThread):
    """Does one order.

    Signals:
        written: The files: tuple of paths.
        copied: The text for the clipboard; as an object, since Qt need not copy that on the way.
        stopped: It was told to stop; a file that was begun is not there.
        exists: Files are there already; a sentence. Nothing was written.
        not_written: A sentence.
    """

    written = Signal(object)
    copied = Signal(object)
    stopped = Signal()
    exists = Signal(str)
    not_written = Signal(str)

    def __init__(
        self, order: ExportOrder, *, session_path: Path, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self.setObjectName("export")
        self.order = order
        self._session_path = session_path
        self._stop = threading.Event()

    def stop(self) -> None:
        """Ends it before the next page."""
        self._stop.set()

    def run(self) -> None:
        """The thread."""
        from textlift.exports.writing import ExportError, ExportExistsError
        from textlift.sessions.errors import SessionError
        from textlift.sessions.store import SessionStore

        try:
            store = SessionStore(self._session_path)
            try:
                self._do(store)
            finally:
                store.close()
        except _StoppedError:
            self.stopped.emit()
        except ExportExistsError as error:
            self.exists.emit(str(error))
        except (ExportError, SessionError) as error:
            cause = error.__cause__
            reason = cause.strerror if isinstance(cause, OSError) else type(error).__name__
            log.warning("exporting as %s failed: %s", self.order.exporter, reason)
            self.not_written.emit(str(error))

    def _do(self, store: SessionStore) -> None:
        from textlift.exports import EXPORTERS
        from textlift.exports.writing import export_file, export_folder, export_text

        order = self.order
        exporter = EXPORTERS[order.exporter]
        documents = [self._document(part, store) for part in order.parts]
        if order.target is None:
            self.copied.emit(export_text(exporter, documents))
        elif order.one_file:
            export_file(
                order.target,
                exporter=exporter,
                documents=documents,
                overwrite=order.overwrite,
                note=order.note,
            )
            self.written.emit((order.target,))
        else:
            paths = export_folder(
                order.target,
                exporter=exporter,
                documents=documents,
                overwrite=order.overwrite,
                note=order.note,
            )
            self.written.emit(paths)

    def _document(self, part: ExportPart, store: SessionStore) -> ExportDocument:
        from textlift.exports.contract import ExportDocument

        pages: Iterable[PageRecord]
        if part.page:
            pages = (store.page(part.document_id, part.page),)
        else:
            pages = self._until_stopped(store.pages(part.document_id))
        return ExportDocument(
            title=part.title, path=part.path, page_count=part.page_count, pages=pages
        )

    def _until_stopped(self, pages: Iterable[PageRecord]) -> Iterator[PageRecord]:
        for page in pages:
            if self._stop.is_set():
                raise _StoppedError
            yield page
