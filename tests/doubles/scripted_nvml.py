"""Stands for NVIDIA's driver: its library answers what the test says."""

from __future__ import annotations

import dataclasses
import functools
from collections.abc import Callable
from types import SimpleNamespace

import pynvml
import pytest

from textlift.models import memory, own_processes, torch_build
from textlift.models.torch_build import TorchBuild

GB = 10**9


@dataclasses.dataclass
class ScriptedGpu:
    """A card; change its fields while the program looks.

    Attributes:
        processes: Process id -> bytes; None where the driver does not tell. They are a part of
            ``used``. None for them all: the driver is too old to list them.
        draws: Process ids that are in the list of those that draw, too.
        temperature: None: the card has no sensor.
        load: In percent; None: not told.
        capability: None: not told.
        divided: By MIG.
        parts: Of a divided one; their UUIDs begin with ``MIG-``.
        lost: It fell off the bus.
        forbidden: This account may not open it.
    """

    name: str = "NVIDIA GeForce RTX 3070"
    uuid: str = ""
    total: int = 8 * GB
    used: int = 1 * GB
    processes: dict[int, int | None] | None = dataclasses.field(default_factory=dict)
    draws: set[int] = dataclasses.field(default_factory=set)
    temperature: int | None = 45
    load: int | None = 10
    capability: tuple[int, int] | None = (8, 6)
    divided: bool = False
    parts: list[ScriptedGpu] = dataclasses.field(default_factory=list)
    lost: bool = False
    forbidden: bool = False


class ScriptedNvml:
    """The library; give it to ``install``.

    Attributes:
        gpus: In the order of the PCI bus.
        driver: Its version.
        cuda: What the driver speaks, as NVML says it: 13000.
        error: Number of the error with which NVML does not start; 0: it starts.
        starts: How often it was started.
        asked: Names of the functions that were called, with how often.
    """

    def __init__(
        self, *gpus: ScriptedGpu, driver: str = "580.95.05", cuda: int = 13000, error: int = 0
    ) -> None:
        self.gpus = list(gpus)
        for number, gpu in enumerate(self.gpus):
            gpu.uuid = gpu.uuid or f"GPU-{number:08x}-0000-0000-0000-000000000000"
        self.driver = driver
        self.cuda = cuda
        self.error = error
        self.starts = 0
        self.asked: dict[str, int] = {}
        self._running = False

    def install(self, monkeypatch: pytest.MonkeyPatch) -> ScriptedNvml:
        """Puts it in the place of the library, for this process."""
        for name, answer in self._functions().items():
            monkeypatch.setattr(pynvml, name, self._counted(name, answer))
        # The tests themselves may run in a container.
        monkeypatch.setattr(own_processes, "numbered_apart", lambda: False)
        # The program's own has seen other GPUs.
        monkeypatch.setattr(memory, "memory_probe", functools.cache(memory.MemoryProbe))
        return self

    def reload_driver(self) -> None:
        """The driver is taken out and put in again; who had NVML open must open it anew."""
        self._running = False

    def _counted(self, name: str, answer: Callable) -> Callable:
        def counted(*arguments: object) -> object:
            self.asked[name] = self.asked.get(name, 0) + 1
            if name not in {"nvmlInit", "nvmlShutdown"} and not self._running:
                raise pynvml.NVMLError(pynvml.NVML_ERROR_UNINITIALIZED)
            return answer(*arguments)

        return counted

    def _functions(self) -> dict[str, Callable]:
        return {
            "nvmlInit": self._start,
            "nvmlShutdown": self._stop,
            "nvmlSystemGetDriverVersion": lambda: self.driver,
            "nvmlSystemGetCudaDriverVersion_v2": lambda: self.cuda,
            "nvmlDeviceGetCount": lambda: len(self.gpus),
            "nvmlDeviceGetHandleByIndex": self._handle,
            "nvmlDeviceGetName": lambda gpu: gpu.name,
            "nvmlDeviceGetUUID": lambda gpu: gpu.uuid,
            "nvmlDeviceGetCudaComputeCapability": lambda gpu: _told(gpu.capability),
            "nvmlDeviceGetMigMode": lambda gpu: (int(gpu.divided), int(gpu.divided)),
            "nvmlDeviceGetMaxMigDeviceCount": lambda gpu: len(gpu.parts) + 1,
            "nvmlDeviceGetMigDeviceHandleByIndex": _part,
            "nvmlDeviceGetMemoryInfo": self._memory,
            "nvmlDeviceGetTemperature": lambda gpu, sensor: _told(_present(gpu).temperature),
            "nvmlDeviceGetUtilizationRates": lambda gpu: SimpleNamespace(
                gpu=_told(_present(gpu).load), memory=0
            ),
            "nvmlDeviceGetComputeRunningProcesses": lambda gpu: [
                SimpleNamespace(pid=pid, usedGpuMemory=used)
                for pid, used in _told(_present(gpu).processes).items()
            ],
            "nvmlDeviceGetGraphicsRunningProcesses": lambda gpu: [
                SimpleNamespace(pid=pid, usedGpuMemory=_present(gpu).processes.get(pid))
                for pid in gpu.draws
            ],
        }

    def _start(self) -> None:
        if self.error:
            raise pynvml.NVMLError(self.error)
        self.starts += 1
        self._running = True

    def _stop(self) -> None:
        self._running = False

    def _handle(self, index: int) -> ScriptedGpu:
        gpu = _present(self.gpus[index])
        if gpu.forbidden:
            raise pynvml.NVMLError(pynvml.NVML_ERROR_NO_PERMISSION)
        return gpu

    def _memory(self, gpu: ScriptedGpu) -> SimpleNamespace:
        _present(gpu)
        return SimpleNamespace(total=gpu.total, used=gpu.used, free=gpu.total - gpu.used)


CUDA_13 = TorchBuild(version="2.13.0+cu130", cuda="13.0")
CUDA_12 = TorchBuild(version="2.13.0+cu126", cuda="12.6")
ROCM_7 = TorchBuild(version="2.13.0+rocm7.2", hip="7.2.53211")
CPU_ONLY = TorchBuild(version="2.13.0+cpu")


def install_torch(monkeypatch: pytest.MonkeyPatch, build: TorchBuild | None) -> None:
    """The program finds this build of torch, or none."""
    monkeypatch.setattr(torch_build, "installed_torch", lambda: build)


def without_nvml(monkeypatch: pytest.MonkeyPatch) -> ScriptedNvml:
    """A machine without NVIDIA's driver."""
    nvml = ScriptedNvml(error=pynvml.NVML_ERROR_LIBRARY_NOT_FOUND)
    return nvml.install(monkeypatch)


def _present(gpu: ScriptedGpu) -> ScriptedGpu:
    if gpu.lost:
        raise pynvml.NVMLError(pynvml.NVML_ERROR_GPU_IS_LOST)
    return gpu


def _part(gpu: ScriptedGpu, index: int) -> ScriptedGpu:
    """The first place for a part is empty."""
    if index == 0:
        raise pynvml.NVMLError(pynvml.NVML_ERROR_NOT_FOUND)
    return gpu.parts[index - 1]


def _told(value: object) -> object:
    if value is None:
        raise pynvml.NVMLError(pynvml.NVML_ERROR_NOT_SUPPORTED)
    return value
