"""Asks, in a thread, which engines can be loaded on this machine and what devices it has."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QThread, Signal

from textlift.engines.contract import Availability, EngineOptions

if TYPE_CHECKING:
    from textlift.engines.registry import Registry
    from textlift.models.devices import Device


class EngineStates(QThread):
    """Keeps what the engines say of themselves; asks again with other options.

    Signals:
        known: ``{name: Availability}`` of all engines.
        devices_known: A tuple of ``Device``; once.

    Attributes:
        states: What was emitted last.
        devices: Likewise.
    """

    known = Signal(object)
    devices_known = Signal(object)

    def __init__(
        self, registry: Registry, options: EngineOptions, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self.setObjectName("engine-states")
        self._registry = registry
        self._wake = threading.Condition()
        self._wanted: EngineOptions | None = options
        self._closing = False
        self.states: dict[str, Availability] = {}
        self.devices: tuple[Device, ...] = ()
        self.known.connect(self._on_known)
        self.devices_known.connect(self._on_devices_known)

    def _on_known(self, states: dict[str, Availability]) -> None:
        self.states = states

    def _on_devices_known(self, devices: tuple[Device, ...]) -> None:
        self.devices = devices

    def ask(self, options: EngineOptions, *, registry: Registry | None = None) -> None:
        """Asks again, or asks the engines of another registry."""
        with self._wake:
            self._registry = registry or self._registry
            self._wanted = options
            self._wake.notify()

    def close(self) -> None:
        """Ends the thread once the engine being asked has answered."""
        with self._wake:
            self._closing = True
            self._wake.notify()
        self.wait()

    def run(self) -> None:
        """The thread."""
        from textlift.models.devices import find_devices

        asked_for_devices = False
        while (asked := self._next()) is not None:
            registry, options = asked
            self.known.emit({entry.card.name: entry.availability(options) for entry in registry})
            if not asked_for_devices:
                self.devices_known.emit(find_devices())
                asked_for_devices = True

    def _next(self) -> tuple[Registry, EngineOptions] | None:
        with self._wake:
            while self._wanted is None and not self._closing:
                self._wake.wait()
            options, self._wanted = self._wanted, None
            return None if self._closing or options is None else (self._registry, options)
