"""Choosing the model and how it reads, and adding models of one's own."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec
from PySide6.QtCore import QObject, Signal

from textlift.engines.options import HAVE_ALPHABETS, PP_OCR, engine_options
from textlift.engines.registry import Registry
from textlift.settings import Settings
from textlift.ui.engine_states import Situation
from textlift.ui.fit_gate import FitGate
from textlift.ui.get_and_read import GetAndRead
from textlift.ui.notices import Notice

if TYPE_CHECKING:
    from textlift.engines.contract import Availability
    from textlift.models.fit import Fit
    from textlift.settings import Saving
    from textlift.ui.downloads import DownloadsView
    from textlift.ui.engine_states import EngineStates
    from textlift.ui.main_window import MainWindow
    from textlift.ui.reader_thread import PageKey

EngineSource = Callable[[Settings], Registry]
"""Gives the engines there are under some settings; the user's own models are among them."""


class ModelCommands(QObject):
    """Keeps the list of models and the box of modes up to date.

    Signals:
        settings_wanted: ``Settings`` with what the user chose here.

    Attributes:
        registry: The engines there are now.
        gate: Asks about models that do not fit.
        getting: Gets models that are not here; None before ``use_downloads``.
    """

    settings_wanted = Signal(object)

    def __init__(
        self,
        window: MainWindow,
        *,
        engines: EngineSource,
        registry: Registry,
        states: EngineStates,
    ) -> None:
        super().__init__(window)
        self.window_ = window
        self.registry = registry
        self._engines = engines
        self._states = states
        self._settings: Settings | None = None
        self._alphabets: tuple[str, ...] = ()
        self._to_choose = ""
        self.gate = FitGate(window, states, registry)
        self.getting: GetAndRead | None = None
        self.gate.saving_chosen.connect(self._on_saving_chosen)
        self.gate.model_wanted.connect(self.choose_or_get)
        self.gate.states_wanted.connect(self.ask_states)
        self.gate.reading_wanted.connect(self._read)
        window.models.model_chosen.connect(self.choose)
        window.models.folder_wanted.connect(self.add_folder)
        window.models.opened.connect(self.ask_states)
        window.modes.mode_chosen.connect(self._on_mode_chosen)
        states.known.connect(self._on_states)
        states.fits_known.connect(self._on_fits)
        self._tell_problems()

    def use_downloads(self, downloads: DownloadsView) -> None:
        """Gets models that are not on this computer through these."""
        self.getting = GetAndRead(self.window_, downloads=downloads, gate=self.gate)
        self.getting.model_wanted.connect(self._use_model)
        self.getting.reading_wanted.connect(self._read)
        self.getting.alphabet_came.connect(self.read_with_alphabets)
        downloads.disk_changed.connect(self._on_disk_changed)

    def choose_or_get(self, name: str) -> None:
        """Chooses a model that is here; gets another one first, to read with it."""
        row = self.window_.models.items.model_row(name)
        if row is not None and not row.ready and self.getting is not None:
            self.getting.get(name)
        else:
            self._use_model(name)

    def show_settings(self, settings: Settings) -> None:
        """Shows what is chosen; asks for the engines and their states again where need be."""
        before, self._settings = self._settings, settings
        self._alphabets = engine_options(settings).alphabets
        new_models = before is not None and settings.model_folders != before.model_folders
        if new_models:
            self._use_registry(self._engines(settings))
        first = self.window_.reading.first_model
        self.window_.models.choose(first)
        modes = self.registry.entry(first).card.modes
        self.window_.show_modes(modes, chosen=settings.modes.get(first, ""))
        _, gone = self.registry.chosen_or_first(settings.model)
        if gone:
            self.window_.board.post("model-gone", Notice(kind="warning", text=gone))
        else:
            self.window_.board.withdraw("model-gone")
        if before is not None and (
            new_models or engine_options(settings) != engine_options(before)
        ):
            self.ask_states()

    def add_folder(self) -> None:
        """Asks for a folder with a model and adds it."""
        from PySide6.QtWidgets import QFileDialog

        path = QFileDialog.getExistingDirectory(self.window_, "Add a model folder")
        if path:
            self.take_folder(Path(path))

    def take_folder(self, folder: Path) -> None:
        """Adds a folder with a model and chooses that; says what is wrong with another one."""
        from textlift.models.model_folder import ModelFolderError
        from textlift.ui.model_folders import check_model_folder

        assert self._settings is not None
        settings = self._settings
        folder = folder.absolute()
        try:
            check_model_folder(folder)
        except ModelFolderError as error:
            self.window_.board.post("models", Notice(kind="error", text=str(error)))
            return
        if str(folder) not in settings.model_folders:
            settings = msgspec.structs.replace(
                settings, model_folders=(*settings.model_folders, str(folder))
            )
        registry = self._engines(settings)
        name = next(name for name, where in _folders(registry) if where == folder)
        self.window_.board.withdraw("models")
        if settings is self._settings and name not in self.registry:
            # A folder that was not there when the models were looked for is there again.
            self._use_registry(registry)
            self.ask_states()
        self.settings_wanted.emit(msgspec.structs.replace(settings, model=name))

    def ask_states(self) -> None:
        """Has the engines say anew whether they can be used: what they need may be there now."""
        assert self._settings is not None
        self._states.ask(
            engine_options(self._settings), registry=self.registry, situation=self._situation()
        )

    def _situation(self) -> Situation:
        return Situation(
            page_pixels=self.window_.current.pixels,
            loaded=self.window_.reading.thread_.loaded(),
        )

    def _use_registry(self, registry: Registry) -> None:
        self.registry = registry
        self.gate.use_registry(registry)
        self.window_.reading.use_registry(registry)
        self.window_.models.show_registry(registry)
        self._tell_problems()

    def _tell_problems(self) -> None:
        if self.registry.problems:
            first, *others = self.registry.problems
            more = f" And {len(others)} more." if others else ""
            self.window_.board.post(
                "models",
                Notice(
                    kind="warning",
                    text=f"{first}{more}",
                    details="\n".join(self.registry.problems) if others else "",
                ),
            )
        else:
            self.window_.board.withdraw("models")

    def _on_states(self, states: Mapping[str, Availability]) -> None:
        self.window_.models.show_states(states)

    def _on_fits(self, fits: Mapping[str, Fit]) -> None:
        self.window_.models.show_states(self._states.states, fits)
        if self._to_choose in self.registry:
            self.choose(self._to_choose)

    def choose(self, name: str) -> None:
        """Reads with a model from now on, if it fits or is made to."""
        self._to_choose = ""
        if name != self.window_.reading.first_model:
            # Not before it is clear that it will be used.
            self.window_.models.choose(self.window_.reading.first_model)
        self.gate.let_through(name, lambda: self._use_model(name), anyway="Try anyway")

    def choose_anew(self, name: str) -> None:
        """Likewise, under settings that have changed: first it is found out whether it fits."""
        if name not in self.registry or self.registry.entry(name).model is None:
            self.choose(name)
        else:
            self._to_choose = name
            self.ask_states()

    def _use_model(self, name: str) -> None:
        self.gate.withdraw()
        if self._settings is not None:
            self.settings_wanted.emit(msgspec.structs.replace(self._settings, model=name))

    def _on_saving_chosen(self, name: str, saving: Saving) -> None:
        if self._settings is not None:
            savings = {**self._settings.savings, name: saving}
            self.settings_wanted.emit(msgspec.structs.replace(self._settings, savings=savings))

    def _read(self, name: str, pages: Sequence[PageKey]) -> None:
        """Reads with a model that could not be used a moment ago."""
        self.window_.current.flush()
        self.window_.reading.ask_all_anew()
        self.window_.reading.read(pages, model=name)

    def _on_disk_changed(self) -> None:
        """The small engine reads more, or less, when an alphabet has come or gone."""
        settings = self._settings
        if settings is None or engine_options(settings).alphabets == self._alphabets:
            return
        self._use_registry(self._engines(settings))
        self.window_.reading.use_settings(settings)
        self._alphabets = engine_options(settings).alphabets
        self.ask_states()

    def read_with_alphabets(self, pages: Sequence[PageKey]) -> None:
        """Reads with an engine that alphabets can be added to, the chosen one if it is such."""
        first = self.window_.reading.first_model
        self.window_.current.flush()
        self.window_.reading.read(pages, model="" if first in HAVE_ALPHABETS else PP_OCR)

    def _on_mode_chosen(self, mode: str) -> None:
        settings = self._settings
        if settings is not None:
            modes = {**settings.modes, self.window_.reading.first_model: mode}
            self.settings_wanted.emit(msgspec.structs.replace(settings, modes=modes))


def _folders(registry: Registry) -> list[tuple[str, Path]]:
    return [
        (entry.card.name, Path(entry.model.folder))
        for entry in registry
        if entry.model is not None and entry.model.folder
    ]
