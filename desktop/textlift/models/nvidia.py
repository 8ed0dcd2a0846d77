"""NVIDIA GPUs as their driver's library, NVML, tells of them."""

from __future__ import annotations

import contextlib
import os
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from typing import Any

import msgspec
import pynvml

_RESTART_AFTER = 10.0
"""Seconds between two tries to start NVML anew, or to find a GPU again that was lost."""

_OVER = frozenset({
    pynvml.NVML_ERROR_UNINITIALIZED, pynvml.NVML_ERROR_DRIVER_NOT_LOADED,
    pynvml.NVML_ERROR_LIB_RM_VERSION_MISMATCH,
})  # fmt: skip
"""Errors of a GPU that are NVML's own: the driver was taken out, or another one put in."""


class NvidiaGpu(msgspec.Struct, frozen=True):
    """What a GPU is.

    Attributes:
        index: As NVML counts, which is the order of the PCI bus.
        name: Of the product.
        uuid: ``GPU-…``.
        capability: Compute capability; None where it is not told.
        divided: Into parts that CUDA takes for GPUs (MIG).
        part: UUID of the part that CUDA takes, ``MIG-…``; empty when there is none.
    """

    index: int
    name: str
    uuid: str
    capability: tuple[int, int] | None = None
    divided: bool = False
    part: str = ""


class NvidiaState(msgspec.Struct, frozen=True):
    """What a GPU does now; bytes.

    Attributes:
        gpu: What it is.
        total: On the card, or in the part of it that CUDA takes.
        used: By everyone, there.
        by_process: Process id -> bytes; None where the driver does not tell (WDDM on Windows).
        processes_told: The driver lists the processes; an old one does not.
        temperature: Degrees Celsius; None where it is not told.
        load: Share of the last moment in which it worked; None where it is not told.
    """

    gpu: NvidiaGpu
    total: int
    used: int
    by_process: dict[int, int | None]
    processes_told: bool = True
    temperature: int | None = None
    load: float | None = None


class NvidiaSystem(msgspec.Struct, frozen=True):
    """What NVML says of the system.

    Attributes:
        gpus: In the order of the PCI bus.
        driver: Its version; empty when NVML does not answer.
        cuda: Version of CUDA that the driver speaks, (12, 4); None when it is not known.
        error: Number of NVML's error when it does not answer, else 0.
        problem: The same in NVML's words.
    """

    gpus: tuple[NvidiaGpu, ...] = ()
    driver: str = ""
    cuda: tuple[int, int] | None = None
    error: int = 0
    problem: str = ""


