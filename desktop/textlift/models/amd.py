"""AMD GPUs as the Linux kernel tells of them in sysfs."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path

import msgspec

from textlift.models.pci_bus import AMD, pci_name

_NAMES = "usr/share/libdrm/amdgpu.ids"
_TOPOLOGY = "sys/class/kfd/kfd/topology/nodes"


class AmdGpu(msgspec.Struct, frozen=True):
    """What a GPU is.

    Attributes:
        address: On the PCI bus.
        name: Of the product.
        folder: Of its files.
        uuid: As ROCm calls it, ``GPU-…``; empty where it has none.
        node: Its place among the GPUs that ROCm's part of the kernel knows; None: not one.
        number: That this part of the kernel calls it.
        render: Its device file for computing; empty when there is none.
    """

    address: str
    name: str
    folder: Path
    uuid: str = ""
    node: int | None = None
    number: str = ""
    render: str = ""


class AmdState(msgspec.Struct, frozen=True):
    """What a GPU does now; bytes. See ``NvidiaState``."""

    gpu: AmdGpu
    total: int
    used: int
    temperature: int | None = None
    load: float | None = None


def find_amd_gpus(root: Path = Path("/")) -> tuple[AmdGpu, ...]:
    """Those with the driver amdgpu, in ROCm's order, then those that ROCm does not know.

    Args:
        root: Of the file system; another in tests.
    """
    nodes = _rocm_nodes(root)
    found = []
    for card in sorted((root / "sys/class/drm").glob("card*")):
        folder = card / "device"
        if _number(folder / "vendor", 16) != AMD or not (folder / "mem_info_vram_total").exists():
            continue
        render = next((path.name for path in (folder / "drm").glob("renderD*")), "")
        unique = _text(folder / "unique_id")
        node, number = nodes.get(render, (None, ""))
        found.append(
            AmdGpu(
                address=folder.resolve().name,
                name=_name(folder, root),
                folder=folder,
                uuid=f"GPU-{unique}" if unique else "",
                node=node,
                number=number,
                render=f"/dev/dri/{render}" if render else "",
            )
        )
    return tuple(sorted(found, key=lambda gpu: (gpu.node is None, gpu.node or 0, gpu.address)))


def amd_state(gpu: AmdGpu) -> AmdState | None:
    """Measures now; None when the GPU is gone."""
    total = _number(gpu.folder / "mem_info_vram_total")
    used = _number(gpu.folder / "mem_info_vram_used")
    if not total or used is None:
        return None
    sensor = next(gpu.folder.glob("hwmon/hwmon*/temp1_input"), None)
    degrees = None if sensor is None else _number(sensor)
    load = _number(gpu.folder / "gpu_busy_percent")
    return AmdState(
        gpu=gpu,
        total=total,
        used=used,
        temperature=None if degrees is None else round(degrees / 1000),
        load=None if load is None else load / 100,
    )


def amd_used_by(gpu: AmdGpu, pids: Iterable[int], *, root: Path = Path("/")) -> int:
    """Bytes of the GPU's memory that processes have through ROCm."""
    if not gpu.number:
        return 0
    processes = root / "sys/class/kfd/kfd/proc"
    return sum(_number(processes / str(pid) / f"vram_{gpu.number}") or 0 for pid in pids)


def may_compute(gpu: AmdGpu, *, root: Path = Path("/")) -> bool:
    """Whether this account may open the files through which ROCm computes."""
    files = [root / "dev/kfd", root / gpu.render.lstrip("/")]
    return all(os.access(file, os.R_OK | os.W_OK) for file in files)


def has_compute_driver(root: Path = Path("/")) -> bool:
    """Whether the kernel has what ROCm needs."""
    return (root / "dev/kfd").exists()


def _rocm_nodes(root: Path) -> dict[str, tuple[int, str]]:
    """Render device -> place among the GPUs, and number, of ROCm's part of the kernel."""
    found: dict[str, tuple[int, str]] = {}
    folders = [path for path in (root / _TOPOLOGY).glob("*") if path.name.isdigit()]
    for folder in sorted(folders, key=lambda path: int(path.name)):
        number = _text(folder / "gpu_id")
        properties = dict(
            line.split(maxsplit=1)
            for line in _text(folder / "properties").splitlines()
            if " " in line
        )
        minor = properties.get("drm_render_minor", "0")
        # A node without a number is a CPU.
        if number not in {"", "0"} and minor != "0":
            found[f"renderD{minor}"] = (len(found), number)
    return found


def _name(folder: Path, root: Path) -> str:
    device, revision = _number(folder / "device", 16) or 0, _number(folder / "revision", 16) or 0
    return (
        _text(folder / "product_name")
        or _marketing_name(device, revision, root)
        or pci_name(AMD, device, root=root)
        or f"AMD GPU {device:04x}"
    )


def _marketing_name(device: int, revision: int, root: Path) -> str:
    """From the list that libdrm installs: device, revision and name, in hexadecimal."""
    for line in _text(root / _NAMES).splitlines():
        fields = [field.strip() for field in line.split(",", 2)]
        if len(fields) == 3 and fields[:2] == [f"{device:04X}", f"{revision:02X}"]:
            return fields[2]
    return ""


def _number(path: Path, base: int = 10) -> int | None:
    try:
        return int(path.read_text().strip(), base)
    except (OSError, ValueError):
        return None


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8", errors="replace").strip()
    except OSError:
        return ""
