"""How many pixels of a page a model is shown: by its own limit, the user's, and the memory."""

from __future__ import annotations

from textlift.content.attempt import FailureKind
from textlift.engines.contract import EngineError
from textlift.engines.vision_language.devices import device_title
from textlift.engines.vision_language.family import Placement
from textlift.engines.vision_language.memory import free_memory
from textlift.models.fit import most_pixels
from textlift.models.memory_need import Work

_LEAST = 50_000
"""Pixels; of less than a strip of a page nothing can be read."""

_RESERVE = 150_000_000
"""Bytes left free for other programs."""


def pixel_budget(work: Work, placement: Placement) -> int:
    """Pixels that the model may be shown, its weights being loaded.

    Args:
        work: The model, and how it would read if there was memory without end.
        placement: Where it is loaded.

    Raises:
        EngineError: DOES_NOT_FIT when there is not enough for any page.
    """
    free = free_memory(placement.device)
    fitting = most_pixels(work, str(placement.device), room=free - _RESERVE, weights_there=True)
    if fitting < min(_LEAST, work.pixels):
        raise EngineError(
            FailureKind.DOES_NOT_FIT,
            f"Only {free / 1e9:.1f} GB of memory are free on {device_title(placement.device)}, "
            "too little to read a page with this model; close other programs.",
        )
    return fitting
