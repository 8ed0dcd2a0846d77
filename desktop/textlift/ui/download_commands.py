"""Opens the window with the models, asks about licences, and asks before downloads are ended."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication, QMessageBox, QWidget

from textlift.models.catalogue import ModelEntry
from textlift.settings import Settings
from textlift.ui.notices import Notice

if TYPE_CHECKING:
    from textlift.ui.downloads import DownloadsView
    from textlift.ui.engine_states import EngineStates
    from textlift.ui.main_window import MainWindow
    from textlift.ui.model_commands import ModelCommands
    from textlift.ui.models_window import ModelsWindow


class DownloadCommands(QObject):
    """What the window has to do with downloads.

    Signals:
        settings_wanted: ``Settings`` with what the user chose here.
        settings_dialog_wanted: The user wants to see the settings of downloads.
    """

    settings_wanted = Signal(object)
    settings_dialog_wanted = Signal()

    def __init__(
        self,
        window: MainWindow,
        *,
        downloads: DownloadsView,
        models: ModelCommands,
        states: EngineStates,
        settings: Settings,
    ) -> None:
        super().__init__(window)
        self.window_ = window
        self.downloads = downloads
        self._models = models
        self._states = states
        self._settings = settings
        self._manager: ModelsWindow | None = None
        downloads.settings_wanted.connect(self.settings_wanted)
        downloads.licence_wanted.connect(self._ask_licence)
        downloads.disk_changed.connect(models.ask_states)
        downloads.progressed.connect(self._on_progressed)
        downloads.problem.connect(self._on_problem)
        told = window.status.downloads
        told.clicked.connect(lambda *_: self.open_models(told.shown))
        window.models.manager_wanted.connect(self.open_models)

    def use_settings(self, settings: Settings) -> None:
        """Takes note of other settings, and of models that came or went with them."""
        self._settings = settings
        self.downloads.use_settings(settings)
        if self.downloads.use_registry(self._models.registry) and self._manager is not None:
            self._manager.show_models(self._models.registry)
        if self._manager is not None:
            self._manager.use_settings(settings)

    def open_models(self, name: str = "") -> ModelsWindow:
        """Shows the window with the models.

        Args:
            name: Of the model to show; empty: the one shown last.
        """
        if self._manager is None:
            from textlift.ui.models_window import ModelsWindow

            self._manager = ModelsWindow(
                self.downloads,
                registry=self._models.registry,
                states=self._states,
                settings=self._settings,
                parent=self.window_,
            )
            self._manager.use_wanted.connect(self._models.choose)
            self._manager.settings_wanted.connect(self.settings_dialog_wanted)
        self._models.ask_states()
        self._manager.open_at(name)
        return self._manager

    def close(self) -> None:
        """Ends what the window with the models does in threads."""
        if self._manager is not None:
            self._manager.end()

    def may_close(self) -> bool:
        """Whether the program can be closed now; asks where that would stop a download."""
        application = QGuiApplication.instance()
        ends = isinstance(application, QGuiApplication) and application.isSavingSession()
        if ends or not self.downloads.getting:
            return True
        getting = [one.title for one in self.downloads.getting]
        text = (
            f"{getting[0]} is being downloaded."
            if len(getting) == 1
            else f"{len(getting)} models are being downloaded."
        )
        box = QMessageBox(self.window_)
        box.setIcon(QMessageBox.Icon.Question)
        box.setWindowTitle("Downloads")
        box.setTextFormat(Qt.TextFormat.PlainText)
        box.setText(text)
        box.setInformativeText("What has been fetched is kept; you can go on with it next time.")
        close = box.addButton("&Pause and close", QMessageBox.ButtonRole.AcceptRole)
        stay = box.addButton("&Keep going", QMessageBox.ButtonRole.RejectRole)
        box.setDefaultButton(stay)
        box.setEscapeButton(stay)

        def answered() -> None:
            box.deleteLater()
            if box.clickedButton() is close:
                self.window_.close_unasked()

        box.finished.connect(answered)
        box.open()
        return False

    def _ask_licence(self, model: ModelEntry) -> None:
        from textlift.ui.licence_question import ask_licence

        ask_licence(
            self._front(),
            model,
            accept=lambda: self.downloads.accept_licence(model.name),
            decline=lambda: self.downloads.decline_licence(model.name),
        )

    def _front(self) -> QWidget:
        """The window that the user works in: that of the models, or this one."""
        manager = self._manager
        if manager is not None and manager is QApplication.activeWindow():
            return manager
        return self.window_

    def _on_progressed(self) -> None:
        self.window_.status.downloads.show_downloads(self.downloads.downloads())

    def _on_problem(self, sentence: str) -> None:
        self.window_.board.post("downloads", Notice(kind="warning", text=sentence))
