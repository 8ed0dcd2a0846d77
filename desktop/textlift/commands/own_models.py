"""``textlift models add`` and ``forget``: the user's own folders with models, in the settings."""

from __future__ import annotations

from pathlib import Path

import msgspec

from textlift.engines.registry import Registry
from textlift.engines.vision_language.entries import folder_engine
from textlift.models.model_folder import ModelFolderError
from textlift.models.on_disk import what_is_missing
from textlift.settings import Settings, without_models


class NotOwnError(Exception):
    """What is to be forgotten is no folder of the user's own."""


def add_folder(settings: Settings, registry: Registry, typed: str) -> tuple[Settings, str]:
    """The settings with a folder more, and the name of its model.

    Args:
        settings: As they are.
        registry: The engines under them.
        typed: The folder.

    Raises:
        ModelFolderError: It holds no model that can be run, it is not complete, or it is there.
    """
    folder = Path(typed).expanduser().absolute()
    for name, own in own_models(registry).items():
        if own == str(folder):
            raise ModelFolderError(f"The folder {folder} is among the models already, as {name}.")
    entry = folder_engine(folder, taken=frozenset(registry.names))
    problem = what_is_missing(folder)
    if problem:
        raise ModelFolderError(problem)
    # One that was not there for a while has kept its place.
    others = tuple(one for one in settings.model_folders if one != str(folder))
    return (
        msgspec.structs.replace(settings, model_folders=(*others, str(folder))),
        entry.card.name,
    )


def forget_folder(settings: Settings, registry: Registry, typed: str) -> tuple[Settings, str]:
    """The settings without a folder and all that named its model, and that folder.

    Args:
        settings: As they are.
        registry: The engines under them.
        typed: The name of the model, or its folder, which need not be there any more.

    Raises:
        NotOwnError: It is neither.
    """
    own = {
        name: folder
        for name, folder in own_models(registry).items()
        if folder in settings.model_folders
    }
    by_path = str(Path(typed).expanduser().absolute())
    folder = own.get(typed, by_path)
    if folder not in settings.model_folders:
        gone = (one for one in settings.model_folders if one not in own.values())
        listed = ", ".join([*own, *gone])
        what_there_is = f"Yours are: {listed}." if listed else "You have added none."
        raise NotOwnError(f"“{typed}” is none of the models that you added. {what_there_is}")
    names = {name for name, where in own.items() if where == folder}
    return (
        msgspec.structs.replace(
            without_models(settings, names),
            model_folders=tuple(one for one in settings.model_folders if one != folder),
        ),
        folder,
    )


def own_models(registry: Registry) -> dict[str, str]:
    """Name and folder of each model that is loaded from a folder."""
    return {
        entry.card.name: entry.model.folder
        for entry in registry
        if entry.model is not None and entry.model.folder
    }
