"""Makes a catalogue entry of a folder with a checkpoint that the user has."""

from __future__ import annotations

import re
from collections.abc import Callable, Container
from pathlib import Path

from textlift.models.catalogue import ModelEntry
from textlift.models.on_disk import CONFIG, read_json_object, weight_bytes

FamilyOf = Callable[[str], str | None]
"""Name of the family that runs a ``model_type``; None when there is none."""

_UNTYPABLE = re.compile(r"[^\w.+-]+")
_CACHED = re.compile(r"models--[^/\\]+?--(.+)")
"""Name of a model's folder in the Hugging Face cache, two levels above its checkpoint."""


class ModelFolderError(Exception):
    """A folder cannot be used as a model; the sentence says why."""


def describe_folder(folder: Path, *, family_of: FamilyOf, taken: Container[str] = ()) -> ModelEntry:
    """The entry of a folder: its family by the ``model_type``, its name by the folder's.

    No other file than ``config.json`` is read, and nothing in the folder is ever run.

    Args:
        folder: With a checkpoint.
        family_of: Knows the families.
        taken: Names that other models have; a number is added to one that is taken.

    Raises:
        ModelFolderError: There is no such folder, no config.json, or no family for it.
    """
    folder = folder.expanduser().absolute()
    if not folder.is_dir():
        raise ModelFolderError(f"There is no folder {folder}.")
    try:
        content = read_json_object(folder / CONFIG)
    except FileNotFoundError:
        raise ModelFolderError(f"The folder {folder} holds no model: it has no {CONFIG}.") from None
    except OSError as error:
        raise ModelFolderError(
            f"The {CONFIG} in {folder} cannot be read: {error.strerror}."
        ) from error
    except ValueError as error:
        raise ModelFolderError(f"The {CONFIG} in {folder} is damaged.") from error
    model_type = content.get("model_type")
    family = family_of(model_type) if isinstance(model_type, str) else None
    if family is None:
        kind = f"of the kind “{model_type}”" if model_type else "of a kind it does not say"
        raise ModelFolderError(
            f"The model in {folder} is {kind}, and no model of that kind can be run here."
        )
    return ModelEntry(
        name=folder_name(folder, taken=taken) or _free_name(family, taken),
        title=_title(folder),
        family=family,
        folder=str(folder),
        summary=f"Your own, in {folder}.",
        size=weight_bytes(folder),
    )


def folder_name(folder: Path, *, taken: Container[str] = ()) -> str:
    """The name of the model in a folder, be it there or not; empty when it cannot be typed."""
    name = _UNTYPABLE.sub("-", _title(folder)).strip("-")
    return _free_name(name, taken) if name else ""


def _title(folder: Path) -> str:
    cached = _CACHED.fullmatch(folder.parent.parent.name)
    if cached and folder.parent.name == "snapshots":
        return cached[1]
    return folder.name


def _free_name(wanted: str, taken: Container[str]) -> str:
    name, number = wanted, 1
    while name in taken:
        number += 1
        name = f"{wanted}-{number}"
    return name
