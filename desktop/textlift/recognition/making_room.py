"""Whether a model that is to be loaded needs the memory that others hold."""

from __future__ import annotations

from collections.abc import Iterable

from textlift.engines.contract import EngineOptions
from textlift.engines.registry import EngineEntry


def needs_room(entry: EngineEntry, options: EngineOptions, *, pids: Iterable[int]) -> bool:
    """Whether a model does not fit beside what is loaded, or not without a saving.

    An engine without a model, or one whose need cannot be known, is given no more than there is.

    Args:
        entry: The engine that is to be loaded.
        options: How.
        pids: Of the processes that are loaded.
    """
    if entry.model is None:
        return False
    # Not with the module: most runs never have two models.
    from textlift.engines.vision_language.fitting import model_fit
    from textlift.models.fit import Answer
    from textlift.models.memory import sample_memory

    fit = model_fit(entry, options, sample_memory(pids))
    return fit.answer in {Answer.FITS_WITH, Answer.DOES_NOT_FIT}
