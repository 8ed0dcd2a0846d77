"""Asks, in a thread, which engines can be loaded here, whether they fit, what devices there are."""

from __future__ import annotations

import threading
from collections.abc import Iterable
from typing import TYPE_CHECKING

import msgspec
from PySide6.QtCore import QObject, QThread, Signal

from textlift.engines.contract import Availability, EngineOptions

if TYPE_CHECKING:
    from textlift.engines.registry import Registry
    from textlift.models.devices import Device
    from textlift.models.fit import Fit
    from textlift.models.memory import MemorySample
    from textlift.recognition.engine_pool import LoadedEngine


class Situation(msgspec.Struct, frozen=True):
    """What decides whether a model fits, besides the model and the machine.

    Attributes:
        page_pixels: Of the page that would be read; 0: of an A4 page.
        loaded: The engines that take memory now and would make room.
    """

    page_pixels: int = 0
    loaded: tuple[LoadedEngine, ...] = ()


class _Asked(msgspec.Struct, frozen=True):
    number: int
    registry: Registry
    options: EngineOptions | None
    situation: Situation
    devices: bool


class EngineStates(QThread):
    """Keeps what the engines say of themselves; asks again with other options.

    An answer to a question after which another was asked is not told: that of the newer one
    follows.

    Signals:
        known: ``{name: Availability}`` of all engines.
        fits_known: ``{name: Fit}`` of those that run a model; follows ``known``.
        devices_known: A tuple of ``Device``, and the name of the one that ``auto`` stands for.

    Attributes:
        states: What was emitted last.
        fits: Likewise.
        devices: Likewise.
        automatic: Likewise.
    """

    known = Signal(object)
    fits_known = Signal(object)
    devices_known = Signal(object, str)
    _answered = Signal(int, object)
    _fitted = Signal(int, object)

    def __init__(
        self, registry: Registry, options: EngineOptions, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self.setObjectName("engine-states")
        self._registry = registry
        self._wake = threading.Condition()
        self._wanted: EngineOptions | None = options
        self._situation = Situation()
        self._devices_wanted = True
        self._asked = 0
        self._closing = False
        self.states: dict[str, Availability] = {}
        self.fits: dict[str, Fit] = {}
        self.devices: tuple[Device, ...] = ()
        self.automatic = ""
        self._answered.connect(self._on_answered)
        self._fitted.connect(self._on_fitted)
        self.devices_known.connect(self._on_devices_known)

    def _on_answered(self, asked: int, states: dict[str, Availability]) -> None:
        if asked == self._asked:
            self.states = states
            self.known.emit(states)

    def _on_fitted(self, asked: int, fits: dict[str, Fit]) -> None:
        if asked == self._asked:
            self.fits = fits
            self.fits_known.emit(fits)

    def _on_devices_known(self, devices: tuple[Device, ...], automatic: str) -> None:
        self.devices, self.automatic = devices, automatic

    def ask(
        self,
        options: EngineOptions,
        *,
        registry: Registry | None = None,
        situation: Situation | None = None,
    ) -> None:
        """Asks again.

        Args:
            options: How engines would be run.
            registry: Those to ask; None: the same as before.
            situation: Likewise.
        """
        with self._wake:
            self._registry = registry or self._registry
            self._situation = situation or self._situation
            self._wanted = options
            self._asked += 1
            self._wake.notify()

    def ask_devices(self) -> None:
        """Looks for devices again: a driver may have been installed, a card lost."""
        with self._wake:
            self._devices_wanted = True
            self._wake.notify()

    def close(self) -> None:
        """Ends the thread once the engine being asked has answered."""
        with self._wake:
            self._closing = True
            self._wake.notify()
        self.wait()

    def run(self) -> None:
        """The thread."""
        while (asked := self._next()) is not None:
            if asked.options is not None:
                self._tell_engines(asked, asked.options)
            if asked.devices:
                self._tell_devices()

    def _tell_engines(self, asked: _Asked, options: EngineOptions) -> None:
        registry, situation = asked.registry, asked.situation
        states = {entry.card.name: entry.availability(options) for entry in registry}
        self._answered.emit(asked.number, states)
        models = [entry for entry in registry if entry.model is not None]
        if not models:
            self._fitted.emit(asked.number, {})
            return
        # Not before there is a model: what this imports would hold up the start.
        from textlift.engines.vision_language.fitting import A4_AT_200_DPI, model_fit
        from textlift.models.memory import sample_memory

        sample = sample_memory([engine.pid for engine in situation.loaded])
        given_back = memory_given_back(situation.loaded, sample)
        self._fitted.emit(
            asked.number,
            {
                entry.card.name: model_fit(
                    entry,
                    options,
                    sample,
                    page_pixels=situation.page_pixels or A4_AT_200_DPI,
                    given_back=given_back,
                    others=models,
                )
                for entry in models
            },
        )

    def _tell_devices(self) -> None:
        from textlift.models.devices import best_device, find_devices
        from textlift.models.memory import sample_memory

        self.devices_known.emit(find_devices(), best_device(sample_memory([])))

    def _next(self) -> _Asked | None:
        with self._wake:
            while self._wanted is None and not self._devices_wanted and not self._closing:
                self._wake.wait()
            if self._closing:
                return None
            asked = _Asked(
                self._asked, self._registry, self._wanted, self._situation, self._devices_wanted
            )
            self._wanted, self._devices_wanted = None, False
            return asked


def memory_given_back(loaded: Iterable[LoadedEngine], sample: MemorySample) -> dict[str, int]:
    """By device, the bytes that come free when the engines that are loaded make room.

    Args:
        loaded: Engines with their processes.
        sample: Measured with the ids of these processes.
    """
    given: dict[str, int] = {}
    for engine in loaded:
        if engine.device in {"cpu", "mps"}:
            given[engine.device] = given.get(engine.device, 0) + _own_ram(engine.pid)
    for gpu in sample.gpus:
        if gpu.device and gpu.ours:
            given[gpu.device] = gpu.ours
    return given


def _own_ram(pid: int) -> int:
    """Bytes that nobody else has: weights that are only mapped count as free already."""
    import psutil

    try:
        memory = psutil.Process(pid).memory_info()
    except (psutil.NoSuchProcess, psutil.AccessDenied):
        return 0
    return max(int(memory.rss) - int(getattr(memory, "shared", 0)), 0)
