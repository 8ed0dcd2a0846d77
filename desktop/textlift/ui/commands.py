"""What the window's actions do, and when they can."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

import msgspec
from PySide6.QtCore import QObject, QTimer

from textlift.content.geometry import Box
from textlift.content.page import PageState
from textlift.settings import Settings, SettingsError, save_settings, without_models
from textlift.ui.actions import PAGE_SHOWN, TEXT_OF_DOCUMENTS
from textlift.ui.alphabet_offer import AlphabetOffer
from textlift.ui.checking_commands import CheckingCommands
from textlift.ui.document_commands import DocumentCommands
from textlift.ui.download_commands import DownloadCommands
from textlift.ui.exporting import ExportScope
from textlift.ui.memory_commands import MemoryCommands
from textlift.ui.model_commands import EngineSource, ModelCommands
from textlift.ui.notices import Notice
from textlift.ui.opinion_commands import OpinionCommands
from textlift.ui.part_commands import PartCommands
from textlift.ui.problem_commands import ProblemCommands
from textlift.ui.read_again_menus import ReadAgainMenus
from textlift.ui.reader_thread import PageKey
from textlift.ui.reading_commands import ReadingCommands
from textlift.ui.text_commands import TextCommands

if TYPE_CHECKING:
    from textlift.engines.registry import Registry
    from textlift.ui.downloads import DownloadsView
    from textlift.ui.engine_states import EngineStates
    from textlift.ui.main_window import MainWindow
    from textlift.ui.settings_dialog import SettingsDialog

_DIFFERENCES = ("next-difference", "previous-difference")


class Commands(QObject):
    """Does what the actions of a window say, and keeps them enabled only where they can."""

    def __init__(
        self,
        window: MainWindow,
        *,
        engines: EngineSource,
        registry: Registry,
        settings: Settings,
        states: EngineStates,
        downloads: DownloadsView,
    ) -> None:
        """Connects the actions.

        Args:
            window: Whose actions they are.
            engines: Gives the engines anew when the user's own models change.
            registry: The engines there are now.
            settings: In force now.
            states: Asked again when the engines or their options change.
            downloads: Of models and alphabets.
        """
        super().__init__(window)
        self.window_ = window
        self.settings = settings
        self.documents = DocumentCommands(window)
        self.reading = ReadingCommands(window)
        self.text = TextCommands(window)
        self.checking = CheckingCommands(window)
        self.memory = MemoryCommands(window)
        self.problems = ProblemCommands(
            window,
            downloads=downloads,
            registry=lambda: self.models.registry,
            settings=lambda: self.settings,
            gate=lambda: self.models.gate,
        )
        self.models = ModelCommands(window, engines=engines, registry=registry, states=states)
        self.models.use_downloads(downloads)
        self.opinions = OpinionCommands(window, gate=self.models.gate)
        ReadAgainMenus(window, reading=self.reading, gate=self.models.gate)
        self.parts = PartCommands(window, self.models)
        self.parts.more.append(self.checking.at)
        self.parts.more.append(lambda _point: [window.actions_["second-opinion"]])
        self.downloads = DownloadCommands(
            window, downloads=downloads, models=self.models, states=states, settings=settings
        )
        assert self.models.getting is not None
        self.alphabets = AlphabetOffer(
            self, workspace=window.workspace, downloads=downloads, getting=self.models.getting
        )
        self.reading.offers = self.alphabets.actions
        self._states = states
        self._workspace = window.workspace
        # Pages finish by the dozen: what can be done is looked at once for all of them.
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.setInterval(0)
        self._soon.timeout.connect(self.refresh)
        window.may_close = self.downloads.may_close
        self._connect_actions()
        self._connect_parts()
        self.models.show_settings(settings)
        self.memory.use_settings(settings)
        self.alphabets.use_settings(settings)
        self.refresh()

    def _connect_actions(self) -> None:
        window = self.window_
        view, text = window.page_view, window.text
        does: dict[str, Callable[[], object]] = {
            "open": self.documents.open_files,
            "open-folder": self.documents.open_folder,
            "paste": self.documents.paste,
            "sample": self.documents.open_sample,
            "export": self._export,
            "export-txt": lambda: self._export("txt"),
            "export-md": lambda: self._export("md"),
            "export-json": lambda: self._export("json"),
            "remove": self.documents.remove,
            "quit": window.close,
            "copy-page": self.text.copy_page,
            "copy-document": lambda: self.text.copy(ExportScope.DOCUMENT),
            "copy-everything": lambda: self.text.copy(ExportScope.EVERYTHING),
            "find": window.search_bar.focus_field,
            "find-next": window.search.find_next,
            "find-previous": window.search.find_previous,
            "settings": self.open_settings,
            "read": window.reading.read_unread,
            "stop": self._stop,
            "read-page": self.reading.read_again,
            "read-document": self.reading.read_document_again,
            "second-opinion": self.opinions.open,
            "next-difference": lambda: self.opinions.step(1),
            "previous-difference": lambda: self.opinions.step(-1),
            "retry-failed": self.reading.retry_failed,
            "choose-model": window.models.setFocus,
            "choose-mode": window.modes.setFocus,
            "add-model": self.models.add_folder,
            "models": self.downloads.open_models,
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
            "memory": self.memory.show_details,
            "problems": self.problems.open,
            "save-report": self.problems.save_report,
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
        window, workspace = self.window_, self._workspace
        for signal in (
            workspace.restored,
            workspace.added,
            workspace.removed,
            workspace.page_changed,
            workspace.document_changed,
        ):
            signal.connect(self._soon.start)
        window.reading.changed.connect(self.refresh)
        window.tree.page_chosen.connect(self.refresh)
        self.opinions.changed.connect(self.refresh)
        self.text.changed.connect(self.refresh)
        window.page_bar.page_wanted.connect(self._on_page_wanted)
        self.models.settings_wanted.connect(self.use_settings)
        self.alphabets.list_wanted.connect(self.downloads.open_models)
        self.alphabets.reading_wanted.connect(self.models.read_with_alphabets)
        self.reading.fit_wanted.connect(self.models.gate.make_fit)
        self.memory.idle_setting_wanted.connect(self._open_idle_setting)
        self.downloads.settings_wanted.connect(self.use_settings)
        self.downloads.settings_dialog_wanted.connect(
            lambda: self.open_settings().go_to_downloads()
        )
        self.parts.opinion_wanted.connect(self._on_opinion_wanted)

    def _on_opinion_wanted(self, key: PageKey, engine: str, mode: str, box: Box | None) -> None:
        self.window_.current.flush()
        self.window_.reading.ask_opinion(key, engine, mode=mode, box=box)
        self.opinions.open()

    def refresh(self, *_: object) -> None:
        """Enables what can be done now."""
        actions, workspace = self.window_.actions_, self._workspace
        reading, here = self.window_.reading, self.window_.current.key
        waiting = () if reading.reads_pages else (PageState.QUEUED,)
        to_read = (PageState.UNREAD, PageState.FAILED, *waiting)
        failed = workspace.tally.count(PageState.FAILED) > 0
        actions.enable(("read",), workspace.tally.count(*to_read) > 0)
        reads = reading.active and not reading.stopping
        actions.enable(("stop",), reads or self.text.exporting)
        actions.enable(("retry-failed",), failed)
        actions.enable(TEXT_OF_DOCUMENTS, len(workspace) > 0)
        actions.enable(PAGE_SHOWN, here is not None)
        actions.enable(_DIFFERENCES, self.opinions.has_differences)
        for menu in (self.window_.read_with_menu, self.window_.read_document_with_menu):
            menu.setEnabled(here is not None)
        document = workspace.get(here.document_id) if here is not None else None
        page, total = (here.page, document.page_count) if here and document else (0, 0)
        actions.enable(("previous-page",), self._neighbour(-1) is not None)
        actions.enable(("next-page",), self._neighbour(1) is not None)
        self.window_.page_bar.show_place(page, total)
        title = f"{document.title} — Textlift" if document is not None else "Textlift"
        self.window_.setWindowTitle(title)
        self.checking.refresh()

    def _stop(self) -> None:
        if self.window_.reading.active:
            self.reading.stop()
        self.text.stop()

    def _export(self, exporter: str = "") -> None:
        self.text.export(
            exporter, folder=self.settings.output_folder, note=self.settings.note_checks
        )

    def use_settings(self, settings: Settings) -> None:
        """Works with these settings from now on, and keeps them."""
        self.settings = settings
        self.window_.reading.use_settings(settings)
        self.memory.use_settings(settings)
        self.alphabets.use_settings(settings)
        self.models.show_settings(settings)
        self.downloads.use_settings(settings)
        try:
            save_settings(settings, self._workspace.folders.settings_file)
        except SettingsError as error:
            self.window_.board.post("settings", Notice(kind="error", text=str(error)))

    def _open_idle_setting(self) -> None:
        self.open_settings().go_to_idle_minutes()

    def open_settings(self) -> SettingsDialog:
        """Shows the settings."""
        from textlift.ui.settings_dialog import SettingsDialog

        dialog = SettingsDialog(
            self.settings,
            registry=self.models.registry,
            states=self._states,
            downloads=self.downloads.downloads,
            parent=self.window_,
        )

        def accepted() -> None:
            # A licence may have been accepted in the window with the models meanwhile.
            licences = self.settings.accepted_licences
            settings = msgspec.structs.replace(dialog.settings(), accepted_licences=licences)
            # The model that is read with now stays until it is clear that the other one fits.
            now = msgspec.structs.replace(settings, model=self.settings.model)
            self.use_settings(without_models(now, dialog.models_removed()))
            if settings.model != self.settings.model:
                self.models.choose_anew(settings.model)

        dialog.accepted.connect(accepted)
        dialog.open()
        return dialog

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
        other = self.window_.model.beside(document.id, step)
        if other is None:
            return None
        return PageKey(other.id, 1 if step > 0 else other.page_count)

    def _turn_over(self, step: int) -> None:
        key = self._neighbour(step)
        if key is not None:
            self.window_.tree.show_page(key)

    def go_to_next_problem(self) -> None:
        """Goes to the next page that failed or has warnings, starting over at the end."""
        key = next(self._problems_from(self.window_.current.key), None)
        if key is None:
            self.window_.status.say("No page has failed, and none has warnings.")
        else:
            self.window_.tree.show_page(key)

    def _problems_from(self, here: PageKey | None) -> Iterator[PageKey]:
        """Pages that failed or have warnings: those after this one, then the others and itself."""
        documents = list(self._workspace)
        place = next(
            (row for row, one in enumerate(documents) if here and one.id == here.document_id), 0
        )
        for turn, document in enumerate([*documents[place:], *documents[: place + 1]]):
            if not document.count(PageState.FAILED, PageState.WARNED):
                continue
            for page in document.pages_in(PageState.FAILED, PageState.WARNED):
                if turn or here is None or here.document_id != document.id or page > here.page:
                    yield PageKey(document.id, page)

    def show_shortcuts(self) -> None:
        """Lists every shortcut."""
        from textlift.ui.help_dialogs import ShortcutsDialog

        ShortcutsDialog(self.window_).open()

    def show_about(self) -> None:
        """Says what Textlift is and where it keeps its files."""
        from textlift.ui.help_dialogs import AboutDialog

        AboutDialog(self._workspace.folders, self.window_).open()

    def close(self) -> None:
        """Waits for exports that are being written."""
        self.text.close()
        self.downloads.close()
        self.problems.close()
