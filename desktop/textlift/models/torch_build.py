"""Which build of PyTorch is installed, found out without loading it, and how to get another."""

from __future__ import annotations

import ast
import importlib.metadata
import importlib.util
import platform
import re
import sys
from pathlib import Path

import msgspec

TORCH = "2.13.0"
"""What ``textlift[models]`` asks for."""

CUDA_OLD, CUDA_NEW, ROCM = "cu126", "cu130", "rocm7.2"
"""The builds of torch 2.13 on PyTorch's own index that a GPU can need: CUDA 12.6 is kept for
older GPUs and drivers, CUDA 13.0 is the stable one (RELEASE.md of pytorch/pytorch, "Release
Compatibility Matrix"; a build for CUDA 13.2 is called experimental there)."""

_INDEX = "https://download.pytorch.org/whl"

Capability = tuple[int, int]
"""Compute capability of an NVIDIA GPU, (8, 6) for 8.6."""

_PC = {
    12: ((5, 0), (6, 0), (7, 0), (7, 5), (8, 0), (8, 6), (9, 0)),
    13: ((7, 5), (8, 0), (8, 6), (9, 0), (10, 0), (12, 0)),
}
_ARM = {12: ((8, 0), (9, 0)), 13: ((8, 0), (9, 0), (10, 0), (11, 0), (12, 0))}
"""What the wheels of torch 2.13 are compiled for, by the major version of CUDA (the same
document, "PyTorch CUDA Support Matrix")."""

_WHEEL = re.compile(r"2\.13\.\d+\+cu(126|130|132)")


class TorchBuild(msgspec.Struct, frozen=True):
    """An installed torch.

    Attributes:
        version: ``2.13.0+cu130``.
        cuda: Version of CUDA it is built with, ``13.0``; empty when with none.
        hip: Of ROCm's HIP; empty when with none.
    """

    version: str
    cuda: str = ""
    hip: str = ""

    @property
    def cuda_major(self) -> int:
        """0 when it is not built with CUDA."""
        head = self.cuda.partition(".")[0]
        return int(head) if head.isdigit() else 0

    @property
    def title(self) -> str:
        """In words: “2.13.0+cu130, built for CUDA 13.0”."""
        if self.cuda:
            return f"{self.version}, built for CUDA {self.cuda}"
        if self.hip:
            return f"{self.version}, built for ROCm (HIP {self.hip})"
        if _apple_silicon():
            return f"{self.version}, built for Apple GPUs"
        return f"{self.version}, built for the CPU only"


def installed_torch() -> TorchBuild | None:
    """The torch that an engine process would load; None when there is none."""
    spec = importlib.util.find_spec("torch")
    if spec is None or not spec.origin:
        return None
    said = _version_file(Path(spec.origin).with_name("version.py"))
    if said:
        return TorchBuild(
            version=said.get("__version__", ""), cuda=said.get("cuda", ""), hip=said.get("hip", "")
        )
    try:
        return _by_version(importlib.metadata.version("torch"))
    except importlib.metadata.PackageNotFoundError:
        return TorchBuild(version="of unknown version")


def _version_file(path: Path) -> dict[str, str]:
    """The strings that torch's own ``version.py`` assigns; none when there is no such file."""
    try:
        tree = ast.parse(path.read_text(encoding="utf-8"))
    except (OSError, SyntaxError, ValueError):
        return {}
    said = {}
    for statement in tree.body:
        if isinstance(statement, ast.Assign):
            target = statement.targets[0]
        elif isinstance(statement, ast.AnnAssign):
            target = statement.target
        else:
            continue
        value = statement.value
        if (
            isinstance(target, ast.Name)
            and isinstance(value, ast.Constant)
            and isinstance(value.value, str)
        ):
            said[target.id] = value.value
    return said


def _by_version(version: str) -> TorchBuild:
    """What the part behind the plus says, where a program was packed without torch's sources."""
    local = version.partition("+")[2]
    if found := re.fullmatch(r"cu(\d+)(\d)", local):
        return TorchBuild(version=version, cuda=f"{found[1]}.{found[2]}")
    return TorchBuild(version=version, hip=local.removeprefix("rocm") if "rocm" in local else "")


def runs_on(build: TorchBuild, capability: Capability) -> bool | None:
    """Whether the build has code for a GPU; None where that is not known.

    Code for a compute capability runs on those of the same major version that are not lower
    (CUDA C++ Programming Guide, "Binary Compatibility"). PTX that would run on later GPUs is in
    the builds for CUDA 13 on Linux only.
    """
    if not _WHEEL.fullmatch(build.version):
        return None
    compiled = (_ARM if _arm() else _PC).get(build.cuda_major)
    if compiled is None:
        return None
    if any(major == capability[0] and minor <= capability[1] for major, minor in compiled):
        return True
    if capability > max(compiled) and build.cuda_major >= 13:
        return None
    return False


def fitting_build(capability: Capability | None, *, driver_cuda: int) -> str:
    """The build to install for an NVIDIA GPU; empty when torch 2.13 has none for it.

    Args:
        capability: Of the GPU; None when it is not known.
        driver_cuda: Major version of CUDA that the driver speaks; 0 when it is not known.
    """
    if capability is not None:
        compiled = _ARM if _arm() else _PC
        if capability < compiled[12][0]:
            return ""
        if capability < compiled[13][0]:
            return CUDA_OLD
        if capability[0] > compiled[12][-1][0]:
            return CUDA_NEW
    return CUDA_OLD if driver_cuda == 12 else CUDA_NEW


def install_command(build: str = "", *, installed: TorchBuild | None) -> str:
    """What to type on this machine to have a build of torch.

    The version is named with the build: pip takes ``2.13.0+cpu`` for ``2.13.0`` and would leave
    it where it is.

    Args:
        build: ``cu130``…; empty for what the package registry has.
        installed: What is there now; without it the other packages of models are missing too.
    """
    version = f"torch=={TORCH}+{build}" if build else f"torch=={TORCH}"
    pip = f"{_python()} -m pip install"
    if installed is None:
        source = f" --extra-index-url {_INDEX}/{build}" if build else ""
        extra = f' "{version}"' if build else ""
        return f'{pip} "textlift[models]"{extra}{source}'
    source = f" --index-url {_INDEX}/{build}" if build else ""
    return f'{pip} "{version}"{source}'


def _python() -> str:
    if getattr(sys, "frozen", False):
        return "python"
    return f'"{sys.executable}"' if " " in sys.executable else sys.executable


def _arm() -> bool:
    return platform.machine().lower() in {"aarch64", "arm64"}


def _apple_silicon() -> bool:
    return platform.system() == "Darwin" and _arm()
