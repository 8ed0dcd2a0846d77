"""The devices an engine can run on, as far as they can be known without loading torch."""

from __future__ import annotations

import os
import platform

import msgspec

from textlift.models.memory import MemorySample, nvml_problem, sample_memory


class Device(msgspec.Struct, frozen=True):
    """A place to run an engine.

    Attributes:
        name: What settings and the command line call it: ``cpu``, ``cuda:0``…
        title: For people.
        memory: Bytes: RAM for the CPU, on the card for a GPU; 0 when it does not say.
        usable: Models can run on it.
        problem: Why they cannot, in a sentence; empty when they can.
        remedy: What to do about it, such as the command to type on this system.
    """

    name: str
    title: str
    memory: int
    usable: bool = True
    problem: str = ""
    remedy: str = ""


def find_devices() -> tuple[Device, ...]:
    """The CPU first, then the NVIDIA GPUs that NVML knows."""
    sample = sample_memory([])
    cpu = Device(name="cpu", title=f"CPU, {os.cpu_count() or 1} cores", memory=sample.ram_total)
    gpus = [
        Device(name=f"cuda:{gpu.index}", title=gpu.name, memory=gpu.total) for gpu in sample.gpus
    ]
    return (cpu, *gpus)


def best_device(sample: MemorySample) -> str:
    """What ``auto`` means now: the emptiest GPU that torch can use, else the CPU.

    The engine process decides alike (``engines/vision_language/devices.py``).
    """
    usable = [gpu for gpu in sample.gpus if gpu.device and not gpu.lost]
    if usable:
        return max(usable, key=lambda gpu: gpu.free).device
    return "mps" if sample.ram_gpu else "cpu"


class DeviceMemory(msgspec.Struct, frozen=True):
    """The memory of a device now; bytes.

    Attributes:
        device: ``cpu``, ``cuda:0``, ``mps``; never ``auto``.
        title: For a sentence: “the GPU NVIDIA GeForce RTX 3070”, “this machine”.
        total: That a model could have if nothing else ran.
        free: That it can have now.
    """

    device: str
    title: str
    total: int
    free: int


def device_memory(device: str, sample: MemorySample) -> DeviceMemory | None:
    """The memory of the device that a setting names; None when it cannot be known from here.

    Args:
        device: As in the settings: ``auto``, ``cpu``, ``cuda`` (the first), ``cuda:1``, ``mps``.
        sample: Measured just now.
    """
    name = best_device(sample) if device == "auto" else device
    name = "cuda:0" if name == "cuda" else name
    if name in {"cpu", "mps"}:
        return DeviceMemory(
            device=name, title="this machine", total=sample.ram_total, free=sample.ram_free
        )
    for gpu in sample.gpus:
        if gpu.device == name and not gpu.lost:
            return DeviceMemory(
                device=name, title=f"the GPU {gpu.name}", total=gpu.total, free=gpu.free
            )
    return None


def gpu_report() -> str:
    """One sentence on GPUs for ``textlift doctor``."""
    problem = nvml_problem()
    if problem:
        return f"No NVIDIA GPU can be used: {problem}."
    count = len(sample_memory([]).gpus)
    return f"NVML answers and knows {count} GPU{'' if count == 1 else 's'}."


def system_title() -> str:
    """The operating system and processor, for a bug report."""
    return f"{platform.system()} {platform.release()}, {platform.machine()}"
