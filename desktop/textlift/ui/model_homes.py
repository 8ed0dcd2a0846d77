"""In which memory each loaded model is, also after a GPU was lost and the others are renamed."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from textlift.ui.memory_use import DeviceUse, home_of

if TYPE_CHECKING:
    from textlift.recognition.engine_pool import LoadedEngine


class ModelHomes:
    """Remembers where a model was loaded: ``cuda:0`` may be the name of another GPU since."""

    def __init__(self) -> None:
        self._keys: dict[int, str] = {}

    def look(self, loaded: Iterable[LoadedEngine], uses: tuple[DeviceUse, ...]) -> None:
        """Takes down where the models that are loaded are; call it with each measurement."""
        keys = {}
        for engine in loaded:
            home = home_of(engine.device, uses)
            if engine.pid in self._keys:
                keys[engine.pid] = self._keys[engine.pid]
            elif home is not None and engine.device in home.devices:
                keys[engine.pid] = home.key
        self._keys = keys

    def key_of(self, engine: LoadedEngine, uses: tuple[DeviceUse, ...]) -> str:
        """Key of the memory that a model is in; empty while nothing was measured."""
        home = home_of(engine.device, uses)
        return self._keys.get(engine.pid, home.key if home is not None else "")
