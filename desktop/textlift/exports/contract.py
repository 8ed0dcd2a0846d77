"""What an exporter is, and what it is given."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Protocol

import msgspec

from textlift.content.page import PageRecord


class ExportDocument(msgspec.Struct, frozen=True):
    """A document to be exported.

    Attributes:
        title: Its file name as people read it.
        path: Where it lies; empty when not known.
        page_count: Pages the document has, be they exported or not; 0 when it cannot be opened.
        pages: Those to export, in order. May be a generator: an exporter goes through it once
            and holds one page at a time.
        problem: Why the document cannot be opened; empty when it can.
    """

    title: str
    path: str
    page_count: int
    pages: Iterable[PageRecord]
    problem: str = ""


class Exporter(Protocol):
    """A format. Its text is made in pieces, so that ten thousand pages need the memory of one."""

    @property
    def name(self) -> str:
        """Of the command line, such as ``md``."""

    @property
    def title(self) -> str:
        """For people, such as “Markdown”."""

    @property
    def extension(self) -> str:
        """Of the files, with the dot."""

    def pieces(
        self, documents: Iterable[ExportDocument], *, titled: bool, note: bool = False
    ) -> Iterator[str]:
        """The file's text, piece by piece.

        Args:
            documents: In order.
            titled: Put each document under its title, since there are several.
            note: End with a note on what is left to check, where there is something and the
                format is for people to read.
        """
