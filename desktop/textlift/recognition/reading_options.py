"""How the engines that are asked for a page are to read it, each in a mode of its own."""

from __future__ import annotations

from collections.abc import Mapping

from textlift.content.attempt import FailureKind
from textlift.engines.contract import EngineCard, ReadingMode, ReadOptions
from textlift.recognition.fallback import Refusal, Step
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
        box=task.box if mode is not None and mode.needs_box else None,
    )


def reading_mode(card: EngineCard, wanted: str, *, boxed: bool) -> ReadingMode | None:
    """The mode to read in: the one wanted where it will do, else the first that does.

    A name that the engine does not know (any more) is passed over: it may come from settings or
    from a session that are older than the model.

    Args:
        card: Of the engine.
        wanted: Name of a mode; empty: none in particular.
        boxed: A part of the page is to be read.
    """
    fitting = [mode for mode in card.modes if mode.needs_box is boxed]
    return next((mode for mode in fitting if mode.name == wanted), next(iter(fitting), None))


def whole_page_readers(task: PageTask, cards: Mapping[str, EngineCard]) -> dict[str, Refusal]:
    """The engines that cannot read the part of the page that is wanted, and so are not asked.

    Text of the whole page would not be what was asked for, and nobody could tell.
    """
    if task.box is None:
        return {}
    return {
        name: Refusal(
            name,
            FailureKind.NOT_AVAILABLE,
            f"{card.title} was not asked: it cannot read a part of a page.",
        )
        for name, card in cards.items()
        if reading_mode(card, "", boxed=True) is None
    }
