"""Which models and alphabets a command is about, and what of them is on this machine."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

import msgspec

from textlift.downloads.gettable import Gettable, gettable_alphabets, gettable_models
from textlift.engines.registry import Registry
from textlift.models.alphabets import alphabet_file
from textlift.models.hub_cache import cache_folders
from textlift.models.on_disk import ModelNotOnDiskError, model_folder, what_is_missing
from textlift.settings import Folders, Settings


class NotGettableError(Exception):
    """What was named is nothing that can be got or removed; the sentence says why."""


class OnDisk(msgspec.Struct, frozen=True):
    """What of a model or an alphabet is on this machine.

    Attributes:
        path: Its folder or file.
        size: Bytes of its files.
        problem: What it lacks to be whole, in a sentence; empty when it is.
    """

    path: Path
    size: int
    problem: str = ""


def all_gettables(registry: Registry, folders: Folders, settings: Settings) -> dict[str, Gettable]:
    """What can be got, by name: the models, then the alphabets that have no model's name."""
    models = gettable_models(entry.model for entry in registry if entry.model is not None)
    return models | {
        name: alphabet
        for name, alphabet in gettable_alphabets(folders, settings).items()
        if name not in models
    }


def chosen_gettables(
    names: Sequence[str], gettables: Mapping[str, Gettable], registry: Registry
) -> tuple[Gettable, ...]:
    """Those that were typed, each once.

    Raises:
        NotGettableError: With the reason for the first that cannot be got.
    """
    for name in names:
        if name in gettables:
            continue
        if name in registry:
            model = registry.entry(name).model
            where = f"in the folder {model.folder}" if model is not None else "within Textlift"
            raise NotGettableError(f"{name} is here already, {where}.")
        for other in registry.not_offered:
            if other.name == name:
                raise NotGettableError(f"{other.title} cannot be used: {other.not_offered}")
        raise NotGettableError(
            f"There is no model or alphabet called “{name}”. Choose one of: {', '.join(gettables)}."
        )
    return tuple(gettables[name] for name in dict.fromkeys(names))


def find_on_disk(gettable: Gettable, folders: Folders, settings: Settings) -> OnDisk | None:
    """What of it is on this machine, be it whole or not; None when nothing is."""
    if gettable.alphabet is not None:
        path = alphabet_file(gettable.alphabet, folders.alphabets)
        return OnDisk(path, path.stat().st_size) if path.is_file() else None
    assert gettable.model is not None
    try:
        folder = model_folder(gettable.model, caches=cache_folders(settings.model_cache))
    except ModelNotOnDiskError:
        return None
    return OnDisk(folder, _size_of(folder.rglob("*")), what_is_missing(folder))


def _size_of(paths: Iterable[Path]) -> int:
    return sum(path.stat().st_size for path in paths if path.is_file())
