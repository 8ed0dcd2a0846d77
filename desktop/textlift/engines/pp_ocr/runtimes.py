"""Which library runs the networks on this machine: the quicker one, measured once."""

from __future__ import annotations

import contextlib
import enum
import os
import platform
import statistics
import time
from importlib.metadata import version
from pathlib import Path

import msgspec
import numpy as np

from textlift.engines.confinement import MEASURED
from textlift.engines.pp_ocr.openvino_network import OpenVinoNetwork, openvino_is_installed
from textlift.engines.pp_ocr.weights import Floats, Network, OnnxNetwork
from textlift.settings import user_folders

CHOICE = "TEXTLIFT_RUNTIME"
"""In the environment: ``onnxruntime`` or ``openvino``, where it is not to be measured."""

_WIDTHS = (640, 1280, 960)
"""Of lines, in pixels: each run has another, as on a page."""
CLEARLY = 1.1
"""Times as quick as ONNX Runtime that OpenVINO has to be: it takes longer to load."""


class Runtime(enum.StrEnum):
    """A library that runs networks."""

    ONNXRUNTIME = "onnxruntime"
    OPENVINO = "openvino"


class Measured(msgspec.Struct, frozen=True):
    """What was found out, as it is kept.

    Attributes:
        machine: What it holds for: the processor, its cores, the versions of both libraries.
        ratio: Times as quick as ONNX Runtime OpenVINO is.
    """

    machine: str
    ratio: float

    @property
    def runtime(self) -> Runtime:
        """The one to take."""
        return Runtime.OPENVINO if self.ratio >= CLEARLY else Runtime.ONNXRUNTIME


def quicker_runtime(model: bytes) -> Runtime:
    """The library to run networks with on this machine.

    Measured the first time, which takes about a second, and only where there is a choice; it is
    kept in the folder of the caches that engines may write to.

    Args:
        model: A serialized network from lines (lines, 3, 48, width) to measure with.
    """
    known = known_runtime()
    if known is None:
        measured = Measured(machine=this_machine(), ratio=measure(model))
        _remember(measured)
        known = measured.runtime
    return known


def known_runtime() -> Runtime | None:
    """The same as far as it is known without measuring."""
    if not openvino_is_installed():
        return Runtime.ONNXRUNTIME
    chosen = os.environ.get(CHOICE, "")
    if chosen in set(Runtime):
        return Runtime(chosen)
    measured = _remembered()
    return measured.runtime if measured and measured.machine == this_machine() else None


def this_machine() -> str:
    """What a measurement holds for."""
    versions = " ".join(f"{name} {version(name)}" for name in ("onnxruntime", "openvino"))
    return f"{_processor()}, {os.cpu_count()} cores, {versions}"


def measure(model: bytes, *, rounds: int = 3) -> float:
    """Times as quick as ONNX Runtime that OpenVINO is: the median of rounds one after the other.

    Args:
        model: As for ``quicker_runtime``.
        rounds: So many times each, A B A B, after one that is not counted.
    """
    networks: tuple[Network, Network] = (
        OnnxNetwork(model, threads=1),
        OpenVinoNetwork(model, side_by_side=1),
    )
    lines = [np.zeros((1, 3, 48, width), dtype=np.float32) for width in _WIDTHS]
    ratios: list[float] = []
    for _ in range(rounds + 1):
        onnx, openvino = (_seconds(network, lines) for network in networks)
        ratios.append(onnx / openvino)
    return statistics.median(ratios[1:])


def _seconds(network: Network, lines: list[Floats]) -> float:
    started = time.perf_counter()
    for line in lines:
        network(line)
    return time.perf_counter() - started


def _file() -> Path:
    return user_folders().cache / "engines" / MEASURED / "small-engine-runtime.json"


def _remembered() -> Measured | None:
    try:
        return msgspec.json.decode(_file().read_bytes(), type=Measured)
    except (OSError, msgspec.DecodeError):
        return None


def _remember(measured: Measured) -> None:
    # Where it cannot be kept it is measured again the next time.
    with contextlib.suppress(OSError):
        _file().parent.mkdir(parents=True, exist_ok=True)
        _file().write_bytes(msgspec.json.encode(measured))


def _processor() -> str:
    """Its name; on Linux ``platform`` does not know it."""
    with contextlib.suppress(OSError):
        for line in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines():
            name, _, value = line.partition(":")
            if name.strip() in {"model name", "Model"}:
                return value.strip()
    return platform.processor() or platform.machine()
