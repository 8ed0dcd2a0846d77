"""What a session holds: documents, pages waiting to be read, and summaries of pages."""

from __future__ import annotations

import msgspec

from textlift.content.attempt import Attempt
from textlift.content.geometry import Box
from textlift.content.page import PageState
from textlift.documents.messages import DocumentInfo


class StoredDocument(msgspec.Struct, frozen=True):
    """A document of the session.

    Attributes:
        id: In this session.
        title: Display name; always printable, whatever bytes the file name has.
        info: The document as it was opened.
        added_at: Seconds since the Unix epoch, UTC.
    """

    id: int
    title: str
    info: DocumentInfo
    added_at: float


class PageSummary(msgspec.Struct, frozen=True):
    """What a list of pages shows of one: its state, and how much there is to say.

    Attributes:
        state: Of the page.
        warnings: Those nobody has ticked off.
        failures: Attempts that failed.
    """

    state: PageState
    warnings: int = 0
    failures: int = 0


class StoredFailure(msgspec.Struct, frozen=True):
    """An attempt of this session that failed; ``page`` counts from 1."""

    document_id: int
    title: str
    page: int
    attempt: Attempt


class StoredTries(msgspec.Struct, frozen=True):
    """What was tried at one reading of a page.

    Attributes:
        document_id: In the session.
        page: From 1.
        attempts: Oldest first; at least one.
        opinion: It was for a second opinion.
    """

    document_id: int
    page: int
    attempts: tuple[Attempt, ...]
    opinion: bool = False


class QueuedPlan(msgspec.Struct, frozen=True, omit_defaults=True):
    """How a waiting page is to be read.

    Attributes:
        order: Names of engines, the chosen one first.
        languages: ISO 639-3 codes; empty: find out.
        use_text_layer: Take the PDF page's own text where it is good.
        modes: Names of engines, each with the name of the mode it is to read in.
        box: The part of the page to read, in pixels of the rendered page; None: all of it.
    """

    order: tuple[str, ...]
    languages: tuple[str, ...] = ()
    use_text_layer: bool = False
    modes: tuple[tuple[str, str], ...] = ()
    box: Box | None = None


class QueuedPage(msgspec.Struct, frozen=True):
    """A page that waits to be read; ``page`` counts from 1."""

    document_id: int
    page: int
    plan: QueuedPlan


class PageSpan(msgspec.Struct, frozen=True):
    """Pages of a document to look through.

    Attributes:
        document_id: In the session.
        first: The lowest number.
        last: The highest.
        backward: From the last to the first.
    """

    document_id: int
    first: int
    last: int
    backward: bool = False
