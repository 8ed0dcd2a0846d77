"""The sizes of a model: of its checkpoint where it is on disk, else as the catalogue says."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from textlift.engines.vision_language.family_card import FamilyCard
from textlift.models.catalogue import ModelEntry
from textlift.models.model_shape import ModelShape
from textlift.models.on_disk import CONFIG, read_json_object, weight_files
from textlift.models.parameter_count import WeightFileError, parameter_count


class ShapeUnknownError(Exception):
    """The sizes of a model cannot be told; the sentence says why."""


def checkpoint_shape(folder: Path, card: FamilyCard) -> ModelShape:
    """The sizes of a checkpoint, from its ``config.json`` and the headers of its weights.

    Raises:
        ShapeUnknownError: A file is missing or damaged.
    """
    try:
        config = read_json_object(folder / CONFIG)
        parameters = parameter_count(weight_files(folder), without=card.not_loaded)
    except (OSError, ValueError, WeightFileError) as error:
        raise ShapeUnknownError(str(error)) from error
    return _shape(config, parameters, card, str(folder))


def catalogue_shape(entry: ModelEntry, card: FamilyCard) -> ModelShape:
    """The sizes of a model of the catalogue; nothing of it need be on disk.

    Raises:
        ShapeUnknownError: The catalogue does not tell them.
    """
    parameters = entry.loaded_parameters or entry.parameters
    if not parameters:
        raise ShapeUnknownError(f"The catalogue does not say how large {entry.title} is.")
    return _shape(entry.config, parameters, card, entry.title)


def _shape(config: Mapping[str, Any], parameters: int, card: FamilyCard, whose: str) -> ModelShape:
    try:
        return card.shape(config, parameters)
    except (KeyError, TypeError, ValueError, ArithmeticError, LookupError) as error:
        raise ShapeUnknownError(
            f"The {CONFIG} of {whose} does not say how large the model is."
        ) from error
