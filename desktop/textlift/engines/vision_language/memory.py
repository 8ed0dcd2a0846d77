"""The memory of the device a model runs on: what is free, the peak of a page, running out."""

from __future__ import annotations

import contextlib
import gc
import sys
from pathlib import Path

import psutil
import torch
from safetensors import SafetensorError

from textlift.models.ram import system_ram

_WORDS = (
    *("can't allocate memory", "Cannot allocate memory", "not enough memory", "out of memory"),
    # Of cuBLAS and cuDNN; of Metal, for a tensor larger than any it can hold; and of Windows, for
    # a file of weights: its sentence is in the user's language, its number is not.
    *("ALLOC_FAILED", "Invalid buffer size", "os error 1455"),
)
_PROCESS_STATUS = Path("/proc/self/status")
_RESET_PEAK = Path("/proc/self/clear_refs")


def is_out_of_memory(error: BaseException) -> bool:
    """Whether an error says that memory ran out: on a CUDA card, on Apple's, or in the system.

    Torch has a class of its own for CUDA only; cuBLAS, Metal and the CPU's allocator raise
    RuntimeError, and what opens the files of weights OSError or an error of its own.
    """
    if isinstance(error, torch.OutOfMemoryError | MemoryError):
        return True
    told = isinstance(error, RuntimeError | OSError | SafetensorError)
    return told and any(word in str(error) for word in _WORDS)


def free_memory(device: torch.device) -> int:
    """Bytes that can be allocated on the device now, with what torch holds without using it."""
    if device.type == "cuda":
        free, _ = torch.cuda.mem_get_info(device)
        held = torch.cuda.memory_reserved(device) - torch.cuda.memory_allocated(device)
        return int(free) + int(held)
    available = system_ram().available
    if device.type == "mps":
        # Apple's GPU uses the system's memory, which other programs use too.
        used = int(torch.mps.current_allocated_memory())
        held = int(torch.mps.driver_allocated_memory()) - used
        return max(min(int(torch.mps.recommended_max_memory()) - used, available + held), 0)
    return available


def release_memory(device: torch.device) -> None:
    """Gives back what torch holds without using it."""
    gc.collect()
    if device.type == "cuda":
        torch.cuda.empty_cache()
    elif device.type == "mps":
        torch.mps.empty_cache()


class PeakMemory:
    """The most memory that was used since it was made; call ``sample`` now and then.

    CUDA keeps the peak itself, and so does Linux for a process. Elsewhere it is the largest of
    the samples.
    """

    def __init__(self, device: torch.device) -> None:
        self._device = device
        self._largest = 0
        self._kernel_counts = False
        if device.type == "cuda":
            torch.cuda.reset_peak_memory_stats(device)
        elif device.type == "cpu" and sys.platform == "linux":
            # Containers may forbid it; then the samples have to do.
            with contextlib.suppress(OSError):
                _RESET_PEAK.write_text("5")
                self._kernel_counts = True
        self.sample()

    def sample(self) -> None:
        """Looks at the memory used now, and at the peak where one is kept.

        Another that is made for the same device begins that peak anew, so this one must be
        sampled before.
        """
        if self._device.type == "cuda":
            used = int(torch.cuda.max_memory_allocated(self._device))
        elif self._device.type == "mps":
            used = int(torch.mps.driver_allocated_memory())
        elif self._kernel_counts:
            used = _high_water()
        else:
            used = int(psutil.Process().memory_info().rss)
        self._largest = max(self._largest, used)

    @property
    def bytes(self) -> int:
        """On the device; of the whole process on a CPU. The weights are included."""
        self.sample()
        return self._largest


def _high_water() -> int:
    for line in _PROCESS_STATUS.read_text().splitlines():
        name, _, value = line.partition(":")
        if name == "VmHWM":
            return int(value.split()[0]) * 1024
    return 0
