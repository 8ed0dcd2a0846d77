"""The session: documents, their pages as read and edited, and the pages that wait."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

from textlift.content.attempt import Attempt
from textlift.content.geometry import Box
from textlift.content.opinion import Opinion
from textlift.content.page import PageEdit, PageRecord
from textlift.content.reading import PageReading
from textlift.documents.messages import DocumentInfo
from textlift.sessions import (
    document_table,
    failure_table,
    opinion_table,
    page_search,
    page_table,
    queue_table,
)
from textlift.sessions.errors import SessionError
from textlift.sessions.session_file import SessionFile
from textlift.sessions.stored import (
    PageSpan,
    PageSummary,
    QueuedPage,
    QueuedPlan,
    StoredDocument,
    StoredFailure,
    StoredTries,
)
from textlift.sessions.tries import stored_tries

__all__ = ["SessionError", "SessionStore"]


class SessionStore:
    """The session in one SQLite file. Every method raises ``SessionError`` when it cannot.

    Safe to use from several threads; give each busy thread its own store of the same file, so
    that the window never waits for the thread that reads.
    """

    def __init__(self, path: Path) -> None:
        """Opens the session, or makes it.

        Args:
            path: Of the database file; its folder is made when missing.

        Raises:
            SessionError: With a sentence; the file is never overwritten.
        """
        self.path = path
        self._file = SessionFile(path)

    def close(self) -> None:
        """Closes the file; what was written stays."""
        self._file.close()

    # Documents

    def add_document(self, info: DocumentInfo, *, title: str) -> StoredDocument:
        """Adds a document at the end; the same file may be added again."""
        with self._file.writing() as connection:
            return document_table.add_document(connection, info, title)

    def documents(self) -> tuple[StoredDocument, ...]:
        """All documents in the order they were added."""
        return document_table.stored_documents(self._file)

    def remove_document(self, document_id: int) -> None:
        """Forgets a document with its pages, edits, history and waiting pages."""
        self.remove_documents((document_id,))

    def remove_documents(self, document_ids: Iterable[int]) -> None:
        """Likewise several, all or none."""
        with self._file.writing() as connection:
            for document_id in document_ids:
                document_table.delete_document(connection, document_id)

    def take_in(self, other: Path) -> None:
        """Puts the documents of another session at the end, with all that they have.

        Args:
            other: Of that session's file, of this version; it stays as it is.
        """
        self._file.take_in(other)

    # Pages

    def page(self, document_id: int, number: int) -> PageRecord:
        """One page; UNREAD when nothing is known of it."""
        return page_table.one_page(self._file, document_id, number)

    def pages(self, document_id: int) -> Iterator[PageRecord]:
        """All pages from 1 to the last, fetched a few at a time."""
        return page_table.all_pages(self._file, document_id)

    def page_states(self, document_id: int) -> dict[int, PageSummary]:
        """Summaries of the pages that were read, tried, edited, turned or wait."""
        return page_table.page_summaries(self._file, document_id)

    def all_page_states(self) -> dict[int, dict[int, PageSummary]]:
        """Likewise of every document, by its id; empty where none of its pages is such a one."""
        return page_table.all_page_summaries(self._file)

    def finish_page(
        self,
        document_id: int,
        page: int,
        *,
        reading: PageReading | None,
        attempts: tuple[Attempt, ...],
        width: int,
        height: int,
    ) -> PageRecord | None:
        """Stores the outcome of reading a page, in one transaction.

        What was there before (reading, edit, attempts) moves to the history. When there is no
        new reading the earlier one stays with its edit and ticks, but the page is FAILED.

        Args:
            document_id: In the session.
            page: From 1.
            reading: None when every engine failed.
            attempts: Of this reading, oldest first.
            width: Of the rendered page in pixels; 0 when it could not be rendered.
            height: Likewise.

        Returns:
            The page as stored, or None when its document is no longer in the session.
        """
        with self._file.writing() as connection:
            if not document_table.has_document(connection, document_id):
                return None
            before = page_table.stored_page(self._file, document_id, page)
            record = page_table.with_outcome(before, reading, attempts, width, height)
            page_table.remember_page(connection, document_id, before)
            queue_table.delete_waiting(connection, document_id, page)
            page_table.write_page(connection, document_id, record)
            failure_table.log_failures(connection, document_id, page, attempts)
        return record

    def earlier(self, document_id: int, number: int) -> tuple[PageRecord, ...]:
        """What a page was before it was read again, oldest first; states are those of then."""
        return page_table.earlier_pages(self._file, document_id, number)

    def set_edit(self, document_id: int, number: int, edit: PageEdit | None) -> None:
        """Keeps the user's version of a page's text; None forgets it."""
        with self._file.writing() as connection:
            page_table.set_edit(connection, document_id, number, edit)

    def set_rotation(self, document_id: int, number: int, degrees: int | None) -> None:
        """Keeps how the user turned a page: degrees clockwise, None to let the engine find out."""
        with self._file.writing() as connection:
            page_table.set_rotation(connection, document_id, number, degrees)

    def first_with(self, spans: Iterable[PageSpan], text: str) -> tuple[int, int] | None:
        """The first of these pages that has a text, as document and number; case counts not."""
        return page_search.first_with(self._file, spans, text)

    def user_changes(self, document_id: int) -> list[tuple[int, bool, int | None]]:
        """The pages that the user edited or turned: number, whether edited, and how turned."""
        return page_table.user_changes(self._file, document_id)

    def set_ticked(self, document_id: int, number: int, ticked: Iterable[int]) -> PageRecord:
        """Keeps which warnings of a page the user has looked at; its state follows.

        Args:
            document_id: In the session.
            number: Of the page, from 1.
            ticked: All of them, as indices into the reading's; no other is ticked off then.

        Returns:
            The page as it is now; a page that was never read is left as it is.
        """
        with self._file.writing() as connection:
            before = page_table.stored_page(self._file, document_id, number)
            if before.reading is not None:
                after = page_table.with_ticks(before, ticked)
                page_table.write_page(connection, document_id, after)
            return page_table.one_page(self._file, document_id, number)

    # Second opinions

    def finish_opinion(
        self,
        document_id: int,
        page: int,
        *,
        asked: str,
        reading: PageReading | None,
        attempts: tuple[Attempt, ...],
        width: int,
        height: int,
        box: Box | None = None,
    ) -> Opinion | None:
        """Stores the outcome of a second opinion, in one transaction; the page stays as it is.

        It replaces an earlier one of the same engine on the same part. When there is no new
        reading the earlier one stays, with the attempts that failed now.

        Args:
            document_id: In the session.
            page: From 1.
            asked: Name of the engine.
            reading: None when it failed.
            attempts: Of this reading, oldest first.
            width: Of the rendered page in pixels.
            height: Likewise.
            box: The part that was read; None: all of the page.

        Returns:
            The opinion as stored, or None when its document is no longer in the session.
        """
        with self._file.writing() as connection:
            if not document_table.has_document(connection, document_id):
                return None
            before = opinion_table.stored_opinion(
                self._file, document_id, page, asked=asked, box=box
            )
            opinion = opinion_table.later_opinion(
                before,
                number=page,
                asked=asked,
                reading=reading,
                attempts=attempts,
                width=width,
                height=height,
                box=box,
            )
            opinion_table.write_opinion(connection, document_id, opinion)
            failure_table.log_failures(connection, document_id, page, attempts)
        return opinion

    def opinions(self, document_id: int, number: int) -> tuple[Opinion, ...]:
        """The second opinions on a page and its parts, in the order they were stored."""
        return opinion_table.stored_opinions(self._file, document_id, number)

    def remove_opinion(
        self, document_id: int, number: int, *, asked: str, box: Box | None = None
    ) -> None:
        """Forgets the second opinion of an engine on a page, or on a part of it."""
        with self._file.writing() as connection:
            opinion_table.delete_opinion(connection, document_id, number, asked=asked, box=box)

    # Failures

    def failures(self) -> Iterator[StoredFailure]:
        """Every attempt that failed, in the order they were stored, fetched a few at a time.

        Those of pages that were read again since, and of second opinions, are among them.
        """
        return failure_table.logged_failures(self._file)

    def tries(self) -> Iterator[StoredTries]:
        """What was tried at every reading of every page, successes too; see ``stored_tries``."""
        return stored_tries(self._file)

    # Waiting pages

    def queue_pages(self, document_id: int, numbers: Iterable[int], *, plan: QueuedPlan) -> None:
        """Puts pages at the end of the queue; one that waits already keeps its place."""
        with self._file.writing() as connection:
            queue_table.add_waiting(connection, document_id, numbers, plan)

    def unqueue(self, document_id: int | None = None) -> None:
        """Empties the queue (of one document); its pages are what they were before."""
        with self._file.writing() as connection:
            if document_id is None:
                queue_table.empty_queue(connection)
            else:
                queue_table.delete_waiting(connection, document_id)

    def queued(self) -> tuple[QueuedPage, ...]:
        """The waiting pages in order."""
        return queue_table.waiting_pages(self._file)
