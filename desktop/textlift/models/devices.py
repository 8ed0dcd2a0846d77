"""The devices an engine can run on, as far as they can be known without loading torch."""

from __future__ import annotations

import os
import platform

import msgspec

from textlift.models.memory import nvml_problem, sample_memory


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
