"""What a loaded model takes of its device's memory: its weights, the cache of a page, the rest."""

from __future__ import annotations

import time
import weakref
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import psutil
import torch

from textlift.engines.vision_language.memory import PeakMemory, free_memory
from textlift.models.engine_memory import EngineMemory
from textlift.models.ram import system_ram

_INTERVAL = 0.5
"""Seconds between two reports while a page is read: the window measures no more often."""

_DEPTH = 4
"""Of a cache: two halves, layers, a pair of tensors."""


class ModelMemory:
    """Measures for one model on one device."""

    def __init__(self, model: torch.nn.Module, device: torch.device) -> None:
        self._model = model
        self._device = device
        self._weights = _weight_bytes(model, device)
        self._cache: Any = None
        self._counted: Callable[[], int] = lambda: 0
        self._peaks: weakref.WeakSet[PeakMemory] = weakref.WeakSet()

    @property
    def device(self) -> torch.device:
        return self._device

    def now(self, *, peak: int = 0) -> EngineMemory:
        """Measures.

        Args:
            peak: Bytes, of the page.
        """
        cache = tensor_bytes(self._cache, self._device) + self._counted()
        free, total = _free_and_total(self._device)
        return EngineMemory(
            device=str(self._device),
            weights=self._weights,
            cache=cache,
            rest=max(_held(self._device) - self._weights - cache, 0),
            peak=peak,
            free=free,
            total=total,
        )

    def new_peak(self) -> PeakMemory:
        """The peak from now on; those of pages that are in work keep theirs."""
        for peak in tuple(self._peaks):
            peak.sample()
        peak = PeakMemory(self._device)
        self._peaks.add(peak)
        return peak

    def count_cache(self, counted: Callable[[], int]) -> None:
        """From now on adds the bytes of a cache that is not the library's."""
        self._counted = counted

    @contextmanager
    def watching_cache(self) -> Iterator[None]:
        """Inside, the keys and values that the model keeps between two tokens are counted.

        They are the library's, made by ``generate`` and handed from step to step; the model's own
        output is the one place where every kind of them can be seen. Outside nothing holds them.
        """
        hook = self._model.register_forward_hook(self._keep_cache)
        try:
            yield
        finally:
            hook.remove()
            self._cache = None

    def _keep_cache(self, _module: torch.nn.Module, _arguments: Any, output: Any) -> None:
        self._cache = getattr(output, "past_key_values", None)


class PageMemory:
    """What the model takes while one page is read, with that of others read at the same time.

    Make it when the page begins: the peak counts from then on.
    """

    def __init__(self, model: ModelMemory, clock: Callable[[], float] = time.monotonic) -> None:
        self._model = model
        self._clock = clock
        self._peak = model.new_peak()
        self._told_at: float | None = None

    @property
    def peak(self) -> int:
        """Bytes; see ``PeakMemory``."""
        return self._peak.bytes

    def now(self) -> EngineMemory:
        """Measures, with the peak so far."""
        return self._model.now(peak=self._peak.bytes)

    def due(self) -> EngineMemory | None:
        """Takes the peak down, and measures when half a second has gone by; else None."""
        self._peak.sample()
        now = self._clock()
        if self._told_at is not None and now - self._told_at < _INTERVAL:
            return None
        self._told_at = now
        return self.now()

    @contextmanager
    def watching_cache(self) -> Iterator[None]:
        """See ``ModelMemory.watching_cache``."""
        with self._model.watching_cache():
            yield


def tensor_bytes(thing: Any, device: torch.device, *, depth: int = _DEPTH) -> int:
    """Bytes on the device of all tensors in a cache, whatever its class.

    Tensors lie in its layers' attributes: keys and values, and states where a layer is no
    attention. A cache can consist of two, one of them for what the image gave.
    """
    if isinstance(thing, torch.Tensor):
        return thing.nbytes if _same_place(thing.device, device) else 0
    if depth == 0 or thing is None or isinstance(thing, str | int | float | type):
        return 0
    if isinstance(thing, list | tuple):
        parts: Any = thing
    elif isinstance(thing, dict):
        parts = thing.values()
    else:
        parts = getattr(thing, "__dict__", {}).values()
    return sum(tensor_bytes(part, device, depth=depth - 1) for part in parts)


def _weight_bytes(model: torch.nn.Module, device: torch.device) -> int:
    """Of those that lie on the device; with the scales of weights in 4 or 8 bits."""
    sizes: dict[int, int] = {}
    for weight in (*model.parameters(), *model.buffers()):
        if not _same_place(weight.device, device):
            continue
        scales = tensor_bytes(getattr(weight, "quant_state", None), device)
        # Two names of one tensor are one tensor.
        sizes[weight.untyped_storage().data_ptr()] = weight.untyped_storage().nbytes() + scales
    return sum(sizes.values())


def _same_place(one: torch.device, other: torch.device) -> bool:
    return one.type == other.type and (one.index or 0) == (other.index or 0)


def _held(device: torch.device) -> int:
    """Bytes that torch holds on the device; on a CPU all that the process has."""
    if device.type == "cuda":
        return int(torch.cuda.memory_reserved(device))
    if device.type == "mps":
        return int(torch.mps.driver_allocated_memory())
    return int(psutil.Process().memory_info().rss)


def _free_and_total(device: torch.device) -> tuple[int, int]:
    if device.type == "cuda":
        free, total = torch.cuda.mem_get_info(device)
        return int(free), int(total)
    if device.type == "mps":
        return free_memory(device), int(torch.mps.recommended_max_memory())
    ram = system_ram()
    return ram.available, ram.total
