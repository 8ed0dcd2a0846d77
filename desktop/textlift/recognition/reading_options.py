"""How the engines that are asked for a page are to read it, each in a mode of its own."""

from __future__ import annotations

from textlift.engines.contract import EngineCard, ReadingMode, ReadOptions
from textlift.recognition.fallback import Step
from textlift.recognition.tasks import PageTask


def read_options(task: PageTask, step: Step, card: EngineCard) -> ReadOptions:
    """What an engine is asked for a page."""
    mode = reading_mode(card, dict(task.modes).get(card.name, ""), boxed=task.box is not None)
    return ReadOptions(
        languages=task.languages,
        rotation=task.rotation,
        max_pixels=step.max_pixels,
        variation=step.variation,
        mode=mode.name if mode is not None else "",
        box=task.box,
    )


def reading_mode(card: EngineCard, wanted: str, *, boxed: bool) -> ReadingMode | None:
    """The mode to read in: the one wanted where it will do, else the first that does.

    Any mode reads a part of a page, which is cut out for it; those made for parts come first.
    A name that the engine does not know (any more) is passed over: it may come from settings or
    from a session that are older than the model.

    Args:
        card: Of the engine.
        wanted: Name of a mode; empty: none in particular.
        boxed: A part of the page is to be read.
    """
    fitting = [mode for mode in card.modes if boxed or not mode.needs_box]
    # Sorting is stable: among those for parts, and those for pages, the card's order holds.
    fitting.sort(key=lambda mode: not mode.needs_box)
    return next((mode for mode in fitting if mode.name == wanted), next(iter(fitting), None))
