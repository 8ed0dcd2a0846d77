"""``textlift models``: the engines and whether they can be used here."""

from __future__ import annotations

from collections.abc import Iterator

from textlift.engines.contract import EngineOptions
from textlift.engines.registry import EngineEntry, Registry
from textlift.engines.vision_language.entries import needs_sentence
from textlift.engines.vision_language.families import families


def engine_lines(registry: Registry, *, options: EngineOptions) -> Iterator[str]:
    """For each engine its name and title, what it is good at and needs, its state, what to do.

    Models that are known and not offered come last, with the reason.
    """
    width = _width(registry)
    for entry in registry:
        availability = entry.availability(options)
        state = "ready" if availability.ready else "not available"
        details = [entry.card.summary, *_model_details(entry), availability.sentence]
        if not availability.ready:
            details.append(availability.remedy)
        yield from _lines(entry.card.name, f"{entry.card.title}: {state}", details, width)
    for model in registry.not_offered:
        details = [model.summary, needs_sentence(model), model.not_offered]
        yield from _lines(model.name, f"{model.title}: not offered", details, width)


def _width(registry: Registry) -> int:
    names = [*registry.names, *(model.name for model in registry.not_offered)]
    return max((len(name) for name in names), default=0)


def _model_details(entry: EngineEntry) -> list[str]:
    """What is said of models only: the engines that come with Textlift have one way and need."""
    if entry.model is None:
        return []
    family = families().get(entry.model.family)
    modes = ", ".join(mode.name for mode in entry.card.modes)
    title = family.title if family is not None else entry.model.family
    return [f"Family {title}; modes: {modes}", entry.card.needs]


def _lines(name: str, heading: str, details: list[str], width: int) -> Iterator[str]:
    yield f"{name:<{width}}  {heading}"
    for detail in details:
        if detail:
            yield f"{'':<{width}}  {detail}"
