"""Whether a model of the list fits here now, for the window and the command line; without torch."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import MappingProxyType

from textlift.engines.contract import EngineOptions
from textlift.engines.registry import EngineEntry
from textlift.models.fit import Answer, Fit, MemoryNeed
from textlift.models.memory import MemorySample

A4_AT_200_DPI = 1654 * 2339
"""Pixels of a page, where none is open."""

_NOTHING: Mapping[str, int] = MappingProxyType({})


def model_fit(
    entry: EngineEntry,
    options: EngineOptions,
    sample: MemorySample,
    *,
    page_pixels: int = A4_AT_200_DPI,
    given_back: Mapping[str, int] = _NOTHING,
    others: Iterable[EngineEntry] = (),
) -> Fit:
    """Whether an engine can be loaded now and read the page.

    Takes a few milliseconds for a model on disk, whose ``config.json`` and the headers of whose
    weights are read; nothing is loaded and nothing requested.

    Args:
        entry: The engine; one that is no model of the catalogue fits always.
        options: How it would be run; ``options.model`` is not looked at.
        sample: Measured just now.
        page_pixels: Of the page as it is rendered.
        given_back: By device (``cpu``, ``cuda:0``…), the bytes that come free when the model that
            is loaded now is unloaded.
        others: Engines to choose ``Fit.instead`` from, in the order they are offered.
    """
    del entry, options, sample, page_pixels, given_back, others
    return Fit(answer=Answer.UNKNOWN, need=MemoryNeed(0, 0, 0, 0), free=0, device="cpu")
