"""How much of a page a model is shown, and of how many at once: as much as the memory allows."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

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


class RoomForPages:
    """The memory beside the weights, which the pages in work share. Safe to use from any thread."""

    def __init__(self, placement: Placement) -> None:
        """Begins with no page.

        Args:
            placement: Where the model is loaded.
        """
        self._placement = placement
        self._lock = threading.Lock()
        self._pages = 0
        self._alone = 0

    @contextmanager
    def page(self, *, kept: Callable[[], int]) -> Iterator[int]:
        """Inside, a page is in work.

        Args:
            kept: Bytes of keys and values that are kept for the next page.

        Yields:
            Bytes that it could have if it was the only one. A page is not shown smaller because
            others are in work: it waits until there is room.
        """
        with self._lock:
            if not self._pages:
                self._alone = free_memory(self._placement.device) + kept()
            self._pages += 1
            alone = self._alone
        try:
            yield alone
        finally:
            with self._lock:
                self._pages -= 1

    def has(self, cache: int, working: int) -> bool:
        """Whether one more page finds room beside the others.

        Args:
            cache: Bytes more that keys and values take.
            working: Bytes that it takes to read the page.
        """
        return cache + working <= free_memory(self._placement.device) - _RESERVE


def pixel_budget(work: Work, placement: Placement, *, free: int) -> int:
    """Pixels that the model may be shown, its weights being loaded.

    Args:
        work: The model, and how it would read if there was memory without end.
        placement: Where it is loaded.
        free: Bytes that the page may take.

    Raises:
        EngineError: DOES_NOT_FIT when there is not enough for any page.
    """
    fitting = most_pixels(work, str(placement.device), room=free - _RESERVE, weights_there=True)
    if fitting < min(_LEAST, work.pixels):
        raise EngineError(
            FailureKind.DOES_NOT_FIT,
            f"Only {free / 1e9:.1f} GB of memory are free on {device_title(placement.device)}, "
            "too little to read a page with this model; close other programs.",
        )
    return fitting
