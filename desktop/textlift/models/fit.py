"""Whether a model fits into a device's memory, and what would make it fit."""

from __future__ import annotations

import enum

import msgspec

from textlift.settings import Saving


class MemoryNeed(msgspec.Struct, frozen=True):
    """What reading one page takes at most, in bytes of the device's memory.

    Attributes:
        weights: In the number format they are loaded in.
        cache: Keys and values of the language model, for the image's tokens and the answer's.
        activations: Of the layer that needs the most at once.
        overhead: Of the runtime: the CUDA context, libraries, what the allocator loses.
    """

    weights: int
    cache: int
    activations: int
    overhead: int

    @property
    def total(self) -> int:
        return self.weights + self.cache + self.activations + self.overhead


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
    """

    answer: Answer
    need: MemoryNeed
    free: int
    device: str
    ways: tuple[Way, ...] = ()
    instead: str = ""
    sentence: str = ""
