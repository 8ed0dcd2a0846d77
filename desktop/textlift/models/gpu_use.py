"""Whether PyTorch can use a GPU that is there; where it cannot, why, and what to type."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from pathlib import Path

import msgspec

from textlift.models.amd import AmdGpu, has_compute_driver, may_compute
from textlift.models.nvidia import NvidiaGpu, NvidiaSystem
from textlift.models.torch_build import (
    CUDA_OLD,
    ROCM,
    TorchBuild,
    fitting_build,
    install_command,
    runs_on,
)
from textlift.models.visible_gpus import visible_order

_LEAST_DRIVER = {11: 450, 12: 525, 13: 580}
"""The oldest driver for programs built with a major version of CUDA, whatever their minor one
(NVIDIA, "CUDA Compatibility", table of minor version compatibility). It speaks that major version
itself, which is what is looked at."""


class GpuUse(msgspec.Struct, frozen=True):
    """How a GPU can be used.

    Attributes:
        device: What settings call it, ``cuda:0``; where torch has no name for it, ``nvidia:1``
            or ``amd:0``, which no setting takes.
        problem: Why it cannot be used, in a sentence; empty when it can.
        remedy: What to do about it. A command stands at its end, alone, after “Type: ”.
    """

    device: str
    problem: str = ""
    remedy: str = ""

    @property
    def usable(self) -> bool:
        return not self.problem


NO_ANSWER = (
    "It does not answer any more.",
    "If it does not come back by itself, restart the computer.",
)


_NO_PART = (
    "It is divided by MIG, and there is no part of it for this account.",
    "Ask whoever looks after this computer for a part, or to end the division.",
)


def nvidia_uses(
    system: NvidiaSystem,
    build: TorchBuild | None,
    *,
    environment: Mapping[str, str] = os.environ,
    root: Path = Path("/"),
) -> dict[str, GpuUse]:
    """UUID -> use, of all GPUs that NVML knows.

    Engine processes are told to count GPUs in the order of the PCI bus (``engines/process.py``),
    which is NVML's.

    Args:
        system: What NVML says.
        build: Of the installed torch; None when there is none.
        environment: Of the engine processes.
        root: Of the file system; another in tests.
    """
    setting = environment.get("CUDA_VISIBLE_DEVICES")
    order = visible_order(
        setting,
        [gpu.uuid for gpu in system.gpus],
        parts=[gpu.part for gpu in system.gpus],
    )
    names = {system.gpus[place].uuid: f"cuda:{number}" for number, place in enumerate(order)}
    if build is not None and build.hip:
        names = {}
    uses = {}
    for gpu in system.gpus:
        problem, remedy = _torch_problem(gpu, system, build)
        if not problem and gpu.divided and not gpu.part:
            problem, remedy = _NO_PART
        if not problem:
            problem, remedy = _device_file_problem(gpu, root)
        if not problem and gpu.uuid not in names:
            problem, remedy = _hidden("CUDA_VISIBLE_DEVICES", setting)
        device = names.get(gpu.uuid, f"nvidia:{gpu.index}")
        uses[gpu.uuid] = GpuUse(device=device, problem=problem, remedy=remedy)
    return uses


def amd_uses(
    gpus: Sequence[AmdGpu],
    build: TorchBuild | None,
    *,
    environment: Mapping[str, str] = os.environ,
    root: Path = Path("/"),
) -> dict[str, GpuUse]:
    """PCI address -> use; torch built for ROCm calls these GPUs ``cuda:0``… too."""
    known = [gpu for gpu in gpus if gpu.node is not None]
    variable, shown = _rocm_order(known, environment)
    names: dict[str, str] = {}
    if build is not None and build.hip:
        names = {known[place].address: f"cuda:{number}" for number, place in enumerate(shown)}
    uses = {}
    for number, gpu in enumerate(gpus):
        problem, remedy = _rocm_problem(gpu, build, root)
        if not problem and gpu.address not in names:
            problem, remedy = _hidden(variable, environment.get(variable))
        device = names.get(gpu.address, f"amd:{number}")
        uses[gpu.address] = GpuUse(device=device, problem=problem, remedy=remedy)
    return uses


def _torch_problem(
    gpu: NvidiaGpu, system: NvidiaSystem, build: TorchBuild | None
) -> tuple[str, str]:
    driver_cuda = system.cuda[0] if system.cuda is not None else 0
    fitting = fitting_build(gpu.capability, driver_cuda=driver_cuda)
    if not fitting:
        return (
            "It is too old: PyTorch has no build for it any more.",
            "Use the CPU, or another GPU.",
        )
    command = f"Type: {install_command(fitting, installed=build)}"
    if build is None:
        return "PyTorch, which runs the models, is not installed.", command
    if not build.cuda:
        made_for = "AMD GPUs" if build.hip else "the CPU only"
        return f"The installed PyTorch ({build.version}) is built for {made_for}.", command
    if 0 < driver_cuda < build.cuda_major:
        return _old_driver(system, build, fitting)
    if gpu.capability is not None and runs_on(build, gpu.capability) is False:
        age = "older" if fitting == CUDA_OLD else "newer"
        return (
            f"It is {age} than the GPUs that the installed PyTorch ({build.version}) is built for.",
            command,
        )
    return "", ""


def _old_driver(system: NvidiaSystem, build: TorchBuild, fitting: str) -> tuple[str, str]:
    least = _LEAST_DRIVER.get(build.cuda_major)
    needed = f"{least} or later" if least else f"one for CUDA {build.cuda_major}"
    problem = (
        f"The NVIDIA driver {system.driver} is too old for the installed PyTorch "
        f"({build.version}), which needs {needed}."
    )
    update = "Update the driver: https://www.nvidia.com/drivers"
    if fitting == CUDA_OLD and build.cuda_major > 12 and system.cuda and system.cuda[0] >= 12:
        other = "or take the PyTorch for this driver. Type: "
        return problem, f"{update}, {other}{install_command(fitting, installed=build)}"
    return problem, update


def _device_file_problem(gpu: NvidiaGpu, root: Path) -> tuple[str, str]:
    """Files that are not there are no problem: the driver makes them when they are needed."""
    for name in (f"nvidia{gpu.index}", "nvidiactl", "nvidia-uvm"):
        file = root / "dev" / name
        if file.exists() and not os.access(file, os.R_OK | os.W_OK):
            return (
                f"Your account may not use /dev/{name}.",
                "Ask whoever looks after this computer for the right to use its GPU.",
            )
    return "", ""


def _rocm_order(
    known: Sequence[AmdGpu], environment: Mapping[str, str]
) -> tuple[str, tuple[int, ...]]:
    """The variable that hides GPUs, and the places of those shown.

    ROCR_VISIBLE_DEVICES comes first; the others choose among those that it leaves (ROCm, "GPU
    isolation techniques").
    """
    variable = "ROCR_VISIBLE_DEVICES"
    left = visible_order(environment.get(variable), [gpu.uuid for gpu in known])
    for name in ("HIP_VISIBLE_DEVICES", "CUDA_VISIBLE_DEVICES"):
        if name in environment:
            chosen = visible_order(environment[name], [known[place].uuid for place in left])
            return name, tuple(left[place] for place in chosen)
    return variable, left


def _rocm_problem(gpu: AmdGpu, build: TorchBuild | None, root: Path) -> tuple[str, str]:
    if build is None or not build.hip:
        problem = "PyTorch, which runs the models, is not installed."
        if build is not None:
            made_for = "NVIDIA GPUs" if build.cuda else "the CPU only"
            problem = f"The installed PyTorch ({build.version}) is built for {made_for}."
        return problem, f"Type: {install_command(ROCM, installed=build)}"
    if not has_compute_driver(root):
        remedy = "Install AMD's driver; in a container, start it with "
        return (
            "The system has no /dev/kfd, through which PyTorch would use it.",
            f"{remedy}--device /dev/kfd --device /dev/dri",
        )
    if gpu.node is None:
        return "ROCm, through which PyTorch would use it, does not know it.", (
            "Use the CPU, or another GPU."
        )
    if not may_compute(gpu, root=root):
        return (
            "Your account may not use /dev/kfd or its file in /dev/dri.",
            'Join those that may, and log in anew. Type: sudo usermod -aG render,video "$USER"',
        )
    return "", ""


def _hidden(variable: str, setting: str | None) -> tuple[str, str]:
    return (
        f"The environment variable {variable}={setting or ''} hides it.",
        "Start Textlift without this variable, or name the GPU in it.",
    )
