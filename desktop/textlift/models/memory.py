"""How much memory is used: by Textlift and by others, in the system and on each NVIDIA GPU."""

from __future__ import annotations

import contextlib
import functools
from collections.abc import Iterable

import msgspec
import psutil
import pynvml


class GpuMemory(msgspec.Struct, frozen=True):
    """One GPU; bytes.

    Attributes:
        index: As NVML counts.
        name: Of the product.
        total: On the card.
        used: By everyone.
        ours: By the processes asked about; 0 where the driver does not tell (WDDM on Windows).
        device: What settings call it: ``cuda:0``; empty when torch cannot use it.
        temperature: Degrees Celsius; None where it is not told.
        load: Share of the last moment in which it worked, 0 to 1; None where it is not told.
        lost: It answered before and does not now.
        key: Tells it from all others, of other makers too, as long as the program runs.
    """

    index: int
    name: str
    total: int
    used: int
    ours: int
    device: str = ""
    temperature: int | None = None
    load: float | None = None
    lost: bool = False
    key: str = ""

    @property
    def others(self) -> int:
        return max(self.used - self.ours, 0)

    @property
    def free(self) -> int:
        return max(self.total - self.used, 0)


class MemorySample(msgspec.Struct, frozen=True):
    """Memory at one moment; bytes.

    Attributes:
        ram_total: Installed.
        ram_used: By everyone, without what the system can give back at once.
        ram_ours: Resident in this process and those asked about.
        gpus: Those with memory of their own.
        ram_gpu: Name of a GPU that has none and uses the RAM, as Apple's do; empty when there
            is none.
    """

    ram_total: int
    ram_used: int
    ram_ours: int
    gpus: tuple[GpuMemory, ...] = ()
    ram_gpu: str = ""

    @property
    def ram_free(self) -> int:
        return max(self.ram_total - self.ram_used, 0)


def sample_memory(pids: Iterable[int]) -> MemorySample:
    """Measures now.

    Args:
        pids: Our child processes; this process is counted by itself. Those that have ended
            count nothing.
    """
    own = {psutil.Process().pid, *pids}
    system = psutil.virtual_memory()
    return MemorySample(
        ram_total=system.total,
        ram_used=system.total - system.available,
        ram_ours=sum(_resident(pid) for pid in own),
        gpus=_gpus(own),
    )


def _resident(pid: int) -> int:
    try:
        return int(psutil.Process(pid).memory_info().rss)
    except (psutil.NoSuchProcess, psutil.AccessDenied):
        return 0


@functools.cache
def nvml_problem() -> str:
    """Starts NVML, once; an empty string when it answers, else its reason why not."""
    try:
        pynvml.nvmlInit()
    except pynvml.NVMLError as error:
        return str(error)
    return ""


def _gpus(own: set[int]) -> tuple[GpuMemory, ...]:
    if nvml_problem():
        return ()
    gpus = []
    for index in range(pynvml.nvmlDeviceGetCount()):
        # A card can fall off the bus while we read; the others are still shown.
        with contextlib.suppress(pynvml.NVMLError):
            gpus.append(_gpu(index, own))
    return tuple(gpus)


def _gpu(index: int, own: set[int]) -> GpuMemory:
    handle = pynvml.nvmlDeviceGetHandleByIndex(index)
    memory = pynvml.nvmlDeviceGetMemoryInfo(handle)
    name = pynvml.nvmlDeviceGetName(handle)
    processes = {
        process.pid: process.usedGpuMemory or 0
        for process in [
            *pynvml.nvmlDeviceGetComputeRunningProcesses(handle),
            *pynvml.nvmlDeviceGetGraphicsRunningProcesses(handle),
        ]
    }
    return GpuMemory(
        index=index,
        name=name if isinstance(name, str) else name.decode(),
        total=int(memory.total),
        used=int(memory.used),
        ours=sum(used for pid, used in processes.items() if pid in own),
    )
