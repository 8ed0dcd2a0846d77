"""Whether a model fits into a device's memory, and what would make it fit."""

from __future__ import annotations

import enum
from collections.abc import Iterator

import msgspec

from textlift.models.memory_need import MemoryNeed, Work, least_on_gpu, memory_need
from textlift.models.on_disk import shown_size
from textlift.models.saving_words import saving_words
from textlift.settings import Saving

LEAST_READABLE = 500_000
"""Pixels of a page; with fewer, the letters of running text cannot be told apart."""

_PIXEL_STEP = 100_000


class Answer(enum.Enum):
    """Whether a model can be loaded and read the page."""

    FITS = "fits"
    FITS_WITH = "fits-with"
    """Only with one of the savings."""
    DOES_NOT_FIT = "does-not-fit"
    UNKNOWN = "unknown"
    """The memory of the device cannot be known without loading something onto it."""


class Way(msgspec.Struct, frozen=True):
    """One way to make a model fit.

    Attributes:
        saving: What is to be set.
        need: With it.
        title: For a person, with its price: "8-bit weights: half the memory, a little less exact".
    """

    saving: Saving
    need: MemoryNeed
    title: str


class Fit(msgspec.Struct, frozen=True):
    """Whether a model fits on a device now.

    Attributes:
        answer: See ``Answer``.
        need: As the settings are.
        free: Bytes free on the device now, with what unloading the present model gives back.
        device: ``cpu``, ``cuda:0``…
        ways: Where it fits with a saving only: the ways, that with the least loss first.
        instead: Where it does not fit: name of the best model that does; empty when none does.
        sentence: For a person: "Fits: needs 8.1 GB, 21.3 GB are free on the GPU."
        saving: That is set already, and without which it may not fit.
    """

    answer: Answer
    need: MemoryNeed
    free: int
    device: str
    ways: tuple[Way, ...] = ()
    instead: str = ""
    sentence: str = ""
    saving: Saving = Saving()

    @property
    def fits_words(self) -> str:
        """That it fits, with the saving that is set."""
        return f"Fits with {saving_words(self.saving)}" if self.saving != Saving() else "Fits"


class Room(msgspec.Struct, frozen=True):
    """What a model may take.

    Attributes:
        device: ``cpu``, ``cuda:0``, ``mps``.
        title: Of the device, for a sentence: "the GPU NVIDIA GeForce RTX 3070".
        free: Bytes free on it, with what unloading the present model gives back.
        ram_free: Bytes free of the system's memory, for layers that find no room on a GPU.
        quantizes: Weights can be stored in 8 or 4 bits there, for what that needs is installed.
    """

    device: str
    title: str
    free: int
    ram_free: int
    quantizes: bool


def judge_fit(work: Work, room: Room, *, saving: Saving, instead: str = "") -> Fit:
    """Whether a model fits, and what would make it fit.

    Args:
        work: The model and how it would read, with what the saving says of weights and pixels.
        room: What it may take.
        saving: That is set already.
        instead: Name of the best model that fits, where this one does not.
    """
    need = _need(work, room, offload=saving.offload)
    if need is not None and need.total <= room.free:
        fit = Fit(Answer.FITS, need, room.free, room.device, saving=saving)
        return msgspec.structs.replace(fit, sentence=f"{fit.fits_words}: {_needs(need, room)}.")
    need = memory_need(work, room.device)
    ways = tuple(_ways(work, room, saving))
    if ways:
        return _fit(
            Answer.FITS_WITH,
            need,
            room,
            f"N{_needs(need, room)[1:]}; it fits with {ways[0].title.partition(':')[0]}.",
            ways=ways,
        )
    return _fit(
        Answer.DOES_NOT_FIT, need, room, f"Does not fit: {_needs(need, room)}.", instead=instead
    )


def saved_work(work: Work, saving: Saving) -> Work:
    """The work as a saving makes it, offloading aside."""
    pixels = min(work.pixels, saving.max_pixels) if saving.max_pixels else work.pixels
    return msgspec.structs.replace(work, weights=saving.weights, pixels=pixels)


