"""Asks each engine, in a thread, whether it can be loaded on this machine."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QThread, Signal

from textlift.engines.contract import EngineOptions

if TYPE_CHECKING:
    from textlift.engines.registry import Registry


class EngineStates(QThread):
    """Keeps what the engines say of themselves; asks again with other options.

    Signals:
        known: ``{name: Availability}`` of all engines.
    """

    known = Signal(object)

    def __init__(
        self, registry: Registry, options: EngineOptions, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self.setObjectName("engine-states")
        self._registry = registry
        self._wake = threading.Condition()
        self._wanted: EngineOptions | None = options
        self._closing = False

    def ask(self, options: EngineOptions) -> None:
        """Asks again."""
        with self._wake:
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
        while (options := self._next()) is not None:
            self.known.emit(
                {entry.card.name: entry.availability(options) for entry in self._registry}
            )

    def _next(self) -> EngineOptions | None:
        with self._wake:
            while self._wanted is None and not self._closing:
                self._wake.wait()
            options, self._wanted = self._wanted, None
            return None if self._closing else options
