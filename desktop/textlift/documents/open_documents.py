"""The documents that this process keeps open between requests."""

from __future__ import annotations

import os
from collections import OrderedDict

import msgspec

from textlift.documents.drawn_page import OpenedDocument
from textlift.documents.failures import ReaderError
from textlift.documents.identify import HEAD, PDF, TAIL, FileFormat, identify
from textlift.documents.image_file import ImageDocument
from textlift.documents.messages import DocumentFailure, Fingerprint
from textlift.documents.pdf_file import PdfDocument
from textlift.documents.source_file import SourceFile, check_same, open_source

MAX_OPEN = 4


class OpenFile(msgspec.Struct, frozen=True):
    """A document with what it was when it was opened."""

    document: OpenedDocument
    format: FileFormat
    fingerprint: Fingerprint


class OpenDocuments:
    """A few documents kept open, the least recently used closed first."""

    def __init__(self) -> None:
        self._open: OrderedDict[tuple[str, str], OpenFile] = OrderedDict()

    def open(self, path: str, password: str) -> OpenFile:
        """Opens the file as it is now.

        Raises:
            ReaderError: It cannot be read, is none that can, or its password is wrong.
        """
        self.forget(path)
        source = open_source(path)
        try:
            opened = _open(source, password)
        except BaseException:
            source.stream.close()
            raise
        self._open[path, password] = opened
        while len(self._open) > MAX_OPEN:
            _, oldest = self._open.popitem(last=False)
            oldest.document.close()
        return opened

    def get(self, path: str, password: str, fingerprint: Fingerprint) -> OpenFile:
        """The file that was opened with this fingerprint.

        Raises:
            ReaderError: As ``open``; CHANGED when it is another file by now.
        """
        kept = self._open.get((path, password))
        if kept is None or kept.fingerprint != fingerprint:
            kept = self.open(path, password)
        check_same(kept.fingerprint, fingerprint)
        self._open.move_to_end((path, password))
        return kept

    def forget(self, path: str) -> None:
        """Closes the file, whatever the password."""
        for key in [key for key in self._open if key[0] == path]:
            self._open.pop(key).document.close()


def _open(source: SourceFile, password: str) -> OpenFile:
    stream = source.stream
    try:
        head = stream.read(HEAD)
        stream.seek(max(0, source.fingerprint.size - TAIL))
        tail = stream.read(TAIL)
        stream.seek(0)
    except OSError as error:
        raise ReaderError(
            DocumentFailure.NOT_READABLE,
            f"The file cannot be read; the system says: {os.strerror(error.errno or 0)}.",
        ) from error
    file_format = identify(head, tail)
    document: OpenedDocument
    if file_format is PDF:
        document = PdfDocument(stream, password=password, size=source.fingerprint.size)
    else:
        document = ImageDocument(stream, file_format)
    return OpenFile(document, file_format, source.fingerprint)