def most_pixels(work: Work, device: str, *, room: int, weights_there: bool = False) -> int:
    """Pixels of a page with which a model fits, at most those of ``work``; 0 for none.

    Args:
        work: The model and how it would read.
        device: Where.
        room: Bytes it may take.
        weights_there: They are loaded, and so is the runtime: only the rest must fit.
    """

    def taken(pixels: int) -> int:
        need = memory_need(msgspec.structs.replace(work, pixels=pixels), device)
        return need.cache + need.activations if weights_there else need.total

    if taken(work.pixels) <= room:
        return work.pixels
    low, high = 0, work.pixels
    while high - low > 1000:
        middle = (low + high) // 2
        low, high = (middle, high) if taken(middle) <= room else (low, middle)
    return low


def _fit(
    answer: Answer,
    need: MemoryNeed,
    room: Room,
    sentence: str,
    *,
    ways: tuple[Way, ...] = (),
    instead: str = "",
) -> Fit:
    return Fit(
        answer=answer,
        need=need,
        free=room.free,
        device=room.device,
        ways=ways,
        instead=instead,
        sentence=sentence,
    )


def _needs(need: MemoryNeed, room: Room) -> str:
    return (
        f"needs {shown_size(need.total)}, {shown_size(max(room.free, 0))} are free on {room.title}"
    )


def _need(work: Work, room: Room, *, offload: bool) -> MemoryNeed | None:
    """What the model takes of the device; None where its layers find no room anywhere."""
    need = memory_need(work, room.device)
    if need.total <= room.free or not offload or room.device in {"cpu", "mps"}:
        return need
    least = least_on_gpu(work, room.device)
    spare = room.free - least.total
    if spare < 0 or need.weights - least.weights - spare > room.ram_free:
        return None
    return msgspec.structs.replace(least, weights=least.weights + spare)


def _ways(work: Work, room: Room, saving: Saving) -> Iterator[Way]:
    """What makes it fit, that with the least loss first; each is checked."""
    half, quarter = (_quantized(work, room, saving, weights) for weights in ("int8", "int4"))
    any_found = False
    for candidate in (half, _smaller_page(work, room), _smaller_page(half, room), quarter,
                      _smaller_page(quarter, room)):  # fmt: skip
        if candidate is None or not _fits(candidate, room):
            continue
        # Two losses at once are offered only where neither is enough.
        if any_found and candidate.weights != work.weights and candidate.pixels != work.pixels:
            continue
        any_found = True
        yield _way(candidate, work, room, saving)
    offloaded = None if saving.offload else _need(work, room, offload=True)
    if offloaded is not None and offloaded.total <= room.free:
        yield Way(
            saving=msgspec.structs.replace(saving, offload=True),
            need=offloaded,
            title="a part of it in the system's memory: several times slower",
        )


def _fits(work: Work, room: Room) -> bool:
    return memory_need(work, room.device).total <= room.free


def _quantized(work: Work, room: Room, saving: Saving, weights: str) -> Work | None:
    """The same with smaller weights; None where that cannot be."""
    if not room.quantizes or saving.weights in {weights, "int4"}:
        return None
    return msgspec.structs.replace(work, weights=weights)


def _smaller_page(work: Work | None, room: Room) -> Work | None:
    """The same with as many pixels as fit; None where all do, or too few."""
    if work is None:
        return None
    pixels = most_pixels(work, room.device, room=room.free) // _PIXEL_STEP * _PIXEL_STEP
    if not LEAST_READABLE <= pixels < work.pixels:
        return None
    return msgspec.structs.replace(work, pixels=pixels)


def _way(work: Work, before: Work, room: Room, saving: Saving) -> Way:
    what, price = [], []
    if work.weights != before.weights:
        what.append(f"{_BITS[work.weights]}-bit weights")
        price.append(_PRICES[work.weights])
        saving = msgspec.structs.replace(saving, weights=work.weights)
    if work.pixels != before.pixels:
        what.append(f"pages of {work.pixels / 1e6:.1f} megapixels")
        price.append("small print may be lost")
        saving = msgspec.structs.replace(saving, max_pixels=work.pixels)
    return Way(
        saving=saving,
        need=memory_need(work, room.device),
        title=f"{' and '.join(what)}: {', and '.join(price)}",
    )


_BITS = {"int8": 8, "int4": 4}
_PRICES = {"int8": "a little less exact", "int4": "less exact"}
