"""What a loaded model takes of its device's memory, told by its own process."""

from __future__ import annotations

import msgspec


class EngineMemory(msgspec.Struct, frozen=True, omit_defaults=True):
    """Bytes on the model's device, as torch counts them; of the whole process on a CPU.

    Attributes:
        device: ``cuda:0``, ``mps``, ``cpu``.
        weights: Of the model.
        cache: Keys and values of the page being read.
        rest: Activations, and what torch holds without using it.
        peak: The most that was used for the last page, or for the page so far.
        free: Free on the device for everyone; 0 where that is not known.
        total: On the device; 0 where that is not known.
    """

    device: str
    weights: int
    cache: int = 0
    rest: int = 0
    peak: int = 0
    free: int = 0
    total: int = 0
