"""The documents of a batch, handed to an exporter page by page while they are being read."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import msgspec

from textlift.commands.opening import BatchFile
from textlift.commands.page_ranges import PageRanges
from textlift.content.geometry import Box
from textlift.content.page import PageRecord
from textlift.documents.messages import DocumentInfo
from textlift.exports.contract import ExportDocument
from textlift.recognition.tasks import PageTask
from textlift.sessions.store import SessionStore


class BatchDocument(msgspec.Struct, frozen=True):
    """A file of the batch, and what is to be read of it.

    Attributes:
        file: As it was opened, or not.
        id: In the session; 0 when it could not be opened.
        pages: To read, from 1, in order.
    """

    file: BatchFile
    id: int
    pages: tuple[int, ...]


class ReadingPlan(msgspec.Struct, frozen=True):
    """How the pages are to be read; see ``PageTask``."""

    order: tuple[str, ...]
    languages: tuple[str, ...] = ()
    use_text_layer: bool = False
    modes: tuple[tuple[str, str], ...] = ()
    box: Box | None = None


class Batch:
    """Documents whose pages become available one by one, in any order."""

    def __init__(self, store: SessionStore) -> None:
        """Starts empty; ``store`` is the one that the exporting thread reads from."""
        self._store = store
        self._changed = threading.Condition()
        self._finished: set[tuple[int, int]] = set()
        self._over = False
        self._by_id: dict[int, BatchDocument] = {}
        self.documents: list[BatchDocument] = []

    def add(self, file: BatchFile, *, pages: PageRanges) -> BatchDocument:
        """Adds a file; one that could not be opened has no pages."""
        if file.info is None:
            document = BatchDocument(file, 0, ())
        else:
            stored = self._store.add_document(file.info, title=file.title)
            wanted = tuple(pages.within(file.info.page_count))
            document = BatchDocument(file, stored.id, wanted)
            self._by_id[stored.id] = document
        self.documents.append(document)
        return document

    @property
    def page_count(self) -> int:
        """Pages to read, of all documents."""
        return sum(len(document.pages) for document in self.documents)

    def document(self, document_id: int) -> BatchDocument:
        """The document of that number in the session."""
        return self._by_id[document_id]

    def tasks(self, plan: ReadingPlan) -> Iterator[PageTask]:
        """Every page to read."""
        for document in self.documents:
            info = document.file.info
            if info is not None:
                for page in document.pages:
                    yield _task(document, info, page, plan)

    def finish(self, key: tuple[int, int]) -> None:
        """A page is in the store. From any thread."""
        with self._changed:
            self._finished.add(key)
            self._changed.notify_all()

    def end(self) -> None:
        """Nothing more will be finished. From any thread."""
        with self._changed:
            self._over = True
            self._changed.notify_all()

    def has_finished(self, document: BatchDocument) -> bool:
        """Whether any page of the document is in the store."""
        with self._changed:
            return any((document.id, page) in self._finished for page in document.pages)

    def wait(self, document: BatchDocument) -> None:
        """Waits until the document's first page is finished, or nothing more will be."""
        for page in document.pages[:1]:
            self._wait((document.id, page))

    def exported(self, document: BatchDocument) -> ExportDocument:
        """The document for an exporter; its pages wait until they are finished."""
        file = document.file
        return ExportDocument(
            title=file.title,
            path=file.path,
            page_count=file.info.page_count if file.info is not None else 0,
            pages=self._pages(document),
            problem=file.problem,
        )

    def _pages(self, document: BatchDocument) -> Iterator[PageRecord]:
        for page in document.pages:
            self._wait((document.id, page))
            yield self._store.page(document.id, page)

    def _wait(self, key: tuple[int, int]) -> None:
        with self._changed:
            while key not in self._finished and not self._over:
                self._changed.wait()


def _task(document: BatchDocument, info: DocumentInfo, page: int, plan: ReadingPlan) -> PageTask:
    return PageTask(
        document_id=document.id,
        document=info,
        page=page,
        order=plan.order,
        languages=plan.languages,
        use_text_layer=plan.use_text_layer,
        password=document.file.password,
        modes=plan.modes,
        box=plan.box,
    )
