"""Watches the memory: measures it, shows it, and says what unloading a model gave back."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, Signal

from textlift.ui.memory_history import MemoryHistory
from textlift.ui.memory_sampler import MemorySampler
from textlift.ui.memory_use import DeviceUse, devices_in, home_of
from textlift.ui.model_homes import ModelHomes
from textlift.ui.model_section import ModelLine
from textlift.ui.unload_report import UnloadReport
from textlift.ui.unloading import Unloading

if TYPE_CHECKING:
    from textlift.models.engine_memory import EngineMemory
    from textlift.models.memory import MemorySample
    from textlift.recognition.engine_pool import LoadedEngine
    from textlift.settings import Settings
    from textlift.ui.main_window import MainWindow
    from textlift.ui.memory_panel import MemoryPanel

_SEEN_OR_NOT = (QEvent.Type.WindowStateChange, QEvent.Type.Show, QEvent.Type.Hide)


class MemoryCommands(QObject):
    """Brings together what is measured, what engines tell, the display and its details.

    Signals:
        idle_setting_wanted: The user wants to say when idle models are unloaded.
    """

    idle_setting_wanted = Signal()

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self.window_ = window
        self.history = MemoryHistory()
        self.unloading = Unloading(window.reading, self)
        self.sampler = MemorySampler(self._pids, self)
        self.reports: dict[str, UnloadReport] = {}
        self._told: dict[str, EngineMemory] = {}
        self._homes = ModelHomes()
        self._about_to_end: tuple[tuple[LoadedEngine, str], ...] = ()
        self._before: tuple[DeviceUse, ...] = ()
        self._left_loaded: set[int] = set()
        self._panel: MemoryPanel | None = None
        self._display = window.status.memory
        self._action = window.actions_["memory"]
        self._display.say_how_to_open(self._action.toolTip())
        reading = window.reading
        reading.memory_told.connect(self._on_told)
        reading.page_started.connect(self.history.begin_page)
        reading.page_finished.connect(lambda key, _: self.history.end_page(key))
        reading.changed.connect(self._on_reading_changed)
        self.sampler.sampled.connect(self.take)
        self.unloading.begun.connect(self._on_unloading)
        self.unloading.ended.connect(self._on_unloaded)
        self.unloading.changed.connect(self._show_panel)
        self._display.clicked.connect(self._action.trigger)
        self._display.take_room(window.width())
        window.installEventFilter(self)

    def start(self) -> None:
        """Starts to measure."""
        self.sampler.start()

    def close(self) -> None:
        """Ends the threads."""
        self.sampler.close()
        self.unloading.close()

    def use_settings(self, settings: Settings) -> None:
        """Works with these from now on."""
        self._display.prefer_cpu(preferred=settings.device == "cpu")
        self.unloading.use_idle_minutes(settings.idle_minutes)
        self._show()

    def show_details(self) -> None:
        """Opens the details, or closes them."""
        panel = self._panel or self._make_panel()
        if panel.isVisible():
            panel.close_()
        else:
            self._display.setChecked(True)
            panel.open_()
            self._show_panel()

    @property
    def panel(self) -> MemoryPanel:
        """The details; made when they are first wanted."""
        return self._panel or self._make_panel()

    def _make_panel(self) -> MemoryPanel:
        from textlift.ui.memory_panel import MemoryPanel

        panel = self._panel = MemoryPanel(self.window_, above=self.window_.status)
        panel.unload_wanted.connect(self.unloading.unload)
        panel.keep_wanted.connect(self.unloading.keep)
        panel.idle_setting_wanted.connect(self.idle_setting_wanted)
        panel.closed.connect(self._on_panel_closed)
        self.window_.theme.changed.connect(panel.dress)
        return panel

    def _on_panel_closed(self) -> None:
        self._display.setChecked(False)
        self._display.setFocus()

    # Measuring

    def _pids(self) -> tuple[int, ...]:
        """In the sampler's thread."""
        reader = self.window_.workspace.reader.pid
        engines = self.window_.reading.thread_.pids()
        return engines if reader is None else (*engines, reader)

    def take(self, sample: MemorySample) -> None:
        """Takes what was measured now."""
        self.history.add(devices_in(sample, self._told_by_loaded()), at=time.monotonic())
        self._homes.look(self.unloading.loaded, self.history.latest)
        self._look_at_reports()
        self._show()

    def _told_by_loaded(self) -> tuple[EngineMemory, ...]:
        loaded = {engine.name for engine in self.unloading.loaded}
        self._told = {name: told for name, told in self._told.items() if name in loaded}
        return tuple(self._told.values())

    def _on_told(self, engine: str, memory: EngineMemory) -> None:
        self._told[engine] = memory
        home = home_of(memory.device, self.history.latest)
        if home is not None and memory.peak:
            self.history.tell_peak(home.key, memory.peak)

    def _on_reading_changed(self) -> None:
        if not self.window_.reading.active:
            self.history.forget_pages()

    # Unloading

    def _on_unloading(self, loaded: tuple[LoadedEngine, ...]) -> None:
        self._about_to_end = tuple((engine, self._home(engine)) for engine in loaded)
        self._before = self.history.latest
        self._show_panel()

    def _on_unloaded(self, names: tuple[str, ...]) -> None:
        titles: dict[str, list[str]] = {}
        for engine, home in self._about_to_end:
            if engine.name in names:
                titles.setdefault(home, []).append(engine.title)
        for use in self._before:
            if use.key in titles:
                report = UnloadReport(titles[use.key], use, at=time.strftime("%H:%M"))
                self.reports[use.key] = report
        self._left_loaded = {engine.pid for engine in self.unloading.loaded}
        self.sampler.measure_now()

    def _look_at_reports(self) -> None:
        for use in self.history.latest:
            report = self.reports.get(use.key)
            if report is None:
                continue
            here = self._loaded_in(use)
            if any(engine.pid not in self._left_loaded for engine in here):
                # The next model is there: what the last one gave back is taken again.
                del self.reports[use.key]
            elif not report.settled:
                report.look(use, still_loaded=[engine.title for engine in here])
                self.window_.status.say(report.short)

    def _loaded_in(self, use: DeviceUse) -> list[LoadedEngine]:
        return [
            engine
            for engine in self.unloading.loaded
            if engine.device and self._home(engine) == use.key
        ]

    def _home(self, engine: LoadedEngine) -> str:
        return self._homes.key_of(engine, self.history.latest)

    # Showing

    @property
    def _seen(self) -> bool:
        return self.window_.isVisible() and not self.window_.isMinimized()

    def _show(self) -> None:
        if self._seen:
            self._display.show_history(self.history)
            self._show_panel()

    def _show_panel(self) -> None:
        panel = self._panel
        if panel is not None and panel.isVisible():
            panel.show_idle_minutes(self.unloading.idle_minutes)
            panel.show_history(self.history, models=self._lines(), reports=self.reports)

    def _lines(self) -> dict[int, ModelLine]:
        now = time.monotonic()
        unloading = self.unloading
        return {
            engine.pid: ModelLine(
                name=engine.name,
                title=engine.title,
                device=engine.device,
                home=self._home(engine),
                memory=self._told.get(engine.name),
                idle=None if engine.used_at is None else now - engine.used_at,
                left=unloading.seconds_left(engine),
                in_use=unloading.in_use(engine),
                goes_afterwards=unloading.goes_afterwards(engine.name),
                leaving=engine.leaving,
            )
            for engine in unloading.loaded
        }

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self.window_:
            if event.type() == QEvent.Type.Resize:
                self._display.take_room(self.window_.width())
            elif event.type() in _SEEN_OR_NOT:
                self.sampler.watch(seen=self._seen)
        return super().eventFilter(watched, event)
