"""What the window works on: the documents of the session and the threads that serve them."""

from __future__ import annotations

import logging
from collections import defaultdict
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from textlift.content.page import PageEdit, PageRecord
from textlift.content.reading import PageReading
from textlift.documents.messages import DocumentFailure, DocumentInfo
from textlift.sessions.stored import PageSummary, QueuedPage, StoredDocument
from textlift.ui.in_turns import InTurns
from textlift.ui.incoming import Incoming, pasted_folder
from textlift.ui.listed_document import ListedDocument
from textlift.ui.page_tally import PageTally
from textlift.ui.reader_thread import PageKey, PageWish, ReaderThread
from textlift.ui.session_thread import SessionThread
from textlift.ui.unsaved_edits import UnsavedEdits

if TYPE_CHECKING:
    from textlift.sessions.store import SessionStore
    from textlift.settings import Folders

log = logging.getLogger(__name__)

_Restored = tuple[tuple[tuple[StoredDocument, dict[int, PageSummary]], ...], tuple[QueuedPage, ...]]


class Workspace(QObject):
    """The documents in the window, in order; opens, remembers and removes them.

    Signals:
        coming_in: Documents are about to be listed or opened: what they need has to be there.
        restored: The documents of the last session are here; the pages that still wait.
        added: A document came in: its id.
        already_here: A file was dropped that is open: its document's id.
        removed: A document went: its id.
        page_changed: A ``PageKey`` whose state is another.
        document_changed: Id of a document of which many pages changed.
        unlocked: Id of a document whose password is known now.
        password_wanted: Path of a file, and whether a password was tried and was wrong.
        opening: How many files are still to be looked at.
        not_opened: A sentence for each file that cannot be opened: title, sentence.
        session_problem: A sentence: something could not be read from the session, or not be kept.
        page_drawn: ``PageKey``, ``QImage``.
        page_not_drawn: ``PageKey``, sentence.

    Attributes:
        tally: Counts the pages of all documents.
        session_path: Of the session's file; empty until it is open.
    """

    coming_in = Signal()
    restored = Signal(object)
    added = Signal(int)
    already_here = Signal(int)
    removed = Signal(int)
    page_changed = Signal(object)
    document_changed = Signal(int)
    unlocked = Signal(int)
    password_wanted = Signal(str, bool)
    opening = Signal(int)
    not_opened = Signal(str, str)
    session_problem = Signal(str)
    page_drawn = Signal(object, object)
    page_not_drawn = Signal(object, str)

    def __init__(self, folders: Folders, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.folders = folders
        self.session = SessionThread(folders.session_file, self)
        self.reader = ReaderThread(folders.page_cache, self)
        self.tally = PageTally()
        self.session_path = ""
        self._documents: dict[int, ListedDocument] = {}
        self._by_path: defaultdict[str, dict[int, ListedDocument]] = defaultdict(dict)
        self._turns = InTurns(self)
        self._opening = 0
        self._locked: dict[str, list[Callable[[bool], None]]] = {}
        self._kept_waiting: list[Incoming] | None = []
        self.session.opened.connect(self._on_session_opened)
        self.session.failed.connect(self.session_problem)
        self.edits = UnsavedEdits(self.session, self)
        self.edits.failed.connect(self.session_problem)
        self.reader.found.connect(self._on_found)
        self.reader.opened.connect(self._on_opened)
        self.reader.not_opened.connect(self._on_not_opened)
        self.reader.saved.connect(lambda path: self.reader.find((path,)))
        self.reader.not_saved.connect(self._on_not_saved)
        self.reader.page_drawn.connect(self.page_drawn)
        self.reader.page_not_drawn.connect(self._on_page_not_drawn)

    def start(self) -> None:
        """Starts the threads and brings back the last session."""
        self.session.start()
        self.reader.start()
        self.session.ask(_everything, self._on_everything, essential=True)

    def close(self) -> None:
        """Ends the threads; what was asked of the session before is done first."""
        self.reader.close()
        self.edits.try_all()
        self.session.close()

    # Documents

    def __iter__(self) -> Iterator[ListedDocument]:
        return iter(self._documents.values())

    def __len__(self) -> int:
        return len(self._documents)

    def __contains__(self, document_id: int) -> bool:
        return document_id in self._documents

    @property
    def is_restored(self) -> bool:
        """Whether the documents of the last session are here."""
        return self._kept_waiting is None

    @property
    def opening_count(self) -> int:
        """Files that are still to be looked at."""
        return self._opening

    def document(self, document_id: int) -> ListedDocument:
        """A document by its id.

        Raises:
            KeyError: It is not, or no longer, here.
        """
        return self._documents[document_id]

    def get(self, document_id: int) -> ListedDocument | None:
        """A document by its id, or None."""
        return self._documents.get(document_id)

    def take(self, incoming: Incoming) -> None:
        """Opens what was dropped or pasted."""
        if self._kept_waiting is not None:
            # The last session's documents come first, so that a file is not listed twice.
            self._kept_waiting.append(incoming)
            return
        self.coming_in.emit()
        if incoming.paths:
            self._count_opening(1)
            self.reader.find(incoming.paths)
        elif incoming.image is not None:
            self._count_opening(1)
            self.reader.save(incoming.image, pasted_folder(self.folders))

    def open_with_password(self, path: str, password: str) -> None:
        """Tries a file again that needs a password."""
        self._count_opening(1)
        self.reader.open(path, password=password)

    def give_up_password(self, path: str) -> None:
        """The user has no password for the file."""
        for then in self._locked.pop(path, []):
            then(False)

    def unlock(self, document: ListedDocument, then: Callable[[bool], None]) -> None:
        """Makes sure that a document of an earlier session can be opened, asking for a password.

        Args:
            document: Of this workspace.
            then: Told whether it can be opened as far as its password goes.
        """
        if document.checked:
            then(True)
            return
        waiting = self._locked.setdefault(document.info.path, [])
        waiting.append(then)
        if len(waiting) == 1:
            self.open_with_password(document.info.path, document.password)

    def remove(self, *document_ids: int) -> None:
        """Takes documents out of the session; their files stay.

        Many go a few at a time, the last first.
        """
        here = [number for number in document_ids if number in self._documents]
        if not here:
            return
        self.session.ask(lambda store: store.remove_documents(here))
        self._turns.go_through(map(self._remove, reversed(here)))

    def _remove(self, document_id: int) -> None:
        document = self._documents.pop(document_id, None)
        if document is None:
            return
        document.tally.leave()
        del self._by_path[document.info.path][document_id]
        self.reader.forget(document_id)
        self.removed.emit(document_id)

    # Pages

    def draw(self, key: PageKey) -> None:
        """Asks for the picture of a page."""
        document = self._documents.get(key.document_id)
        if document is not None:
            self.reader.draw(PageWish(key=key, document=document.info, password=document.password))

    def fetch(self, key: PageKey, then: Callable[[PageRecord], None]) -> None:
        """Asks for the record of a page."""
        self.session.ask(
            lambda store: store.page(key.document_id, key.page),
            lambda record: then(self.edits.latest(key, record)),
        )

    def keep_edit(self, key: PageKey, edit: PageEdit | None) -> None:
        """Stores the user's version of a page's text."""
        self.edits.keep(key, edit)

    def keep_ticked(
        self,
        key: PageKey,
        ticked: tuple[int, ...],
        *,
        of: PageReading,
        then: Callable[[PageRecord], None],
    ) -> None:
        """Stores which warnings of a page the user has ticked off.

        Args:
            key: The page.
            ticked: All of them, as indices into the reading's warnings.
            of: The reading they belong to; where the page was read again, nothing is stored.
            then: Gets the page as it is after that.
        """

        def tick(store: SessionStore) -> PageRecord:
            before = store.page(key.document_id, key.page)
            if before.reading != of:
                return before
            return store.set_ticked(key.document_id, key.page, ticked)

        def done(record: PageRecord) -> None:
            self.take_record(key, record)
            then(record)

        self.session.ask(tick, done)

    def keep_rotation(self, key: PageKey, degrees: int | None) -> None:
        """Stores how the user turned a page."""
        self.session.ask(lambda store: store.set_rotation(key.document_id, key.page, degrees))
        document = self._documents.get(key.document_id)
        if document is not None and not document.known(key.page):
            document.set_summary(key.page, document.summary(key.page))

    def take_record(self, key: PageKey, record: PageRecord) -> None:
        """Takes note of a page that was just read."""
        self.edits.forget(key)
        document = self._documents.get(key.document_id)
        if document is None:
            return
        failures = sum(attempt.failure is not None for attempt in record.attempts)
        document.set_summary(
            key.page,
            PageSummary(state=record.state, warnings=len(record.to_check), failures=failures),
        )
        self.page_changed.emit(key)

    def mark_queued(self, document_id: int, pages: list[int]) -> None:
        """Takes note of pages that wait to be read now."""
        document = self._documents.get(document_id)
        if document is not None:
            document.queue(pages)
            self.document_changed.emit(document_id)

    def refresh_states(self) -> None:
        """Asks the session where every page stands, such as after the queue was emptied."""
        self.session.ask(lambda store: store.all_page_states(), self._on_states)

    # Answers

    def _on_session_opened(self, path: str) -> None:
        self.session_path = path

    def _on_everything(self, everything: _Restored) -> None:
        self._turns.go_through(self._restore(everything))

    def _restore(self, everything: _Restored) -> Iterator[None]:
        documents, queued = everything
        if documents:
            self.coming_in.emit()
        for stored, states in documents:
            self._list(ListedDocument(stored, summaries=states, among=self.tally))
            yield
        waiting, self._kept_waiting = self._kept_waiting, None
        self.restored.emit(queued)
        for incoming in waiting or ():
            self.take(incoming)

    def _list(self, document: ListedDocument) -> None:
        self._documents[document.id] = document
        self._by_path[document.info.path][document.id] = document
        self.added.emit(document.id)

    def _on_states(self, states: dict[int, dict[int, PageSummary]]) -> None:
        changed = [
            document_id
            for document_id, summaries in states.items()
            if (document := self._documents.get(document_id)) is not None
            and document.set_summaries(summaries)
        ]
        self._turns.go_through(map(self.document_changed.emit, changed))

    def _on_found(self, paths: tuple[str, ...], problems: tuple[str, ...]) -> None:
        self._count_opening(len(paths))
        for path in paths:
            self.reader.open(path)
        for sentence in problems:
            self.not_opened.emit("", sentence)
        if not paths and not problems:
            self.not_opened.emit("", "There are no documents in this folder.")
        self._count_opening(-1)

    def _on_opened(self, path: str, info: DocumentInfo, password: str) -> None:
        self._count_opening(-1)
        waiting = self._locked.pop(path, None)
        same = list(self._by_path[info.path].values())
        for document in same:
            document.checked = True
            if document.password != password:
                document.password = password
                self.unlocked.emit(document.id)
        if waiting is not None:
            for then in waiting:
                then(True)
            return
        here = [document for document in same if document.info.fingerprint == info.fingerprint]
        if here:
            self.already_here.emit(here[0].id)
            return
        title = file_title(path)
        self.session.ask(
            lambda store: store.add_document(info, title=title),
            lambda stored: self._on_stored(stored, password),
        )

    def _on_stored(self, stored: StoredDocument, password: str) -> None:
        self._list(ListedDocument(stored, password=password, checked=True, among=self.tally))

    def _on_not_opened(self, path: str, failure: DocumentFailure, sentence: str) -> None:
        self._count_opening(-1)
        if failure in {DocumentFailure.NEEDS_PASSWORD, DocumentFailure.WRONG_PASSWORD}:
            self.password_wanted.emit(path, failure is DocumentFailure.WRONG_PASSWORD)
            return
        log.info("a file could not be opened: %s", failure.value)
        waiting = self._locked.pop(path, None)
        if waiting is None:
            self.not_opened.emit(file_title(path), sentence)
            return
        # The document is in the list already: each of its pages says what is wrong.
        for then in waiting:
            then(True)

    def _on_not_saved(self, sentence: str) -> None:
        self._count_opening(-1)
        self.not_opened.emit("", sentence)

    def _on_page_not_drawn(self, key: PageKey, failure: DocumentFailure, sentence: str) -> None:
        document = self._documents.get(key.document_id)
        self.page_not_drawn.emit(key, sentence)
        if document is not None and failure is DocumentFailure.NEEDS_PASSWORD:
            document.checked = False
            self.unlock(document, lambda _: None)

    def _count_opening(self, change: int) -> None:
        self._opening += change
        self.opening.emit(self._opening)


def file_title(path: str) -> str:
    """How a file is called in the window."""
    from textlift.exports.file_names import printable

    return printable(Path(path).name or path)


def _everything(store: SessionStore) -> _Restored:
    states = store.all_page_states()
    documents = tuple((document, states[document.id]) for document in store.documents())
    return documents, store.queued()
