"""The reader process: opens documents and draws their pages for the window and the engines."""

from __future__ import annotations

import warnings
from pathlib import Path

import msgspec

from textlift.content.page_image import PageImage
from textlift.documents.confinement import PROCESSOR_SECONDS
from textlift.documents.failures import ReaderError
from textlift.documents.file_paths import decode_path, encode_path
from textlift.documents.folders import FolderSearch
from textlift.documents.messages import (
    DocumentFailure,
    FindFiles,
    FoundPaths,
    OpenDocument,
    OpenedFile,
    ReaderRequest,
    ReadTextLayer,
    RenderPage,
    RenderThumbnail,
    TextLayer,
)
from textlift.documents.open_documents import OpenDocuments, OpenFile
from textlift.documents.page_cache import PageCache, page_key
from textlift.documents.pdf_file import PdfDocument
from textlift.documents.source_file import check_unchanged
from textlift.documents.text_layer import read_text_layer
from textlift.processes.cancellation import Cancellation
from textlift.processes.confinement.limits import within_processor_time
from textlift.processes.serving import ReportProgress, Server, claim_standard_streams

MAX_THUMBNAIL = 4096
"""Pixels; more is not a thumbnail."""


def main(cache_folder: str) -> None:
    """Runs a reader process until its parent hangs up.

    Args:
        cache_folder: Where pages are drawn to.
    """
    server = Server(*claim_standard_streams())
    # Pillow warns on standard error about what is odd in a file; the answers say what matters.
    warnings.simplefilter("ignore")
    try:
        reader = Reader(PageCache(Path(cache_folder)))
    except ReaderError as error:
        server.fail_start(error.kind, error.sentence, details=error.details)
        return
    server.serve(within_processor_time(reader.handle, seconds=PROCESSOR_SECONDS))


class Reader:
    """Answers the requests of ``textlift.documents.messages``, one at a time."""

    def __init__(self, cache: PageCache) -> None:
        self._cache = cache
        self._documents = OpenDocuments()
        self._decoder: msgspec.msgpack.Decoder[ReaderRequest] = msgspec.msgpack.Decoder(
            ReaderRequest
        )

    def handle(
        self, body: bytes, _report: ReportProgress, cancellation: Cancellation
    ) -> msgspec.Struct:
        """Answers an encoded request.

        Raises:
            ReaderError: With the kind of failure and a sentence for a person.
        """
        request = self._decoder.decode(body)
        try:
            return self._answer(request, cancellation)
        except MemoryError as error:
            if not isinstance(request, FindFiles):
                self._documents.forget(decode_path(request.path))
            raise ReaderError(
                DocumentFailure.OUT_OF_MEMORY,
                "The file needs too much memory to open or draw, so it was given up.",
            ) from error

    def _answer(self, request: ReaderRequest, cancellation: Cancellation) -> msgspec.Struct:
        match request:
            case FindFiles():
                return _find_files(request, cancellation)
            case OpenDocument():
                opened = self._documents.open(decode_path(request.path), request.password)
                return OpenedFile(
                    opened.format.name, opened.document.page_count, opened.fingerprint
                )
            case RenderPage():
                return self._render(request, within=0)
            case RenderThumbnail():
                return self._render(request, within=max(1, min(request.size, MAX_THUMBNAIL)))
            case ReadTextLayer():
                return self._text_layer(request)

    def _render(self, request: RenderPage | RenderThumbnail, *, within: int) -> PageImage:
        path = decode_path(request.path)
        check_unchanged(path, request.fingerprint)
        if request.password:
            # Opening checks it: a page in the cache must not be had with a wrong one.
            self._documents.get(path, request.password, request.fingerprint)
        key = page_key(
            path,
            request.fingerprint,
            request.page,
            within=within,
            protected=bool(request.password),
        )
        cached = self._cache.find(key)
        if cached is not None:
            return cached
        opened = self._opened(request)
        try:
            drawn = opened.document.draw(request.page, within=within)
        except ReaderError:
            # A file that changes under the reader looks damaged: say what is the case.
            check_unchanged(path, request.fingerprint)
            raise
        check_unchanged(path, request.fingerprint)
        if opened.document.heavy:
            self._documents.forget(path)
        return self._cache.store(key, drawn)

    def _text_layer(self, request: ReadTextLayer) -> TextLayer:
        path = decode_path(request.path)
        check_unchanged(path, request.fingerprint)
        document = self._opened(request).document
        if not isinstance(document, PdfDocument):
            return TextLayer(None, "Only pages of a PDF carry text.")
        layer = read_text_layer(document, request.page)
        check_unchanged(path, request.fingerprint)
        return layer

    def _opened(self, request: RenderPage | RenderThumbnail | ReadTextLayer) -> OpenFile:
        path = decode_path(request.path)
        opened = self._documents.get(path, request.password, request.fingerprint)
        pages = opened.document.page_count
        if not 1 <= request.page <= pages:
            raise ReaderError(
                DocumentFailure.NOT_FOUND,
                f"There is no page {request.page}: the document has {pages}.",
            )
        return opened


def _find_files(request: FindFiles, cancellation: Cancellation) -> FoundPaths:
    search = FolderSearch(cancelled=lambda: cancellation.cancelled)
    search.search(decode_path(path) for path in request.paths)
    return FoundPaths(
        paths=tuple(encode_path(path) for path in search.files), problems=tuple(search.problems)
    )