class Nvml:
    """NVML, started when it is first asked, and anew after the driver was. Safe in threads."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._system: NvidiaSystem | None = None
        self._handles: dict[str, Any] = {}
        self._parts: dict[str, Any] = {}
        self._silent: set[str] = set()
        self._started_at = 0.0

    def system(self) -> NvidiaSystem:
        """The GPUs that were found when NVML started, or why it did not."""
        with self._lock:
            return self._answering()

    def states(self) -> tuple[NvidiaState, ...]:
        """Measures now. A GPU that does not answer is left out."""
        with self._lock:
            system = self._answering()
            if self._silent and self._clock() - self._started_at >= _RESTART_AFTER:
                # A GPU that was reset, or plugged in again, is known to a new start only.
                system = self._restart()
            found = []
            for gpu in system.gpus:
                try:
                    handle = self._handles[gpu.uuid]
                    found.append(_state(gpu, handle, self._parts.get(gpu.part, handle)))
                    self._silent.discard(gpu.uuid)
                except pynvml.NVMLError as error:
                    if error.value in _OVER:
                        self._stop(error)
                        return ()
                    self._silent.add(gpu.uuid)
            return tuple(found)

    def _answering(self) -> NvidiaSystem:
        system = self._system
        late = self._clock() - self._started_at >= _RESTART_AFTER
        if system is None or (system.error and late):
            return self._start()
        return system

    def _restart(self) -> NvidiaSystem:
        with contextlib.suppress(pynvml.NVMLError):
            pynvml.nvmlShutdown()
        return self._start()

    def _stop(self, error: pynvml.NVMLError) -> None:
        with contextlib.suppress(pynvml.NVMLError):
            pynvml.nvmlShutdown()
        self._handles.clear()
        self._parts.clear()
        self._system = NvidiaSystem(error=error.value, problem=str(error))
        self._started_at = self._clock()

    def _start(self) -> NvidiaSystem:
        self._started_at = self._clock()
        self._handles.clear()
        self._parts.clear()
        known = set[str]() if self._system is None else {gpu.uuid for gpu in self._system.gpus}
        try:
            pynvml.nvmlInit()
            self._system = NvidiaSystem(
                gpus=tuple(self._found()), driver=_driver(), cuda=_driver_cuda()
            )
        except pynvml.NVMLError as error:
            self._system = NvidiaSystem(error=error.value, problem=str(error))
        # What was there before and is not now is looked for again.
        self._silent = (self._silent | known) - set(self._handles)
        return self._system

    def _found(self) -> Iterator[NvidiaGpu]:
        for index in range(pynvml.nvmlDeviceGetCount()):
            try:
                handle = pynvml.nvmlDeviceGetHandleByIndex(index)
                divided = bool((_told(pynvml.nvmlDeviceGetMigMode, handle) or (0, 0))[0])
                parts = dict(_parts_of(handle)) if divided else {}
                gpu = NvidiaGpu(
                    index=index,
                    name=pynvml.nvmlDeviceGetName(handle),
                    uuid=pynvml.nvmlDeviceGetUUID(handle),
                    capability=_told(pynvml.nvmlDeviceGetCudaComputeCapability, handle),
                    divided=divided,
                    part=_taken(parts),
                )
            except pynvml.NVMLError as error:
                if error.value in _OVER:
                    raise
                # One that hangs, or that this account may not use; the others are still shown.
                continue
            self._handles[gpu.uuid] = handle
            self._parts.update(parts)
            yield gpu


def _parts_of(handle: Any) -> Iterator[tuple[str, Any]]:
    """UUIDs and handles of the parts of a divided GPU; their places need not be all taken."""
    for index in range(_told(pynvml.nvmlDeviceGetMaxMigDeviceCount, handle) or 0):
        part = _told(pynvml.nvmlDeviceGetMigDeviceHandleByIndex, handle, index)
        uuid = None if part is None else _told(pynvml.nvmlDeviceGetUUID, part)
        if uuid is not None:
            yield uuid, part


def _taken(parts: Iterable[str]) -> str:
    """The part that is named to CUDA, else the first; a process can have no more than one."""
    named = os.environ.get("CUDA_VISIBLE_DEVICES", "")
    uuids = tuple(parts)
    return next((uuid for uuid in uuids if uuid in named), uuids[0] if uuids else "")


def _state(gpu: NvidiaGpu, handle: Any, part: Any) -> NvidiaState:
    """Temperature and load are of the whole GPU: its parts have none of their own."""
    memory = pynvml.nvmlDeviceGetMemoryInfo(part)
    load = _told(pynvml.nvmlDeviceGetUtilizationRates, handle)
    processes = _processes(part)
    return NvidiaState(
        gpu=gpu,
        total=int(memory.total),
        used=int(memory.used),
        by_process=processes or {},
        processes_told=processes is not None,
        temperature=_told(pynvml.nvmlDeviceGetTemperature, handle, pynvml.NVML_TEMPERATURE_GPU),
        load=None if load is None else load.gpu / 100,
    )


def _processes(handle: Any) -> dict[int, int | None] | None:
    """One that computes and draws is in both lists, each time with all its memory."""
    computing = _told(pynvml.nvmlDeviceGetComputeRunningProcesses, handle)
    if computing is None:
        return None
    drawing = _told(pynvml.nvmlDeviceGetGraphicsRunningProcesses, handle) or ()
    return {process.pid: process.usedGpuMemory for process in (*computing, *drawing)}


def _told(ask: Callable[..., Any], *arguments: Any) -> Any:
    """The answer, or None where this GPU, driver or account does not get one."""
    try:
        return ask(*arguments)
    except pynvml.NVMLError as error:
        if error.value in _OVER or error.value == pynvml.NVML_ERROR_GPU_IS_LOST:
            raise
        return None


def _driver() -> str:
    version = _told(pynvml.nvmlSystemGetDriverVersion)
    return version if isinstance(version, str) else ""


def _driver_cuda() -> tuple[int, int] | None:
    """NVML says 12040 for 12.4."""
    number = _told(pynvml.nvmlSystemGetCudaDriverVersion_v2)
    return None if number is None else (number // 1000, number % 1000 // 10)
