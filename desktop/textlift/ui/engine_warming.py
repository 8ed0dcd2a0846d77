"""Loads a small engine before its first page is there, in a thread of its own."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from typing import TYPE_CHECKING

from textlift.engines.automatic import card as automatic
from textlift.engines.pp_ocr import card as pp_ocr
from textlift.processes.cancellation import Cancellation

if TYPE_CHECKING:
    from textlift.engines.process import EngineProcess
    from textlift.engines.registry import EngineEntry, Registry
    from textlift.recognition.engine_pool import EnginePool
    from textlift.recognition.events import Event

SMALL = frozenset({automatic.NAME, pp_ocr.NAME})
"""Engines that are loaded unasked: they come with Textlift and take some hundred megabytes."""
LEAST_ROOM = 2_000_000_000
"""Bytes of memory that must be available."""

log = logging.getLogger(__name__)


class EngineWarming:
    """Has engines loaded that nobody has asked for yet.

    What goes wrong is not told: the run that wants the engine meets it again, and tells it.
    """

    def __init__(
        self,
        engines: Callable[[], tuple[Registry, EnginePool]],
        *,
        on_event: Callable[[Event], None],
    ) -> None:
        """Prepares.

        Args:
            engines: Those of the next run; called in the thread.
            on_event: Told of the loading, in the thread.
        """
        self._engines = engines
        self._on_event = on_event
        self._cancellation = Cancellation()
        self._thread: threading.Thread | None = None

    def begin(self, name: str) -> None:
        """Loads an engine, unless it is no small one, or another is being loaded."""
        if name not in SMALL or self._cancellation.cancelled:
            return
        if self._thread is None or not self._thread.is_alive():
            self._thread = threading.Thread(target=self._load, args=(name,), name="warming")
            self._thread.start()

    def close(self) -> None:
        """Ends the thread; an engine that is being loaded is given up."""
        self._cancellation.cancel()
        if self._thread is not None:
            self._thread.join()

    def _load(self, name: str) -> None:
        # Here, since the window is to be up first.
        from textlift.models.ram import system_ram
        from textlift.processes.supervised import ProcessFailure
        from textlift.recognition.engine_pool import EngineNotReadyError, LoadWatcher

        if system_ram().available < LEAST_ROOM:
            return
        registry, pool = self._engines()
        if name not in registry or name in pool.pids().values():
            return
        watcher = LoadWatcher(loading=self._tell_loading, loaded=self._tell_loaded)
        try:
            with pool.lease(name, watcher=watcher, cancellation=self._cancellation):
                pass
        except (EngineNotReadyError, ProcessFailure) as error:
            log.info("%s was not loaded ahead: %s", name, type(error).__name__)

    def _tell_loading(self, entry: EngineEntry) -> None:
        from textlift.recognition.events import EngineLoading

        self._on_event(EngineLoading(entry.card.name, entry.card.title))

    def _tell_loaded(self, entry: EngineEntry, process: EngineProcess) -> None:
        from textlift.recognition.events import EngineLoaded

        pid = process.process.pid or 0
        self._on_event(EngineLoaded(entry.card.name, process.device, pid, memory=process.memory))
