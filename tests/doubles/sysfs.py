"""Writes what the Linux kernel tells of graphics cards, under a folder in place of the root."""

from __future__ import annotations

from pathlib import Path

from textlift.models.pci_bus import AMD, NVIDIA


def put_nvidia_card(
    root: Path, address: str = "0000:01:00.0", *, device: int = 0x2484, driver: str = ""
) -> None:
    """A card on the bus, bound to a driver of the kernel or to none."""
    folder = _put_card(root, address, vendor=NVIDIA, device=device)
    if driver:
        target = root / "sys/bus/pci/drivers" / driver
        target.mkdir(parents=True, exist_ok=True)
        (folder / "driver").symlink_to(target)


def put_amd_gpu(
    root: Path,
    number: int = 0,
    *,
    address: str = "0000:03:00.0",
    total: int = 16 * 2**30,
    used: int = 2**30,
    product: str = "",
    node: int | None = 1,
    unique: str = "",
) -> Path:
    """A card with the driver amdgpu; ``node`` is its place in ROCm's topology, None: in none.

    Returns:
        The folder of its files.
    """
    folder = _put_card(root, address, vendor=AMD, device=0x744C)
    (folder / "revision").write_text("0xc8\n")
    (folder / "mem_info_vram_total").write_text(f"{total}\n")
    (folder / "mem_info_vram_used").write_text(f"{used}\n")
    (folder / "gpu_busy_percent").write_text("37\n")
    (folder / "product_name").write_text(f"{product}\n")
    if unique:
        (folder / "unique_id").write_text(f"{unique}\n")
    sensors = folder / "hwmon/hwmon4"
    sensors.mkdir(parents=True)
    (sensors / "temp1_input").write_text("51000\n")
    minor = 128 + number
    (folder / f"drm/renderD{minor}").mkdir(parents=True)
    drm = root / "sys/class/drm"
    (drm / f"card{number}-DP-1").mkdir(parents=True)
    (drm / f"card{number}").mkdir()
    (drm / f"card{number}/device").symlink_to(folder)
    if node is not None:
        put_rocm_node(root, node, gpu_id=40_000 + number, minor=minor)
    return folder


def put_rocm_node(root: Path, node: int, *, gpu_id: int, minor: int) -> None:
    """A node of ROCm's topology; the processor has one too, with the number 0."""
    folder = root / f"sys/class/kfd/kfd/topology/nodes/{node}"
    folder.mkdir(parents=True)
    (folder / "gpu_id").write_text(f"{gpu_id}\n")
    (folder / "properties").write_text(f"simd_count 192\ndrm_render_minor {minor}\ndomain 0\n")


def put_device_files(root: Path, *names: str) -> None:
    """Files under ``/dev`` that this account may use."""
    for name in names:
        path = root / "dev" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()


def _put_card(root: Path, address: str, *, vendor: int, device: int) -> Path:
    folder = root / "sys/bus/pci/devices" / address
    folder.mkdir(parents=True)
    (folder / "vendor").write_text(f"{vendor:#06x}\n")
    (folder / "device").write_text(f"{device:#06x}\n")
    (folder / "class").write_text("0x030000\n")
    return folder
