"""What the window's actions do."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec
from PySide6.QtCore import QObject, QTimer
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QFileDialog, QMessageBox

from textlift.content.page import PageState
from textlift.content.text_lines import page_text
from textlift.exports.file_names import printable
from textlift.settings import Settings, SettingsError, save_settings
from textlift.shipped import sample_document
from textlift.ui.exporting import ExportOrder, ExportPart, ExportScope, ExportThread
from textlift.ui.incoming import Incoming, take
from textlift.ui.notices import Notice
from textlift.ui.questions import ask
from textlift.ui.reader_thread import PageKey
from textlift.ui.reading import engine_options

if TYPE_CHECKING:
    from textlift.engines.registry import Registry
    from textlift.sessions.stored import QueuedPage
    from textlift.ui.engine_states import EngineStates
    from textlift.ui.listed_document import ListedDocument
    from textlift.ui.main_window import MainWindow

_TICK_MS = 1000
_EXPAND_UP_TO = 300
"""Pages; a longer document is listed closed when it comes in."""
_OPENABLE = (
    "Documents (*.pdf *.png *.jpg *.jpeg *.webp *.bmp *.gif *.tif *.tiff *.heic *.heif *.avif)"
)


class Commands(QObject):
    """Does what the actions of a window say, and keeps them enabled only where they can."""

    def __init__(
        self,
        window: MainWindow,
        *,
        registry: Registry,
        settings: Settings,
        states: EngineStates,
    ) -> None:
        super().__init__(window)
        self.window_ = window
        self.settings = settings
        self._registry = registry
        self._states = states
        self._workspace = window.workspace
        self._reading = window.reading
        self._exports: list[ExportThread] = []
        self._problems: list[str] = []
        self._restoring = True
        self._was_opening = False
        self._show_next = False
        self._tick = QTimer(self)
        self._tick.setInterval(_TICK_MS)
        self._tick.timeout.connect(self._show_progress)
        self._connect_actions()
        self._connect_parts()
        self._fill_read_with()
        self.refresh()

    # Connections

    def _connect_actions(self) -> None:
        window = self.window_
        view, text = window.page_view, window.text
        does: dict[str, Callable[[], object]] = {
            "open": self.open_files,
            "open-folder": self.open_folder,
            "paste": self.paste,
            "sample": self.open_sample,
            "export": self.export,
            "export-txt": lambda: self.export("txt"),
            "export-md": lambda: self.export("md"),
            "export-json": lambda: self.export("json"),
            "remove": self.remove,
            "quit": window.close,
            "copy-page": self.copy_page,
            "copy-document": lambda: self._copy(ExportScope.DOCUMENT),
            "copy-everything": lambda: self._copy(ExportScope.EVERYTHING),
            "find": self.find,
            "find-next": window.search.find_next,
            "find-previous": window.search.find_previous,
            "settings": self.open_settings,
            "read": self._reading.read_unread,
            "stop": self._reading.stop,
            "read-page": self.read_again,
            "read-document": self.read_document_again,
            "retry-failed": self.retry_failed,
            "choose-model": window.models.setFocus,
            "previous-page": lambda: self._turn_over(-1),
            "next-page": lambda: self._turn_over(1),
            "next-problem": self.go_to_next_problem,
            "fit-page": view.fit_page,
            "fit-width": view.fit_width,
            "actual-size": view.actual_size,
            "zoom-in": view.zoom_in,
            "zoom-out": view.zoom_out,
            "turn-left": lambda: view.turn(-90),
            "turn-right": lambda: view.turn(90),
            "go-documents": window.tree.setFocus,
            "go-page": view.setFocus,
            "go-text": lambda: text.tabs.currentWidget().setFocus(),
            "shortcuts": self.show_shortcuts,
            "about": self.show_about,
        }
        for name, do in does.items():
            window.actions_[name].triggered.connect(lambda *_, do=do: do())
        window.actions_["show-documents"].toggled.connect(window.tree.setVisible)
        window.actions_["show-text"].toggled.connect(text.setVisible)

    def _connect_parts(self) -> None:
        window, workspace, reading = self.window_, self._workspace, self._reading
        workspace.restored.connect(self._on_restored)
        workspace.added.connect(self._on_added)
        workspace.already_here.connect(lambda number: window.tree.show_page(PageKey(number, 1)))
        workspace.removed.connect(self._on_removed)
        workspace.opening.connect(self._on_opening)
        workspace.not_opened.connect(self._on_not_opened)
        workspace.password_wanted.connect(self._on_password_wanted)
        workspace.session_problem.connect(
            lambda sentence: window.board.post("session", Notice(kind="error", text=sentence))
        )
        workspace.page_changed.connect(self.refresh)
        workspace.document_changed.connect(self.refresh)
        reading.changed.connect(self._on_reading_changed)
        reading.progressed.connect(self._show_progress)
        reading.page_started.connect(self._on_page_started)
        reading.noticed.connect(self._on_noticed)
        reading.braked.connect(self._on_braked)
        reading.edits_in_way.connect(self._on_edits_in_way)
        window.models.model_chosen.connect(self._on_model_chosen)
        window.tree.page_chosen.connect(self._on_page_chosen)
        window.page_bar.page_wanted.connect(self._on_page_wanted)
        self._states.known.connect(window.models.show_states)

    def _fill_read_with(self) -> None:
        for entry in self._registry:
            card = entry.card
            action = self.window_.read_with_menu.addAction(card.title)
            action.setToolTip(card.summary)
            action.triggered.connect(lambda *_, name=card.name: self.read_again(model=name))

    # State of the actions

    def refresh(self, *_: object) -> None:
        """Enables what can be done now."""
        actions, workspace = self.window_.actions_, self._workspace
        here = self.window_.current.key
        unread = any(document.count(PageState.UNREAD, PageState.FAILED) for document in workspace)
        failed = any(document.count(PageState.FAILED) for document in workspace)
        actions.enable(("read",), unread)
        actions.enable(("stop",), self._reading.active and not self._reading.stopping)
        actions.enable(("retry-failed",), failed)
        actions.enable(("next-problem",), len(workspace) > 0)
        actions.enable(
            ("export", "export-txt", "export-md", "export-json", "copy-everything", "find",
             "find-next", "find-previous"),
            len(workspace) > 0,
        )  # fmt: skip
        actions.enable(
            ("remove", "copy-page", "copy-document", "read-page", "read-document", "fit-page",
             "fit-width", "actual-size", "zoom-in", "zoom-out", "turn-left", "turn-right"),
            here is not None,
        )  # fmt: skip
        self.window_.read_with_menu.setEnabled(here is not None)
        document = workspace.get(here.document_id) if here is not None else None
        page, total = (here.page, document.page_count) if here and document else (0, 0)
        actions.enable(("previous-page",), self._neighbour(-1) is not None)
        actions.enable(("next-page",), self._neighbour(1) is not None)
        self.window_.page_bar.show_place(page, total)
        title = f"{document.title} — Textlift" if document is not None else "Textlift"
        self.window_.setWindowTitle(title)

    # Documents

    def open_files(self) -> None:
        """Asks for files and opens them."""
        paths, _ = QFileDialog.getOpenFileNames(
            self.window_, "Open documents", "", f"{_OPENABLE};;All files (*)"
        )
        self._workspace.take(Incoming(paths=tuple(paths)))

    def open_folder(self) -> None:
        """Asks for a folder and opens every document in it."""
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
        for document in documents:
            self._workspace.remove(document.id)

    def _on_restored(self, queued: Sequence[QueuedPage]) -> None:
        self._restoring = False
        first = next(iter(self._workspace), None)
        if first is not None:
            self.window_.tree.show_page(PageKey(first.id, 1))
        if queued:
            self._offer_to_go_on(queued)
        self.refresh()

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
        if document.page_count <= _EXPAND_UP_TO:
            self.window_.tree.expand(self.window_.model.document_index(document_id))
        if not self._restoring:
            if self._show_next:
                self._show_next = False
                self.window_.tree.show_page(PageKey(document_id, 1))
            self._reading.read_new(document)
        self.refresh()

    def _on_removed(self, document_id: int) -> None:  # noqa: ARG002
        if not len(self._workspace):
            self.window_.show_empty(empty=True)
            self.window_.board.withdraw("pages")
            self.window_.board.withdraw("resume")
        self.refresh()

    def _on_opening(self, count: int) -> None:
        if count and not self._was_opening:
            # The first document of what was dropped is shown; the others only come in.
            self._show_next = True
            self._problems.clear()
        self._was_opening = bool(count)
        self._show_progress()

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

        dialog = PasswordDialog(printable(Path(path).name), wrong=wrong, parent=self.window_)
        dialog.accepted.connect(lambda: self._workspace.open_with_password(path, dialog.password))
        dialog.rejected.connect(lambda: self._workspace.give_up_password(path))
        dialog.open()

    # Reading

    def read_again(self, *, model: str = "") -> None:
        """Reads the selected pages again."""
        self.window_.current.flush()
        self._reading.read(self.window_.tree.chosen_pages(), model=model)

    def read_document_again(self) -> None:
        """Reads all pages of the documents with a selected row again."""
        self.window_.current.flush()
        keys = [
            PageKey(number, page + 1)
            for number in self.window_.tree.chosen_documents()
            for page in range(self._workspace.document(number).page_count)
        ]
        self._reading.read(keys)

    def retry_failed(self) -> None:
        """Reads every failed page again."""
        self._reading.read(
            [
                PageKey(document.id, page)
                for document in self._workspace
                for page in document.pages_in(PageState.FAILED)
            ]
        )

    def _on_reading_changed(self) -> None:
        if self._reading.active:
            self._tick.start()
            self.window_.board.withdraw("resume")
        else:
            self._tick.stop()
        self._show_progress()
        self.refresh()

    def _show_progress(self) -> None:
        reading, status = self._reading, self.window_.status
        if reading.stopping:
            status.show_progress(0, 0, "Stopping…")
        elif reading.active:
            words = reading.progress.sentence(time.monotonic())
            if reading.stage:
                words += f" · {reading.stage}"
            status.show_progress(reading.progress.finished, reading.progress.total, words)
        elif self._workspace.opening_count:
            status.show_progress(0, 0, f"Opening {self._workspace.opening_count:,} files…")
        else:
            status.show_progress(0, 0, self._summary())

    def _summary(self) -> str:
        documents = list(self._workspace)
        pages = sum(document.page_count for document in documents)
        if not pages:
            return "Ready"
        read = sum(document.count(PageState.DONE, PageState.WARNED) for document in documents)
        failed = sum(document.count(PageState.FAILED) for document in documents)
        words = f"{read:,} of {pages:,} pages read" if pages > 1 else ("Read" if read else "")
        if failed:
            words = f"{words}, {failed:,} failed" if words else "Failed"
        return words or "Not read yet"

    def _on_page_started(self, key: PageKey) -> None:
        if self.window_.actions_["follow"].isChecked():
            self.window_.tree.show_page(key)

    def _on_noticed(self, notice: Notice) -> None:
        actions: tuple[tuple[str, Callable[[], None]], ...] = ()
        if notice.pages:
            pages = notice.pages
            actions = (
                ("Show", lambda: self.window_.tree.show_page(pages[0])),
                ("Try again", lambda: self._reading.read(pages)),
            )
        self.window_.board.post("pages" if notice.pages else "engines", notice, actions)

    def _on_braked(self, sentence: str) -> None:
        self.window_.board.post(
            "braked",
            Notice(kind="error", text=sentence),
            (("Go on", self._reading.resume_waiting), ("Leave it", self._reading.forget_waiting)),
        )

    def _on_edits_in_way(self, edited: int, total: int, go_on: Callable[[bool], None]) -> None:
        box = QMessageBox(self.window_)
        box.setIcon(QMessageBox.Icon.Question)
        box.setWindowTitle("Read again")
        if total == 1:
            box.setText("You have changed the text of this page.")
            again = "Read it again"
        else:
            pages = "1 page" if edited == 1 else f"{edited:,} pages"
            box.setText(f"You have changed the text of {pages} of these {total:,}.")
            again = "Read all again"
        box.setInformativeText("Reading a page again puts the new text in the place of yours.")
        yes = box.addButton(again, QMessageBox.ButtonRole.DestructiveRole)
        some = None
        if total > edited:
            some = box.addButton("Leave those out", QMessageBox.ButtonRole.AcceptRole)
        box.setDefaultButton(box.addButton(QMessageBox.StandardButton.Cancel))

        def answered() -> None:
            if box.clickedButton() is yes:
                go_on(True)
            elif some is not None and box.clickedButton() is some:
                go_on(False)

        box.finished.connect(answered)
        box.open()

    # Settings

    def _on_model_chosen(self, name: str) -> None:
        self.use_settings(msgspec.structs.replace(self.settings, model=name))

    def use_settings(self, settings: Settings) -> None:
        """Works with these settings from now on, and keeps them."""
        asked_again = engine_options(settings) != engine_options(self.settings)
        self.settings = settings
        self._reading.use_settings(settings)
        self.window_.models.choose(settings.model)
        if asked_again:
            self._states.ask(engine_options(settings))
        try:
            save_settings(settings, self._workspace.folders.settings_file)
        except SettingsError as error:
            self.window_.board.post("settings", Notice(kind="error", text=str(error)))

    def open_settings(self) -> None:
        """Shows the settings."""
        from textlift.ui.settings_dialog import SettingsDialog

        dialog = SettingsDialog(
            self.settings, registry=self._registry, states=self._states, parent=self.window_
        )
        dialog.accepted.connect(lambda: self.use_settings(dialog.settings()))
        dialog.open()

    # Pages

    def _on_page_chosen(self, key: PageKey | None) -> None:  # noqa: ARG002
        self.refresh()

    def _on_page_wanted(self, page: int) -> None:
        here = self.window_.current.key
        if here is not None:
            self.window_.tree.show_page(PageKey(here.document_id, page))
            self.window_.page_view.setFocus()

    def _neighbour(self, step: int) -> PageKey | None:
        here = self.window_.current.key
        document = self._workspace.get(here.document_id) if here is not None else None
        if here is None or document is None:
            return None
        page = here.page + step
        if 1 <= page <= document.page_count:
            return PageKey(document.id, page)
        documents = list(self._workspace)
        place = documents.index(document) + step
        if not 0 <= place < len(documents):
            return None
        other = documents[place]
        return PageKey(other.id, 1 if step > 0 else other.page_count)

    def _turn_over(self, step: int) -> None:
        key = self._neighbour(step)
        if key is not None:
            self.window_.tree.show_page(key)

    def go_to_next_problem(self) -> None:
        """Goes to the next page that failed or has warnings, starting over at the end."""
        pages = [
            PageKey(document.id, page)
            for document in self._workspace
            for page in document.pages_in(PageState.FAILED, PageState.WARNED)
        ]
        if not pages:
            self.window_.status.say("No page has failed, and none has warnings.")
            return
        here = self.window_.current.key
        order = [document.id for document in self._workspace]
        later = [
            key
            for key in pages
            if here is not None
            and (order.index(key.document_id), key.page)
            > (order.index(here.document_id), here.page)
        ]
        self.window_.tree.show_page((later or pages)[0])

    # Text

    def find(self) -> None:
        """Opens the search bar."""
        self.window_.search_bar.focus_field()

    def copy_page(self) -> None:
        """Copies the text of the page shown."""
        record = self.window_.current.record
        text = self.window_.text.current_text() or (page_text(record) if record else "")
        if text:
            QGuiApplication.clipboard().setText(text)
            self.window_.status.say("The text of the page is on the clipboard.")
        else:
            self.window_.status.say("There is no text on this page to copy.")

    def _copy(self, scope: ExportScope) -> None:
        parts = self.parts(scope)
        if parts:
            self.run_export(ExportOrder(exporter="txt", parts=parts))

    def parts(self, scope: ExportScope) -> tuple[ExportPart, ...]:
        """What a scope means now."""
        here = self.window_.current.key
        if scope is ExportScope.EVERYTHING:
            documents = list(self._workspace)
        else:
            one = self._workspace.get(here.document_id) if here is not None else None
            documents = [one] if one is not None else []
        page = here.page if here is not None and scope is ExportScope.PAGE else 0
        return tuple(
            ExportPart(
                document_id=document.id,
                title=document.title,
                path=document.info.path,
                page_count=document.page_count,
                page=page,
            )
            for document in documents
        )

    def export(self, exporter: str = "") -> None:
        """Asks what to export and where, and does it."""
        from textlift.ui.export_dialog import ExportDialog

        self.window_.current.flush()
        dialog = ExportDialog(
            scopes={scope: self.parts(scope) for scope in ExportScope},
            exporter=exporter,
            folder=self.settings.output_folder,
            parent=self.window_,
        )
        dialog.accepted.connect(lambda: self.run_export(dialog.order()))
        dialog.open()

    def run_export(self, order: ExportOrder) -> None:
        """Writes or copies in a thread, after every edit typed so far was stored."""
        self.window_.current.flush()
        self._workspace.session.ask(lambda _: None, lambda _: self._start_export(order))

    def _start_export(self, order: ExportOrder) -> None:
        thread = ExportThread(order, session_path=self._workspace.session.path, parent=self)
        thread.written.connect(self._on_written)
        thread.copied.connect(self._on_copied)
        thread.exists.connect(lambda sentence: self._on_exists(order, sentence))
        thread.not_written.connect(
            lambda sentence: self.window_.board.post("export", Notice(kind="error", text=sentence))
        )
        thread.finished.connect(lambda: self._exports.remove(thread))
        thread.finished.connect(thread.deleteLater)
        self._exports.append(thread)
        self.window_.status.say("Exporting…" if order.target else "Copying…")
        thread.start()

    def _on_written(self, paths: tuple[Path, ...]) -> None:
        from PySide6.QtCore import QUrl
        from PySide6.QtGui import QDesktopServices

        folder = paths[0].parent
        what = str(paths[0]) if len(paths) == 1 else f"{len(paths)} files in {folder}"
        self.window_.board.post(
            "export",
            Notice(kind="info", text=f"Saved {what}."),
            (
                (
                    "Open folder",
                    lambda: _ignore(QDesktopServices.openUrl(QUrl.fromLocalFile(str(folder)))),
                ),
            ),
        )
        self.window_.status.say("Saved.")

    def _on_copied(self, text: str) -> None:
        QGuiApplication.clipboard().setText(text)
        self.window_.status.say("The text is on the clipboard.")

    def _on_exists(self, order: ExportOrder, sentence: str) -> None:
        ask(
            self.window_,
            title="Export",
            text=sentence,
            yes="Replace",
            then=lambda: self.run_export(msgspec.structs.replace(order, overwrite=True)),
        )

    def close(self) -> None:
        """Waits for exports that are being written."""
        for thread in tuple(self._exports):
            thread.wait()

    # Help

    def show_shortcuts(self) -> None:
        """Lists every shortcut."""
        from textlift.ui.help_dialogs import ShortcutsDialog

        ShortcutsDialog(self.window_).open()

    def show_about(self) -> None:
        """Says what Textlift is and where it keeps its files."""
        from textlift.ui.help_dialogs import AboutDialog

        AboutDialog(self._workspace.folders, self.window_).open()


def _ignore(_: object) -> None:
    """Makes a call that answers something into one that does not."""
