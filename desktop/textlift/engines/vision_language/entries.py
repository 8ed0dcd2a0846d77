"""Engines made of models: each entry of the catalogue, and each folder of the user's own."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import partial
from pathlib import Path

import msgspec

from textlift.engines.contract import Availability, EngineCard, EngineOptions, ReadingMode
from textlift.engines.registry import EngineEntry
from textlift.engines.vision_language.families import families, family_of_model_type
from textlift.engines.vision_language.family_card import FamilyCard
from textlift.models.catalogue import Catalogue, ModelEntry
from textlift.models.gpu_driver import gpu_driver_loaded
from textlift.models.model_folder import ModelFolderError, describe_folder, folder_name
from textlift.models.on_disk import shown_size

FACTORY = "textlift.engines.vision_language.engine:VisionLanguageEngine"

PAGE_DEADLINE = 3600.0
"""The engine gives a page up sooner and keeps what it read; this ends an engine that hangs. As
many times of it where pages are given to it together: one of them may have to wait for the rest."""

LOAD_DEADLINE = 900.0
"""Gigabytes from a slow disk."""


class FoundModels(msgspec.Struct, frozen=True):
    """The models of a machine.

    Attributes:
        entries: Engines that can be chosen, be they on disk or not.
        not_offered: Models that cannot be chosen; each says why.
        problems: What was left out, a sentence each.
    """

    entries: tuple[EngineEntry, ...]
    not_offered: tuple[ModelEntry, ...]
    problems: tuple[str, ...]


def find_models(
    catalogue: Catalogue, *, folders: Iterable[str], taken: frozenset[str]
) -> FoundModels:
    """Makes engines of the catalogue's models and of the user's folders.

    Args:
        catalogue: What is known.
        folders: With checkpoints of the user's own.
        taken: Names of other engines.
    """
    known = families()
    entries: dict[str, EngineEntry] = {}
    not_offered = []
    problems = list(catalogue.problems)
    lost: set[str] = set()
    for model in catalogue.models:
        if model.name in taken:
            problems.append(
                f"The model “{model.name}” of the catalogue is left out: "
                "another engine has that name."
            )
            continue
        reason = model.not_offered or _why_not(model, known)
        if reason:
            not_offered.append(msgspec.structs.replace(model, not_offered=reason))
        else:
            entries[model.name] = model_engine(model, known[model.family])
    for folder in folders:
        names = taken | entries.keys() | lost
        try:
            entry = folder_engine(Path(folder), taken=names)
        except ModelFolderError as error:
            # Else the next folder of that name would pass for this one.
            lost.add(folder_name(Path(folder), taken=names))
            problems.append(f"{error} Put it back, or take it from the list of models.")
        else:
            entries[entry.card.name] = entry
    return FoundModels(
        entries=tuple(entries.values()), not_offered=tuple(not_offered), problems=tuple(problems)
    )


def folder_engine(folder: Path, *, taken: frozenset[str] = frozenset()) -> EngineEntry:
    """The engine that runs the checkpoint in a folder.

    Args:
        folder: With a config.json.
        taken: Names of other engines.

    Raises:
        ModelFolderError: It holds no model that can be run, in a sentence.
    """
    model = describe_folder(folder, family_of=_family_name, taken=taken)
    return model_engine(model, families()[model.family])


def model_engine(model: ModelEntry, family: FamilyCard) -> EngineEntry:
    """The engine that runs a model."""
    modes = model_modes(model, family)
    # On a CPU the image takes most of the time, and no second page makes that shorter.
    capacity = family.pages_at_once if gpu_driver_loaded() else 1
    return EngineEntry(
        card=EngineCard(
            name=model.name,
            title=model.title,
            summary=model.summary or f"A model of the family {family.title}.",
            scripts=model.scripts,
            returns=modes[0].returns,
            needs=needs_sentence(model),
            modes=modes,
            capacity=capacity,
            page_deadline=PAGE_DEADLINE * capacity,
            load_deadline=LOAD_DEADLINE,
        ),
        availability=partial(_availability, model),
        factory=FACTORY,
        model=model,
    )


def _availability(model: ModelEntry, options: EngineOptions) -> Availability:
    # Here: whoever only lists the models looks for none.
    from textlift.engines.vision_language.availability import model_availability

    return model_availability(model, options)


def model_modes(model: ModelEntry, family: FamilyCard) -> tuple[ReadingMode, ...]:
    """The family's modes that the model was trained for, in the order of its entry."""
    modes = {mode.name: mode for mode in family.modes}
    return tuple(modes[name] for name in model.modes) if model.modes else family.modes


def needs_sentence(model: ModelEntry) -> str:
    """What a model needs: space, memory, and a licence that one can live with."""
    parts = []
    if model.size:
        parts.append(f"{shown_size(model.size)} on disk")
    if model.memory:
        parts.append(f"about {shown_size(model.memory)} of memory")
    if model.licence:
        parts.append(f"licence {model.licence}")
    if not parts:
        return model.licence_note
    listed = ", ".join(parts)
    return f"{listed[0].upper()}{listed[1:]}. {model.licence_note}".strip()


def _why_not(model: ModelEntry, known: Mapping[str, FamilyCard]) -> str:
    family = known.get(model.family)
    if family is None:
        return f"This version of Textlift cannot run models of the family “{model.family}”."
    there = {mode.name for mode in family.modes}
    unknown = [name for name in model.modes if name not in there]
    if unknown:
        return (
            f"Its entry names the reading mode “{unknown[0]}”, but models of its family have: "
            f"{', '.join(mode.name for mode in family.modes)}."
        )
    return ""


def _family_name(model_type: str) -> str | None:
    family = family_of_model_type(model_type)
    return family.name if family is not None else None
