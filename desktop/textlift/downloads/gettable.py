"""What can be got: the models that the hub has, and the alphabets, by their names."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from textlift.downloads.messages import Wanted
from textlift.downloads.wanted import wanted_alphabet, wanted_model
from textlift.models.alphabets import Alphabet, load_alphabets
from textlift.models.catalogue import ModelEntry
from textlift.settings import Folders, Settings


class Gettable(msgspec.Struct, frozen=True):
    """Something that can be got.

    Attributes:
        name: Of the model or the alphabet.
        title: The name people know.
        wanted: What it is for the download process.
        size: Bytes to get, as the catalogue says; 0: not known.
        model: Its entry in the catalogue; None for an alphabet.
        alphabet: Its entry in the list of alphabets; None for a model.
    """

    name: str
    title: str
    wanted: Wanted
    size: int = 0
    model: ModelEntry | None = None
    alphabet: Alphabet | None = None


def gettable_models(models: Iterable[ModelEntry]) -> dict[str, Gettable]:
    """Those that the hub has; one that is loaded from a folder is here already."""
    return {
        model.name: Gettable(model.name, model.title, wanted_model(model), model.size, model=model)
        for model in models
        if model.hub_id and not model.folder
    }


def gettable_alphabets(folders: Folders, settings: Settings) -> dict[str, Gettable]:
    """The alphabets that are known, from the user's mirror where there is one."""
    return {
        one.name: Gettable(
            one.name,
            one.title,
            wanted_alphabet(one, settings, folder=folders.alphabets),
            one.size,
            alphabet=one,
        )
        for one in load_alphabets(folders.own_alphabets).alphabets
    }
