"""Whether a model of the list fits here now, for the window and the command line; without torch."""

from __future__ import annotations

import importlib.util
from collections.abc import Iterable, Mapping
from types import MappingProxyType

import msgspec

from textlift.engines.contract import EngineOptions
from textlift.engines.registry import EngineEntry
from textlift.engines.vision_language.defaults import number_bytes, page_limit
from textlift.engines.vision_language.families import families
from textlift.engines.vision_language.family_card import FamilyCard
from textlift.engines.vision_language.shapes import (
    ShapeUnknownError,
    catalogue_shape,
    checkpoint_shape,
)
from textlift.models.catalogue import ModelEntry
from textlift.models.devices import device_memory
from textlift.models.fit import Answer, Fit, Room, judge_fit, saved_work
from textlift.models.hub_cache import cache_folders
from textlift.models.memory import MemorySample
from textlift.models.memory_need import MemoryNeed, Work
from textlift.models.model_shape import ModelShape
from textlift.models.on_disk import ModelNotOnDiskError, model_folder, weight_bytes
from textlift.settings import Saving

A4_AT_200_DPI = 1654 * 2339
"""Pixels of a page, where none is open."""

_NOTHING: Mapping[str, int] = MappingProxyType({})
_NO_NEED = MemoryNeed(0, 0, 0, 0)


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
    if entry.model is None:
        return Fit(
            answer=Answer.FITS,
            need=_NO_NEED,
            free=sample.ram_free,
            device="cpu",
            sentence="Fits: it needs little memory.",
        )
    fit = fit_alone(entry.model, options, sample, page_pixels=page_pixels, given_back=given_back)
    if fit.answer is not Answer.DOES_NOT_FIT:
        return fit
    found = _nearest(
        entry,
        (
            (
                other,
                fit_alone(
                    other.model, options, sample, page_pixels=page_pixels, given_back=given_back
                ),
            )
            for other in others
            if other.card.name != entry.card.name and other.model is not None
        ),
    )
    if found is None:
        return fit
    return msgspec.structs.replace(
        fit, instead=found.card.name, sentence=f"{fit.sentence} {found.card.title} would fit."
    )


def quantization_installed() -> bool:
    """Whether the package is there that stores weights in 8 or 4 bits."""
    return importlib.util.find_spec("bitsandbytes") is not None


def fit_alone(
    model: ModelEntry,
    options: EngineOptions,
    sample: MemorySample,
    *,
    page_pixels: int = A4_AT_200_DPI,
    given_back: Mapping[str, int] = _NOTHING,
) -> Fit:
    """Whether a model fits; names no other. See ``model_fit``."""
    place = device_memory(options.device, sample)
    card = families().get(model.family)
    if place is None or not place.total or card is None:
        return _unknown(options.device, "How much memory is free there cannot be known from here.")
    try:
        shape, stored = _shape_and_size(model, card, options.model_cache)
    except ShapeUnknownError:
        return _unknown(place.device, "How much memory it needs cannot be known before it is here.")
    saving = options.savings.get(model.name, Saving())
    limit = page_limit(
        card, limit=options.max_pixels, device=place.device, parameters=shape.parameters
    )
    work = Work(
        shape=shape,
        pixels=min(page_pixels, limit, card.page_pixels or limit),
        answer_tokens=options.token_limit or card.token_limit,
        number_bytes=number_bytes(options.dtype, device=place.device, weight_bytes=stored),
    )
    room = Room(
        device=place.device,
        title=place.title,
        free=place.free + given_back.get(place.device, 0),
        ram_free=sample.ram_free + given_back.get("cpu", 0),
        quantizes=quantizes(place.device),
    )
    return judge_fit(saved_work(work, saving), room, saving=saving)


def quantizes(device: str) -> bool:
    """Whether weights in 8 or 4 bits save memory on a device, with what is installed.

    On a CPU they can be used and save none: the file with the others stays mapped.
    """
    return device.partition(":")[0] == "cuda" and quantization_installed()


def _shape_and_size(model: ModelEntry, card: FamilyCard, cache: str) -> tuple[ModelShape, int]:
    """The model's sizes, and the bytes of its weights on disk."""
    try:
        folder = model_folder(model, caches=cache_folders(cache))
    except ModelNotOnDiskError:
        return catalogue_shape(model, card), model.size
    try:
        return checkpoint_shape(folder, card), weight_bytes(folder)
    except ShapeUnknownError:
        # A download that is not complete has no say in how large the model is.
        return catalogue_shape(model, card), model.size


def _unknown(device: str, sentence: str) -> Fit:
    return Fit(answer=Answer.UNKNOWN, need=_NO_NEED, free=0, device=device, sentence=sentence)


def _nearest(entry: EngineEntry, others: Iterable[tuple[EngineEntry, Fit]]) -> EngineEntry | None:
    """The largest of its family that fits; else the first of the list, which is the best."""
    fitting = [(other, fit) for other, fit in others if fit.answer is Answer.FITS]
    if not fitting:
        return None
    family = entry.model.family if entry.model is not None else ""
    of_family = [
        (fit.need.weights, other)
        for other, fit in fitting
        if other.model is not None and other.model.family == family
    ]
    if of_family:
        return max(of_family, key=lambda pair: pair[0])[1]
    return fitting[0][0]
