"""The devices an engine can run on, as far as they can be known without loading torch."""

from __future__ import annotations

import os
import platform

import msgspec

from textlift.models import torch_build
from textlift.models.apple import apple_gpu
from textlift.models.memory import MemorySample, gpu_states, nvidia_system
from textlift.models.ram import system_ram
from textlift.models.undriven import undriven_cards


class Device(msgspec.Struct, frozen=True):
    """A place to run an engine.

    Attributes:
        name: What settings and the command line call it: ``cpu``, ``cuda:0``, ``mps``; one that
            cannot be used may have another, such as ``nvidia:1``.
        title: For people.
        memory: Bytes: RAM for the CPU, on the card for a GPU; 0 when it does not say.
        usable: Models can run on it.
        problem: Why they cannot, in a sentence; empty when they can.
        remedy: What to do about it. A command for this system stands at its end, alone, after
            “Type: ”.
    """

    name: str
    title: str
    memory: int
    usable: bool = True
    problem: str = ""
    remedy: str = ""


def find_devices() -> tuple[Device, ...]:
    """The CPU first, then every GPU, also those that cannot be used and say why."""
    found = [
        Device(name="cpu", title=f"CPU, {os.cpu_count() or 1} cores", memory=system_ram().total)
    ]
    found += [_apple_device(found[0].memory)] if apple_gpu() else []
    found += [
        Device(
            name=use.device,
            title=gpu.name,
            memory=gpu.total,
            usable=use.usable,
            problem=use.problem,
            remedy=use.remedy,
        )
        for gpu, use in gpu_states()
    ]
    found += [
        Device(
            name=f"nvidia:{number}",
            title=card.title,
            memory=0,
            usable=False,
            problem=card.problem,
            remedy=card.remedy,
        )
        for number, card in enumerate(undriven_cards(nvidia_system()))
    ]
    return tuple(found)


def _apple_device(memory: int) -> Device:
    """Every build of torch for Apple's processors can use their GPU."""
    if torch_build.installed_torch() is not None:
        return Device(name="mps", title=f"{apple_gpu()} GPU", memory=memory)
    return Device(
        name="mps",
        title=f"{apple_gpu()} GPU",
        memory=memory,
        usable=False,
        problem="PyTorch, which runs the models, is not installed.",
        remedy=f"Type: {torch_build.install_command(installed=None)}",
    )


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
    """What NVIDIA's driver says of itself, for ``textlift doctor``."""
    system = nvidia_system()
    if system.error:
        return f"NVIDIA driver: none that answers ({system.problem})"
    count = len(system.gpus)
    speaks = f", CUDA {system.cuda[0]}.{system.cuda[1]}" if system.cuda is not None else ""
    return f"NVIDIA driver: {system.driver}{speaks}, knows {count} GPU{'' if count == 1 else 's'}"


def system_title() -> str:
    """The operating system and processor, for a bug report."""
    return f"{platform.system()} {platform.release()}, {platform.machine()}"
