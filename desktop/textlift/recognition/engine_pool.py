"""The loaded engines: their processes are kept between pages and between runs."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import msgspec

from textlift.engines.contract import Availability, EngineOptions
from textlift.engines.process import EngineProcess
from textlift.engines.registry import EngineEntry, Registry
from textlift.processes.cancellation import Cancellation
from textlift.processes.supervised import ProcessCancelled, ProcessFailure
from textlift.recognition.making_room import needs_room


class EngineNotReadyError(Exception):
    """The engine cannot be loaded on this machine now.

    Attributes:
        availability: What is missing, and what to do about it.
    """

    def __init__(self, availability: Availability) -> None:
        super().__init__(availability.sentence)
        self.availability = availability


class LoadWatcher(msgspec.Struct, frozen=True):
    """Told, in the thread that asks, when an engine is being loaded and when it is ready."""

    loading: Callable[[EngineEntry], None]
    loaded: Callable[[EngineEntry, EngineProcess], None]


class LoadedEngine(msgspec.Struct, frozen=True):
    """An engine process that takes memory now.

    Attributes:
        name: Of the engine.
        title: For people.
        pid: Of the process.
        device: Its model is on: ``cpu``, ``cuda:0``…; empty while it is loaded.
        used_at: When it read last, or was loaded (``time.monotonic``); None while it reads.
        leaving: It is being ended, or ends with the page it reads.
    """

    name: str
    title: str
    pid: int
    device: str
    used_at: float | None
    leaving: bool


class EnginePool:
    """Engine processes by name. Safe to use from several threads.

    A model stays loaded until it is idle for long, or until another one needs its memory.
    """

    def __init__(self, registry: Registry, engine_options: EngineOptions) -> None:
        self._registry = registry
        self._options = engine_options
        self._changed = threading.Condition()
        self._slots: dict[str, list[_Slot]] = {}
        # Lent no more, but their memory is ours until they are gone.
        self._ending: list[_Slot] = []
        self._closed = False

    @property
    def options(self) -> EngineOptions:
        """What engines are loaded with; other options need another pool."""
        return self._options

    def pids(self) -> dict[int, str]:
        """Process id -> engine name, of the engine processes that run now."""
        return {engine.pid: engine.name for engine in self.loaded()}

    def loaded(self) -> tuple[LoadedEngine, ...]:
        """The engine processes that run now, those being loaded among them."""
        with self._changed:
            slots = [slot for slots in self._slots.values() for slot in slots] + self._ending
            described = [_described(slot) for slot in slots]
        return tuple(engine for engine in described if engine is not None)

    @contextmanager
    def lease(
        self,
        name: str,
        *,
        watcher: LoadWatcher,
        cancellation: Cancellation,
        started_after: float = 0.0,
        limit: int = 1,
    ) -> Iterator[EngineProcess]:
        """Lends a loaded process of an engine for one page; loads one when needed.

        A process whose borrower leaves with an error of its own is not lent again.

        Args:
            name: Of the engine.
            watcher: Told of the loading.
            cancellation: Ends the wait and the loading.
            started_after: Only a process started after this moment (``time.monotonic``);
                idle older ones are ended.
            limit: Processes of this engine to have at once; past it, wait for one.

        Raises:
            EngineNotReadyError: The engine says that it cannot be loaded.
            UnknownEngineError: There is none of this name.
            RequestFailed: Loading failed; ``kind`` is the value of a ``FailureKind``.
            ProcessFailure: The process died while it loaded, took too long, or was cancelled.
        """
        slot = self._take(self._registry.entry(name), cancellation, started_after, limit)
        try:
            if not slot.loaded:
                self._load(slot, watcher, cancellation)
            yield slot.process
        except ProcessFailure:
            raise
        except BaseException:
            # Whoever had it gave up in the middle: it may still be busy with that page.
            slot.retired = True
            raise
        finally:
            self._give_back(slot)

    def retire(self, process: EngineProcess) -> None:
        """Lends this process to nobody else; it ends when the pages it has are given back."""
        with self._changed:
            for slot in self._slots.get(process.entry.card.name, []):
                if slot.process is process:
                    slot.retired = True

    def unload(self, name: str) -> None:
        """Ends the processes of an engine: idle ones now, others after their page.

        Returns when the idle ones are gone; one that does not end is killed after a second.
        """
        with self._changed:
            for slot in self._slots.get(name, []):
                slot.retired = True
            idle = self._remove_idle(since=float("inf"), names=[name])
        self._end(idle)

    def unload_idle(self, *, since: float) -> tuple[str, ...]:
        """Ends the processes that have read nothing since a moment (``time.monotonic``).

        Returns:
            The names of their engines, when the processes are gone.
        """
        with self._changed:
            idle = self._remove_idle(since=since, names=list(self._slots))
        self._end(idle)
        return tuple(slot.process.entry.card.name for slot in idle)

    def _remove_idle(self, *, since: float, names: list[str]) -> list[_Slot]:
        """Takes out what nobody has and nobody had since; whoever waits may load another."""
        removed: list[_Slot] = []
        for name in names:
            slots = self._slots.get(name, [])
            idle = [slot for slot in slots if slot.in_flight == 0 and slot.used_at <= since]
            self._slots[name] = [slot for slot in slots if slot not in idle]
            removed += idle
        for slot in removed:
            slot.retired = True
        self._ending += removed
        self._changed.notify_all()
        return removed

    def _end(self, slots: list[_Slot]) -> None:
        for slot in slots:
            try:
                slot.process.close()
            finally:
                with self._changed:
                    self._ending.remove(slot)

    def close(self) -> None:
        """Ends every engine process, also those in the middle of a page."""
        with self._changed:
            self._closed = True
            slots = [slot for slots in self._slots.values() for slot in slots]
            self._slots.clear()
            self._changed.notify_all()
        for slot in slots:
            if slot.in_flight:
                slot.process.kill()
            else:
                slot.process.close()

    def _take(
        self, entry: EngineEntry, cancellation: Cancellation, started_after: float, limit: int
    ) -> _Slot:
        with cancellation.watching(self._wake):
            while True:
                with self._changed:
                    if cancellation.cancelled or self._closed:
                        raise ProcessCancelled("Stopped.")
                    ended = self._remove_unusable(entry.card.name, started_after)
                    slot = self._choose(entry, started_after, limit)
                    if slot is None and not ended:
                        self._changed.wait()
                for old in ended:
                    old.process.kill()
                if slot is not None:
                    return slot

    def _wake(self) -> None:
        with self._changed:
            self._changed.notify_all()

    def _remove_unusable(self, name: str, started_after: float) -> list[_Slot]:
        slots = self._slots.setdefault(name, [])
        ended = [
            slot
            for slot in slots
            if slot.in_flight == 0
            and (slot.retired or not slot.process.alive or slot.started_at < started_after)
        ]
        self._slots[name] = [slot for slot in slots if slot not in ended]
        return ended

    def _choose(self, entry: EngineEntry, started_after: float, limit: int) -> _Slot | None:
        """A slot with one more page in flight, or None when the caller has to wait."""
        slots = self._slots[entry.card.name]
        young = [slot for slot in slots if slot.started_at >= started_after and not slot.retired]
        for slot in young:
            if slot.loaded and slot.process.alive and slot.in_flight < entry.card.capacity:
                slot.in_flight += 1
                return slot
        if entry.card.capacity > 1 and any(not slot.loaded for slot in young):
            return None  # One is being loaded and will take this page too.
        if len(slots) >= limit:
            return None
        slot = _Slot(EngineProcess(entry, self._options))
        slots.append(slot)
        return slot

    def _load(self, slot: _Slot, watcher: LoadWatcher, cancellation: Cancellation) -> None:
        entry = slot.process.entry
        availability = entry.availability(self._options)
        if not availability.ready:
            raise EngineNotReadyError(availability)
        watcher.loading(entry)
        self._make_room(entry)
        slot.process.load(cancellation)
        with self._changed:
            slot.loaded = True
            slot.used_at = time.monotonic()
            closed = self._closed
            self._changed.notify_all()
        if closed:
            slot.process.kill()
            raise ProcessCancelled("Stopped.")
        watcher.loaded(entry, slot.process)

    def _make_room(self, entry: EngineEntry) -> None:
        """Ends the models that nobody has, where another one does not fit beside them."""
        with self._changed:
            others = [
                name
                for name, slots in self._slots.items()
                if name != entry.card.name
                and any(one.process.entry.model is not None and not one.in_flight for one in slots)
            ]
        if others and needs_room(entry, self._options, pids=self.pids()):
            with self._changed:
                idle = self._remove_idle(since=float("inf"), names=others)
            self._end(idle)

    def _give_back(self, slot: _Slot) -> None:
        name = slot.process.entry.card.name
        with self._changed:
            slot.in_flight -= 1
            slot.used_at = time.monotonic()
            useless = slot.in_flight == 0 and (
                slot.retired or not slot.loaded or not slot.process.alive
            )
            if useless and slot in self._slots.get(name, []):
                self._slots[name].remove(slot)
            self._changed.notify_all()
        if useless:
            slot.process.kill()


class _Slot:
    """One engine process, made for the page that needs it."""

    def __init__(self, process: EngineProcess) -> None:
        self.process = process
        self.started_at = self.used_at = time.monotonic()
        self.loaded = False
        self.in_flight = 1
        self.retired = False


def _described(slot: _Slot) -> LoadedEngine | None:
    card, pid = slot.process.entry.card, slot.process.process.pid
    if pid is None:
        return None
    return LoadedEngine(
        name=card.name,
        title=card.title,
        pid=pid,
        device=slot.process.device if slot.loaded else "",
        used_at=None if slot.in_flight else slot.used_at,
        leaving=slot.retired,
    )
