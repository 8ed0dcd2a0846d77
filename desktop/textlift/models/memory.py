"""How much memory is used: by Textlift and by others, in the system and on each GPU."""

from __future__ import annotations

import functools
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

import msgspec

from textlift.models import own_processes, torch_build
from textlift.models.amd import AmdGpu, amd_state, amd_used_by, find_amd_gpus
from textlift.models.apple import apple_gpu
from textlift.models.gpu_use import NO_ANSWER, GpuUse, amd_uses, nvidia_uses
from textlift.models.nvidia import NvidiaState, NvidiaSystem, Nvml
from textlift.models.own_processes import OwnProcesses
from textlift.models.ram import system_ram

_LOOK_AGAIN = 10.0
"""Seconds after which is looked for AMD GPUs again."""

_DIVIDED = " (divided by MIG, one part)"


class GpuMemory(msgspec.Struct, frozen=True):
    """One GPU; bytes.

    Attributes:
        index: Among those of its maker; for NVIDIA's as NVML counts.
        name: Of the product.
        total: On the card.
        used: By everyone.
        ours: By Textlift's processes; too little where ``ours_told`` is False.
        device: What settings call it: ``cuda:0``; empty when torch cannot use it.
        temperature: Degrees Celsius; None where it is not told.
        load: Share of the last moment in which it worked, 0 to 1; None where it is not told.
        lost: It answered before and does not now.
        ours_told: The driver says how much each process of ours has; it does not on Windows
            (WDDM) for a card that draws the screen, and may not in a container.
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
    ours_told: bool = True
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
        ram_total: Installed, or as much as the container may use.
        ram_used: By everyone, without what the system can give back at once.
        ram_ours: Resident in Textlift's processes.
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


class MemoryProbe:
    """Measures; remembers the GPUs it saw, so that one that is lost stays in the list.

    Safe to use from several threads.
    """

    def __init__(
        self,
        *,
        nvml: Nvml | None = None,
        root: Path = Path("/"),
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """Prepares.

        Args:
            nvml: Of NVIDIA's driver.
            root: Of the file system; another in tests.
            clock: Seconds; another in tests.
        """
        self.nvml = nvml or Nvml(clock)
        self._root = root
        self._clock = clock
        self._lock = threading.Lock()
        self._own = OwnProcesses(clock)
        self._amd: tuple[AmdGpu, ...] = ()
        self._looked_at: float | None = None
        self._seen: dict[str, tuple[GpuMemory, GpuUse]] = {}

    def sample(self, children: Iterable[int]) -> MemorySample:
        """Measures now.

        Args:
            children: Our child processes, as far as they are known; this process, and what all
                of them started, is found by itself.
        """
        with self._lock:
            own = self._own.pids(children)
            ram = system_ram()
            return MemorySample(
                ram_total=ram.total,
                ram_used=ram.total - ram.available,
                ram_ours=self._own.resident(own),
                gpus=tuple(gpu for gpu, _ in self._gpus(own)),
                ram_gpu=apple_gpu(),
            )

    def gpus(self) -> tuple[tuple[GpuMemory, GpuUse], ...]:
        """All GPUs with memory of their own, and how they can be used."""
        with self._lock:
            return self._gpus(frozenset())

    def _gpus(self, own: frozenset[int]) -> tuple[tuple[GpuMemory, GpuUse], ...]:
        now = {gpu.key: (gpu, use) for gpu, use in (*self._nvidia(own), *self._amd_gpus(own))}
        for key, (gpu, use) in self._seen.items():
            if key not in now:
                self._seen[key] = _lost(gpu, use)
        self._seen.update(now)
        return tuple(self._seen.values())

    def _nvidia(self, own: frozenset[int]) -> Iterator[tuple[GpuMemory, GpuUse]]:
        states = self.nvml.states()
        if not states:
            return
        uses = nvidia_uses(self.nvml.system(), torch_build.installed_torch(), root=self._root)
        for state in states:
            use = uses.get(state.gpu.uuid)
            if use is not None:
                yield _nvidia_memory(state, use, own), use

    def _amd_gpus(self, own: frozenset[int]) -> Iterator[tuple[GpuMemory, GpuUse]]:
        now = self._clock()
        if self._looked_at is None or now - self._looked_at >= _LOOK_AGAIN:
            self._looked_at = now
            self._amd = find_amd_gpus(self._root)
        if not self._amd:
            return
        uses = amd_uses(self._amd, torch_build.installed_torch(), root=self._root)
        for index, gpu in enumerate(self._amd):
            state, use = amd_state(gpu), uses[gpu.address]
            ours = amd_used_by(gpu, own, root=self._root)
            if state is not None:
                memory = GpuMemory(
                    index=index,
                    name=gpu.name,
                    total=state.total,
                    used=state.used,
                    ours=ours,
                    device=use.device if use.usable else "",
                    temperature=state.temperature,
                    load=state.load,
                    ours_told=ours > 0 or not own_processes.numbered_apart(),
                    key=f"amd:{gpu.address}",
                )
                yield memory, use


def _nvidia_memory(state: NvidiaState, use: GpuUse, own: frozenset[int]) -> GpuMemory:
    ours = [used for pid, used in state.by_process.items() if pid in own]
    # Where processes have other numbers for the driver, to find none of ours says nothing.
    told = state.processes_told and (bool(ours) or not own_processes.numbered_apart())
    return GpuMemory(
        index=state.gpu.index,
        name=f"{state.gpu.name}{_DIVIDED}" if state.gpu.divided else state.gpu.name,
        total=state.total,
        used=state.used,
        ours=sum(used or 0 for used in ours),
        device=use.device if use.usable else "",
        temperature=state.temperature,
        load=state.load,
        ours_told=told and None not in ours,
        key=f"nvidia:{state.gpu.uuid}",
    )


def _lost(gpu: GpuMemory, use: GpuUse) -> tuple[GpuMemory, GpuUse]:
    """The GPU as it is shown while it does not answer: what it is, and nothing of what it does."""
    problem, remedy = NO_ANSWER
    return (
        msgspec.structs.replace(
            gpu, used=0, ours=0, device="", temperature=None, load=None, lost=True
        ),
        GpuUse(device=use.device, problem=problem, remedy=remedy),
    )


@functools.cache
def memory_probe() -> MemoryProbe:
    """The one of this process: NVML is started once."""
    return MemoryProbe()


def sample_memory(children: Iterable[int]) -> MemorySample:
    """Measures now; see ``MemoryProbe.sample``."""
    return memory_probe().sample(children)


def gpu_states() -> tuple[tuple[GpuMemory, GpuUse], ...]:
    """All GPUs with memory of their own, and how they can be used."""
    return memory_probe().gpus()


def nvidia_system() -> NvidiaSystem:
    """What NVML says of the system."""
    return memory_probe().nvml.system()
