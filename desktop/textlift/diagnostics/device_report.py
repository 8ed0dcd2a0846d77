"""What ``textlift doctor`` says of devices: the same as the window's settings."""

from __future__ import annotations

from collections.abc import Iterator

from textlift.models import torch_build
from textlift.models.devices import Device, best_device, device_memory, find_devices, gpu_report
from textlift.models.memory import MemorySample, sample_memory
from textlift.models.on_disk import shown_size


def device_lines() -> Iterator[str]:
    """PyTorch, the driver, every device with what is free on it or why it cannot be used."""
    build = torch_build.installed_torch()
    yield f"PyTorch: {'not installed' if build is None else build.title}"
    yield gpu_report()
    sample = sample_memory([])
    for device in find_devices():
        yield f"Device {device.name}: {device.title}: {_state(device, sample)}"
    yield f"Device auto: now {best_device(sample)}"


def _state(device: Device, sample: MemorySample) -> str:
    if not device.usable:
        size = f"{shown_size(device.memory)}, " if device.memory else ""
        return f"{size}cannot be used. {device.problem} {device.remedy}"
    memory = device_memory(device.name, sample)
    if memory is None:
        return shown_size(device.memory)
    words = [f"{shown_size(memory.free)} of {shown_size(memory.total)} free"]
    for gpu in sample.gpus:
        if gpu.device == device.name:
            words += [f"{gpu.temperature} °C"] if gpu.temperature is not None else []
            words += [f"{gpu.load * 100:.0f} % busy"] if gpu.load is not None else []
    return ", ".join(words)
