"""What the reader process is asked and answers; on the pipe a path is bytes, not text."""

from __future__ import annotations

import enum

import msgspec

from textlift.content.reading import PageReading


class DocumentFailure(enum.Enum):
    """Why a document or page cannot be had."""

    NOT_FOUND = "not-found"
    NOT_READABLE = "not-readable"
    NOT_A_FILE = "not-a-file"
    UNSUPPORTED = "unsupported"
    DAMAGED = "damaged"
    TOO_LARGE = "too-large"
    NEEDS_PASSWORD = "needs-password"
    WRONG_PASSWORD = "wrong-password"
    EMPTY = "empty"
    CHANGED = "changed"
    CRASHED = "crashed"
    TIMED_OUT = "timed-out"
    OUT_OF_MEMORY = "out-of-memory"
    CACHE_FULL = "cache-full"


class Fingerprint(msgspec.Struct, frozen=True, array_like=True):
    """Tells whether a file is still the one that was opened: size in bytes and mtime in ns."""

    size: int
    modified_ns: int


class DocumentInfo(msgspec.Struct, frozen=True):
    """An opened document.

    Attributes:
        path: Absolute, as given (links not resolved). Bytes of a name that are no text are in
            it as surrogate escapes: it can be opened, but not printed or encoded as UTF-8.
        format: ``PDF``, ``PNG``, ``TIFF``… for people.
        page_count: At least 1.
        fingerprint: Of the file at the moment of opening.
    """

    path: str
    format: str
    page_count: int
    fingerprint: Fingerprint


class FoundFiles(msgspec.Struct, frozen=True):
    """Files under the paths given, folders searched, in natural order.

    Attributes:
        paths: Files to open: every file named directly, and those in folders that look like
            documents (by name).
        problems: One sentence for each path that cannot be searched.
    """

    paths: tuple[str, ...]
    problems: tuple[str, ...] = ()


class FindFiles(msgspec.Struct, frozen=True, tag=True):
    """Search folders -> ``FoundPaths``."""

    paths: tuple[bytes, ...]


class FoundPaths(msgspec.Struct, frozen=True):
    """``FoundFiles`` on the pipe."""

    paths: tuple[bytes, ...]
    problems: tuple[str, ...] = ()


class OpenDocument(msgspec.Struct, frozen=True, tag=True):
    """Look at a file -> ``OpenedFile``."""

    path: bytes
    password: str = ""


class OpenedFile(msgspec.Struct, frozen=True):
    """``DocumentInfo`` on the pipe, without the path that the parent knows."""

    format: str
    page_count: int
    fingerprint: Fingerprint


class RenderPage(msgspec.Struct, frozen=True, tag=True):
    """Render a page at reading size into the page cache -> ``PageImage``.

    Attributes:
        path: Of the document.
        page: From 1.
        fingerprint: Of the document when it was opened; a file that differs is CHANGED.
        password: Of the document.
    """

    path: bytes
    page: int
    fingerprint: Fingerprint
    password: str = ""


class RenderThumbnail(msgspec.Struct, frozen=True, tag=True):
    """Render a page within ``size`` by ``size`` pixels into the page cache -> ``PageImage``."""

    path: bytes
    page: int
    fingerprint: Fingerprint
    size: int
    password: str = ""


class TextLayer(msgspec.Struct, frozen=True):
    """The text that a PDF page carries, as a reading (``read_by`` is ``text-layer``).

    Attributes:
        reading: Lines with boxes in pixels of the page as ``RenderPage`` renders it; None
            when the layer is absent or cannot be trusted.
        sentence: What was found of it: "No text in this page.", "The text is garbled: …".
    """

    reading: PageReading | None
    sentence: str


class ReadTextLayer(msgspec.Struct, frozen=True, tag=True):
    """Take the text that the PDF page carries -> ``TextLayer``."""

    path: bytes
    page: int
    fingerprint: Fingerprint
    password: str = ""


ReaderRequest = FindFiles | OpenDocument | RenderPage | RenderThumbnail | ReadTextLayer
