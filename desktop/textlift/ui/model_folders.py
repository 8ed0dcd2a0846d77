"""Folders with models of the user's own: whether one can be used."""

from __future__ import annotations

from pathlib import Path

from textlift.engines.vision_language.entries import folder_engine
from textlift.models.model_folder import ModelFolderError
from textlift.models.on_disk import what_is_missing


def check_model_folder(folder: Path) -> None:
    """Looks at the names in a folder and at its config.json; loads nothing.

    Raises:
        ModelFolderError: No model in it can be used; a sentence says why.
    """
    folder_engine(folder)
    missing = what_is_missing(folder)
    if missing:
        raise ModelFolderError(missing)
