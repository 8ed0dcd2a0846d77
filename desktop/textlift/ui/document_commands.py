"""Opening, restoring and removing documents."""

from __future__ import annotations

from collections.abc import Container, Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject
from PySide6.QtGui import QGuiApplication

from textlift.content.page import PageState
from textlift.shipped import sample_document
from textlift.ui.incoming import Incoming, take
from textlift.ui.notices import PAGES, Notice
from textlift.ui.questions import ask
from textlift.ui.reader_thread import PageKey
from textlift.ui.workspace import file_title

if TYPE_CHECKING:
    from textlift.sessions.stored import QueuedPage
    from textlift.ui.listed_document import ListedDocument
    from textlift.ui.main_window import MainWindow

_EXPAND_UP_TO = 300
"""Pages; a longer document is listed closed when it comes in."""
_OPENABLE = (
    "Documents (*.pdf *.png *.jpg *.jpeg *.webp *.bmp *.gif *.tif *.tiff *.heic *.heif *.avif)"
)


class DocumentCommands(QObject):
    """Brings documents into the window and takes them out."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self.window_ = window
        self._workspace = workspace = window.workspace
        self._reading = window.reading
        self._problems: list[str] = []
        self._restoring = not workspace.is_restored
        self._was_opening = False
        self._show_next = False
        window.tree.remove_wanted.connect(self.remove)
        workspace.restored.connect(self._on_restored)
        workspace.added.connect(self._on_added)
        workspace.already_here.connect(lambda number: window.tree.show_page(PageKey(number, 1)))
        workspace.removed.connect(self._on_removed)
        workspace.opening.connect(self._on_opening)
        workspace.not_opened.connect(self._on_not_opened)
        workspace.password_wanted.connect(self._on_password_wanted)

    def open_files(self) -> None:
        """Asks for files and opens them."""
        from PySide6.QtWidgets import QFileDialog

        paths, _ = QFileDialog.getOpenFileNames(
            self.window_, "Open documents", "", f"{_OPENABLE};;All files (*)"
        )
        self._workspace.take(Incoming(paths=tuple(paths)))

    def open_folder(self) -> None:
        """Asks for a folder and opens every document in it."""
        from PySide6.QtWidgets import QFileDialog

        path = QFileDialog.getExistingDirectory(self.window_, "Open a folder")
        if path:
            self._workspace.take(Incoming(paths=(path,)))

    def open_sample(self) -> None:
        """Opens the document that comes with Textlift."""
        self._workspace.take(Incoming(paths=(str(sample_document()),)))

    def paste(self) -> None:
        """Opens what is on the clipboard."""
        incoming = take(QGuiApplication.clipboard().mimeData())
        if incoming:
            self._workspace.take(incoming)
        else:
            self.window_.status.say("There is no image and no file on the clipboard.")

    def remove(self) -> None:
        """Takes the selected documents out of the list, after asking when they were read."""
        documents = [
            document
            for number in self.window_.tree.chosen_documents()
            if (document := self._workspace.get(number)) is not None
        ]
        if not documents:
            return
        read = [one for one in documents if one.count(PageState.DONE, PageState.WARNED)]
        if not read:
            self._remove(documents)
            return
        what = f"“{documents[0].title}”" if len(documents) == 1 else f"{len(documents)} documents"
        ask(
            self.window_,
            title="Remove from the list",
            text=f"Remove {what} from the list?",
            more="The text that was read and your changes to it are lost. "
            "The files stay where they are.",
            yes="Remove",
            then=lambda: self._remove(documents),
        )

    def _remove(self, documents: Sequence[ListedDocument]) -> None:
        going = {document.id for document in documents}
        here = self.window_.current.key
        if here is not None and here.document_id in going:
            # At once to one that stays, not to each that is about to go.
            self._show_one_that_stays(here.document_id, going)
        self._workspace.remove(*going)

    def _show_one_that_stays(self, document_id: int, going: Container[int]) -> None:
        numbers = [document.id for document in self._workspace]
        place = numbers.index(document_id)
        stays = (one for one in (*numbers[place:], *numbers[:place][::-1]) if one not in going)
        tree = self.window_.tree
        tree.clearSelection()
        tree.setCurrentIndex(self.window_.model.document_index(next(stays, 0)))

    def _on_restored(self, queued: Sequence[QueuedPage]) -> None:
        self._restoring = False
        first = next(iter(self._workspace), None)
        if first is not None:
            self.window_.tree.show_page(PageKey(first.id, 1))
            self.window_.tree.show_page(self.window_.last_page())
        if queued:
            self._offer_to_go_on(queued)

    def _offer_to_go_on(self, queued: Sequence[QueuedPage]) -> None:
        left = len(queued)
        titles = {page.document_id for page in queued}
        document = self._workspace.get(queued[0].document_id)
        if document is not None and len(titles) == 1 and document.page_count > 1:
            text = (
                f"“{document.title}” was being read when Textlift was closed: "
                f"{document.page_count - left:,} of {document.page_count:,} pages are done."
            )
        else:
            pages = "1 page waits" if left == 1 else f"{left:,} pages wait"
            text = f"{pages} to be read since Textlift was closed."
        self.window_.board.post(
            "resume",
            Notice(kind="info", text=text),
            (
                ("Go on", lambda: self._reading.resume(queued)),
                ("Leave it", self._reading.forget_waiting),
            ),
        )

    def _on_added(self, document_id: int) -> None:
        document = self._workspace.document(document_id)
        self.window_.show_empty(empty=False)
        if 1 < document.page_count <= _EXPAND_UP_TO:
            self.window_.tree.expand(self.window_.model.document_index(document_id))
        if not self._restoring:
            if self._show_next:
                self._show_next = False
                self.window_.tree.show_page(PageKey(document_id, 1))
            self._reading.read_new(document)

    def _on_removed(self, document_id: int) -> None:  # noqa: ARG002
        if not len(self._workspace):
            self.window_.show_empty(empty=True)
            self.window_.board.withdraw_all(PAGES)
            self.window_.board.withdraw("resume")

    def _on_opening(self, count: int) -> None:
        if count and not self._was_opening:
            # The first document of what was dropped is shown; the others only come in.
            self._show_next = True
            self._problems.clear()
        self._was_opening = bool(count)

    def _on_not_opened(self, title: str, sentence: str) -> None:
        self._problems.append(f"{title}: {sentence}" if title else sentence)
        if len(self._problems) == 1:
            notice = Notice(kind="error", text=self._problems[0])
        else:
            notice = Notice(
                kind="error",
                text=f"{len(self._problems)} files could not be opened.",
                details="\n".join(self._problems),
            )
        self.window_.board.post("opening", notice)

    def _on_password_wanted(self, path: str, wrong: bool) -> None:
        from textlift.ui.password_dialog import PasswordDialog

        dialog = PasswordDialog(file_title(path), wrong=wrong, parent=self.window_)
        dialog.accepted.connect(lambda: self._workspace.open_with_password(path, dialog.password))
        dialog.rejected.connect(lambda: self._workspace.give_up_password(path))
        dialog.open()
