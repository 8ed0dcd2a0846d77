"""What the memory display shows of each device, made of a sample and of what engines tell."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

import msgspec

if TYPE_CHECKING:
    from textlift.models.engine_memory import EngineMemory
    from textlift.models.memory import GpuMemory, MemorySample

RAM = "ram"
"""Key of the system's memory; those of GPUs are other words."""


class DeviceUse(msgspec.Struct, frozen=True):
    """The memory of one device at one moment; bytes.

    Attributes:
        key: Tells it from the others as long as the program runs.
        devices: What settings call the devices whose models are in it: ``cuda:0``; none when
            torch cannot use it.
        short: In the status bar: ``RAM``, ``GPU``, ``GPU 1``.
        title: For people.
        total: Of it.
        used: By everyone.
        ours: By Textlift.
        temperature: Degrees Celsius; None where it is not told.
        load: Share of the last moment in which it worked, 0 to 1; None where it is not told.
        lost: It answered before and does not now; the rest is from when it did.
        ours_told: ``ours`` is the driver's word, not what engines say of themselves.
    """

    key: str
    devices: tuple[str, ...]
    short: str
    title: str
    total: int
    used: int
    ours: int
    temperature: int | None = None
    load: float | None = None
    lost: bool = False
    ours_told: bool = True

    @property
    def is_ram(self) -> bool:
        return self.key == RAM

    @property
    def others(self) -> int:
        return max(self.used - self.ours, 0)

    @property
    def free(self) -> int:
        return max(self.total - self.used, 0)


def devices_in(sample: MemorySample, told: Iterable[EngineMemory] = ()) -> tuple[DeviceUse, ...]:
    """The GPUs, then the system's memory.

    Args:
        sample: What was measured.
        told: By the engines that are loaded. Only needed where the system does not tell whose
            memory it is, else all of it would pass for that of others, or tells of no GPU.
    """
    told = tuple(told)
    sizes = Counter[str]()
    for one in told:
        sizes[one.device] += one.weights + one.cache + one.rest
    gpus = [
        _gpu(gpu, sizes, short=short)
        for gpu, short in zip(sample.gpus, _short_names(sample.gpus), strict=True)
    ] or _only_told(told, sizes)
    # What Metal gives a process is not all counted as resident.
    ram_ours = max(sample.ram_ours, sizes["mps"]) if sample.ram_gpu else sample.ram_ours
    ram = DeviceUse(
        key=RAM,
        devices=("cpu", "mps") if sample.ram_gpu else ("cpu",),
        short="Unified memory" if sample.ram_gpu else "RAM",
        title=f"Unified memory of this computer and its GPU, {sample.ram_gpu}"
        if sample.ram_gpu
        else "Memory of this computer",
        total=sample.ram_total,
        used=max(sample.ram_used, ram_ours),
        ours=ram_ours,
    )
    return (*gpus, ram)


def _short_names(gpus: tuple[GpuMemory, ...]) -> list[str]:
    """By the driver's numbers; by their places where two makers' drivers both begin at 0."""
    if len(gpus) == 1:
        return ["GPU"]
    numbers = [gpu.index for gpu in gpus]
    if len(set(numbers)) < len(numbers):
        numbers = list(range(len(gpus)))
    return [f"GPU {number}" for number in numbers]


def _gpu(gpu: GpuMemory, told: Mapping[str, int], *, short: str) -> DeviceUse:
    ours = gpu.ours
    if not gpu.ours_told:
        ours = max(ours, min(told.get(gpu.device, 0), gpu.used))
    return DeviceUse(
        key=gpu.key or f"gpu {gpu.index}",
        devices=(gpu.device,) if gpu.device else (),
        short=short,
        title=gpu.name,
        total=gpu.total,
        used=max(gpu.used, ours),
        ours=ours,
        temperature=gpu.temperature,
        load=gpu.load,
        lost=gpu.lost,
        ours_told=gpu.ours_told,
    )


def _only_told(told: Iterable[EngineMemory], sizes: Mapping[str, int]) -> list[DeviceUse]:
    """GPUs that models run on and of which no driver tells.

    So it is in a container that was given CUDA without NVML, and with ROCm in WSL.
    """
    latest = {one.device: one for one in told if one.device.startswith("cuda") and one.total}
    return [
        DeviceUse(
            key=f"told {device}",
            devices=(device,),
            short="GPU" if len(latest) == 1 else f"GPU {device.partition(':')[2]}",
            title=f"{device}, as its model told when it last read",
            total=one.total,
            used=max(one.total - one.free, sizes[device]),
            ours=sizes[device],
            ours_told=False,
        )
        for device, one in latest.items()
    ]


def home_of(device: str, uses: tuple[DeviceUse, ...]) -> DeviceUse | None:
    """Where the memory of a model is that says it is on ``device``; the RAM where none has it."""
    for use in uses:
        if device in use.devices:
            return use
    return next((use for use in uses if use.is_ram), None)
