"""What a model has to do here: its sizes, its device, the page; and whether it can at all."""

from __future__ import annotations

from pathlib import Path

import msgspec
import torch

from textlift.content.attempt import FailureKind
from textlift.engines.contract import EngineError, EngineOptions
from textlift.engines.vision_language.defaults import page_limit
from textlift.engines.vision_language.devices import device_title
from textlift.engines.vision_language.family import Placement
from textlift.engines.vision_language.family_card import FamilyCard
from textlift.engines.vision_language.fitting import A4_AT_200_DPI, quantizes
from textlift.engines.vision_language.loading import not_loadable
from textlift.engines.vision_language.memory import free_memory
from textlift.engines.vision_language.shapes import ShapeUnknownError, checkpoint_shape
from textlift.models.catalogue import ModelEntry
from textlift.models.fit import Room, judge_fit
from textlift.models.memory_need import Work, memory_need, weight_need
from textlift.settings import Saving


def page_work(folder: Path, card: FamilyCard, options: EngineOptions, placement: Placement) -> Work:
    """The model in a folder, and how it is to read a page with as many pixels as it may.

    Raises:
        EngineError: Its files do not tell its sizes.
    """
    try:
        shape = checkpoint_shape(folder, card)
    except ShapeUnknownError as error:
        raise not_loadable(str(error)) from error
    pixels = page_limit(
        card,
        limit=options.max_pixels,
        device=placement.device.type,
        parameters=shape.parameters,
    )
    saved = chosen_saving(options).max_pixels
    return Work(
        shape=shape,
        pixels=min(pixels, saved) if saved else pixels,
        answer_tokens=options.token_limit or card.token_limit,
        number_bytes=placement.dtype.itemsize,
        weights=placement.weights,
    )


def usual_page(work: Work, card: FamilyCard) -> Work:
    """The same for a page of the usual size; a larger one is shown with fewer pixels if it must."""
    pixels = card.page_pixels or A4_AT_200_DPI
    return msgspec.structs.replace(work, pixels=min(work.pixels, pixels))


def chosen_saving(options: EngineOptions) -> Saving:
    """What the user chose for the model that is loaded."""
    return options.savings.get(options.model.name if options.model is not None else "", Saving())


def with_room(placement: Placement, work: Work, saving: Saving) -> Placement:
    """The placement with the bytes that weights may take, where layers may lie elsewhere.

    Weights in 8 or 4 bits cannot lie elsewhere; those of a CPU are in the system's memory anyway.
    """
    if not saving.offload or placement.weights or placement.device.type != "cuda":
        return placement
    need = memory_need(work, str(placement.device))
    if need.total <= free_memory(placement.device):
        return placement
    room = free_memory(placement.device) - (need.total - need.weights)
    return msgspec.structs.replace(placement, room=max(room, 0))


def refuse_too_large(entry: ModelEntry, work: Work, placement: Placement) -> None:
    """Checks that the weights find room, before they are loaded.

    Args:
        entry: The model.
        work: What it has to do with a usual page.
        placement: Where.

    Raises:
        EngineError: DOES_NOT_FIT, with what would help.
    """
    needed = weight_need(work.shape, number_bytes=work.number_bytes, weights=work.weights)
    free = free_memory(placement.device)
    if placement.room is not None or needed <= free:
        return
    where = device_title(placement.device)
    room = Room(
        device=str(placement.device),
        title=where,
        free=free,
        ram_free=free_memory(torch.device("cpu")),
        quantizes=quantizes(placement.device.type),
    )
    ways = judge_fit(work, room, saving=Saving(weights=work.weights)).ways
    advice = (
        f"choose “{ways[0].title.partition(':')[0]}” as its saving"
        if ways
        else "close other programs or choose a smaller model"
    )
    raise EngineError(
        FailureKind.DOES_NOT_FIT,
        f"{entry.title} needs {needed / 1e9:.1f} GB for its weights, and "
        f"{free / 1e9:.1f} GB are free on {where}; {advice}.",
    )
