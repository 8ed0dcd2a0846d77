"""``textlift models``: the engines and whether they can be used here."""

from __future__ import annotations

from collections.abc import Iterator

from textlift.engines.contract import EngineOptions
from textlift.engines.registry import Registry


def engine_lines(registry: Registry, *, options: EngineOptions) -> Iterator[str]:
    """For each engine its name and title, what it is good at, its state, and what to do."""
    width = max((len(name) for name in registry.names), default=0)
    for entry in registry:
        card = entry.card
        availability = entry.availability(options)
        state = "ready" if availability.ready else "not available"
        yield f"{card.name:<{width}}  {card.title}: {state}"
        details = [card.summary, availability.sentence]
        if not availability.ready:
            details.append(availability.remedy)
        for detail in details:
            if detail:
                yield f"{'':<{width}}  {detail}"
