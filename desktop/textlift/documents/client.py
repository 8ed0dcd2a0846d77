"""The parent's handle on a reader process: typed calls, restarted after a death."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import TypeVar

import msgspec

from textlift.content.page_image import PageImage
from textlift.documents.messages import (
    DocumentFailure,
    DocumentInfo,
    FindFiles,
    FoundFiles,
    OpenDocument,
    ReadTextLayer,
    RenderPage,
    RenderThumbnail,
    TextLayer,
)
from textlift.processes.cancellation import Cancellation
from textlift.processes.supervised import (
    ProcessCancelled,
    ProcessFailure,
    ProcessTimedOut,
    ProcessTookTooMuchMemory,
    RequestFailed,
    SupervisedProcess,
)

MEMORY_LIMIT = 2_500_000_000
"""Resident bytes; the reader limits its own address space below this where the system can."""

START_DEADLINE = 30.0
OPEN_DEADLINE = 30.0
RENDER_DEADLINE = 40.0
SEARCH_DEADLINE = 60.0

T = TypeVar("T")


class DocumentError(Exception):
    """A document or page cannot be had.

    Attributes:
        failure: The kind.
        sentence: For a person: what is wrong and what to do.
        details: For a bug report.
    """

    def __init__(self, failure: DocumentFailure, sentence: str, *, details: str = "") -> None:
        super().__init__(sentence)
        self.failure = failure
        self.sentence = sentence
        self.details = details


class DocumentReader:
    """Asks a reader process, started at the first call and again after it died.

    Calls from several threads are answered one after the other (PDFium is not thread-safe).
    Every method raises ``DocumentError``, or ``ProcessCancelled`` when its cancellation fires.
    """

    def __init__(self, cache_folder: Path) -> None:
        self._cache_folder = cache_folder
        self._lock = threading.Lock()
        self._process: SupervisedProcess | None = None

    @property
    def pid(self) -> int | None:
        process = self._process
        return process.pid if process is not None else None

    def find_files(
        self, paths: tuple[str, ...], *, cancellation: Cancellation | None = None
    ) -> FoundFiles:
        """Files under these paths; folders are searched recursively."""
        return self._ask(FindFiles(paths), FoundFiles, SEARCH_DEADLINE, cancellation)

    def open(
        self, path: str, *, password: str = "", cancellation: Cancellation | None = None
    ) -> DocumentInfo:
        """Looks at a file."""
        request = OpenDocument(path=path, password=password)
        return self._ask(request, DocumentInfo, OPEN_DEADLINE, cancellation)

    def render(
        self,
        document: DocumentInfo,
        page: int,
        *,
        password: str = "",
        cancellation: Cancellation | None = None,
    ) -> PageImage:
        """The page (from 1) at reading size, in the page cache."""
        request = RenderPage(document.path, page, document.fingerprint, password)
        return self._ask(request, PageImage, RENDER_DEADLINE, cancellation)

    def thumbnail(
        self, document: DocumentInfo, page: int, *, size: int, password: str = ""
    ) -> PageImage:
        """The page within ``size`` by ``size`` pixels, in the page cache."""
        request = RenderThumbnail(document.path, page, document.fingerprint, size, password)
        return self._ask(request, PageImage, RENDER_DEADLINE, None)

    def text_layer(
        self,
        document: DocumentInfo,
        page: int,
        *,
        password: str = "",
        cancellation: Cancellation | None = None,
    ) -> TextLayer:
        """The text that the page carries."""
        request = ReadTextLayer(document.path, page, document.fingerprint, password)
        return self._ask(request, TextLayer, RENDER_DEADLINE, cancellation)

    def close(self) -> None:
        """Ends the reader process, also in the middle of a call (which then fails)."""
        process, self._process = self._process, None
        if process is not None:
            process.kill()

    def _ask(
        self,
        request: msgspec.Struct,
        answer: type[T],
        deadline: float,
        cancellation: Cancellation | None,
    ) -> T:
        with self._lock:
            try:
                process = self._running(cancellation)
                return process.call(
                    request, answer=answer, deadline=deadline, cancellation=cancellation
                )
            except RequestFailed as error:
                raise DocumentError(
                    DocumentFailure(error.kind), error.sentence, details=error.details
                ) from error
            except ProcessCancelled:
                raise
            except ProcessFailure as error:
                raise _document_error(error) from error

    def _running(self, cancellation: Cancellation | None) -> SupervisedProcess:
        process = self._process
        if process is None or not process.alive:
            if process is not None:
                process.kill()
            process = SupervisedProcess(
                "The document reader",
                arguments=["reader", str(self._cache_folder)],
                memory_limit=MEMORY_LIMIT,
            )
            self._process = process
            process.start(deadline=START_DEADLINE, cancellation=cancellation)
        return process


def _document_error(error: ProcessFailure) -> DocumentError:
    if isinstance(error, ProcessTimedOut):
        return DocumentError(
            DocumentFailure.TIMED_OUT,
            "The file takes too long to open or draw, so it was given up.",
            details=error.details,
        )
    if isinstance(error, ProcessTookTooMuchMemory):
        return DocumentError(
            DocumentFailure.OUT_OF_MEMORY,
            "The file needs too much memory to open or draw, so it was given up.",
            details=error.details,
        )
    return DocumentError(
        DocumentFailure.CRASHED,
        "The file is damaged in a way that stopped the document reader.",
        details=error.details,
    )
