"""The parent's handle on a reader process: typed calls, restarted after a death."""

from __future__ import annotations

import threading
import time
from pathlib import Path
from typing import TypeVar

import msgspec

from textlift.content.page_image import PageImage
from textlift.documents.file_paths import decode_path, encode_path
from textlift.documents.messages import (
    DocumentFailure,
    DocumentInfo,
    FindFiles,
    FoundFiles,
    FoundPaths,
    OpenDocument,
    OpenedFile,
    ReadTextLayer,
    RenderPage,
    RenderThumbnail,
    TextLayer,
)
from textlift.processes.cancellation import Cancellation
from textlift.processes.supervised import (
    ProcessCancelled,
    ProcessDied,
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

DEADLY_SECONDS = 5.0
"""A reader that dies within this time is asked once more, in a fresh process."""

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
        self._writes_to: tuple[int, int] | None = None
        self._closed = False

    @property
    def pid(self) -> int | None:
        process = self._process
        return process.pid if process is not None else None

    def find_files(
        self, paths: tuple[str, ...], *, cancellation: Cancellation | None = None
    ) -> FoundFiles:
        """Files under these paths; folders are searched recursively."""
        request = FindFiles(tuple(encode_path(str(Path(path).absolute())) for path in paths))
        found = self._ask(request, FoundPaths, SEARCH_DEADLINE, cancellation)
        return FoundFiles(tuple(map(decode_path, found.paths)), found.problems)

    def open(
        self, path: str, *, password: str = "", cancellation: Cancellation | None = None
    ) -> DocumentInfo:
        """Looks at a file."""
        path = str(Path(path).absolute())
        request = OpenDocument(path=encode_path(path), password=password)
        opened = self._ask(request, OpenedFile, OPEN_DEADLINE, cancellation)
        return DocumentInfo(path, opened.format, opened.page_count, opened.fingerprint)

    def render(
        self,
        document: DocumentInfo,
        page: int,
        *,
        password: str = "",
        cancellation: Cancellation | None = None,
    ) -> PageImage:
        """The page (from 1) at reading size, in the page cache."""
        request = RenderPage(encode_path(document.path), page, document.fingerprint, password)
        return self._ask(request, PageImage, RENDER_DEADLINE, cancellation)

    def thumbnail(
        self, document: DocumentInfo, page: int, *, size: int, password: str = ""
    ) -> PageImage:
        """The page within ``size`` by ``size`` pixels, in the page cache."""
        request = RenderThumbnail(
            encode_path(document.path), page, document.fingerprint, size, password
        )
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
        request = ReadTextLayer(encode_path(document.path), page, document.fingerprint, password)
        return self._ask(request, TextLayer, RENDER_DEADLINE, cancellation)

    def close(self) -> None:
        """Ends the reader process, also in the middle of a call (which then fails)."""
        self._closed = True
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
            self._closed = False
            try:
                return self._call(request, answer, deadline, cancellation)
            except RequestFailed as error:
                raise DocumentError(
                    DocumentFailure(error.kind), error.sentence, details=error.details
                ) from error
            except ProcessCancelled:
                raise
            except ProcessFailure as error:
                raise _document_error(error) from error

    def _call(
        self,
        request: msgspec.Struct,
        answer: type[T],
        deadline: float,
        cancellation: Cancellation | None,
    ) -> T:
        """Asks; once more when the reader dies at once, which need not be the file's fault."""
        started = time.monotonic()
        try:
            return self._running(cancellation).call(
                request, answer=answer, deadline=deadline, cancellation=cancellation
            )
        except ProcessDied:
            if self._closed or time.monotonic() - started > DEADLY_SECONDS:
                raise
        return self._running(cancellation).call(
            request, answer=answer, deadline=deadline, cancellation=cancellation
        )

    def _running(self, cancellation: Cancellation | None) -> SupervisedProcess:
        process = self._process
        if process is None or not process.alive or self._folder_id() != self._writes_to:
            if process is not None:
                process.kill()
            process = SupervisedProcess(
                "The document reader",
                arguments=["reader", str(self._cache_folder)],
                memory_limit=MEMORY_LIMIT,
                # Of glibc: each thread's own heap would reserve what the reader may not have.
                environment={"MALLOC_ARENA_MAX": "2"},
            )
            self._process = process
            process.start(deadline=START_DEADLINE, cancellation=cancellation)
            self._writes_to = self._folder_id()
        return process

    def _folder_id(self) -> tuple[int, int] | None:
        """Of the folder that now has the cache's name.

        A reader may write to the one it found when it started. Where somebody deleted that one,
        only a new reader may write to its successor.
        """
        try:
            status = self._cache_folder.stat()
        except OSError:
            return None
        return status.st_dev, status.st_ino


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
        "The file stopped the document reader: it is damaged, or made to exhaust memory.",
        details=error.details,
    )
