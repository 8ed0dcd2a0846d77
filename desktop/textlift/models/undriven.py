"""NVIDIA cards that are in the computer and that no driver tells of."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pynvml

from textlift.models.nvidia import NvidiaSystem
from textlift.models.pci_bus import NVIDIA, PciCard, pci_cards, pci_name


class UndrivenCard(msgspec.Struct, frozen=True):
    """A card, why it cannot be used, and what to do about it."""

    title: str
    problem: str
    remedy: str


def undriven_cards(system: NvidiaSystem, *, root: Path = Path("/")) -> tuple[UndrivenCard, ...]:
    """The cards that are on the PCI bus while NVML tells of none. Linux only."""
    if system.gpus:
        return ()
    found = []
    for card in pci_cards(NVIDIA, root=root):
        problem, remedy = _problem(card, system, root)
        name = pci_name(NVIDIA, card.device, root=root) or f"GPU {card.device:04x}"
        found.append(UndrivenCard(title=f"NVIDIA {name}", problem=problem, remedy=remedy))
    return tuple(found)


_BY_ERROR = {
    pynvml.NVML_ERROR_LIB_RM_VERSION_MISMATCH: (
        "The NVIDIA driver was updated while the one before still runs.",
        "Restart the computer.",
    ),
    pynvml.NVML_ERROR_NO_PERMISSION: (
        "Your account may not use it.",
        "Ask whoever looks after this computer for the right to use its GPU.",
    ),
}

_NOT_GIVEN = (
    "The container that Textlift runs in was not given it.",
    "Start the container with --gpus all",
)
_WITHOUT_NVML = (
    "The container has its driver without the library that tells of it (NVML).",
    "Start the container with -e NVIDIA_DRIVER_CAPABILITIES=compute,utility",
)


def _problem(card: PciCard, system: NvidiaSystem, root: Path) -> tuple[str, str]:
    if card.driver.startswith("vfio"):
        return (
            "It is kept for virtual machines (vfio).",
            "Give it back to this system, or use another device.",
        )
    if system.error in _BY_ERROR:
        return _BY_ERROR[system.error]
    if (root / ".dockerenv").exists() or (root / "run/.containerenv").exists():
        return _WITHOUT_NVML if (root / "dev/nvidiactl").exists() else _NOT_GIVEN
    if system.error == pynvml.NVML_ERROR_LIBRARY_NOT_FOUND:
        return "The NVIDIA driver is not installed.", _install_driver(root)
    if system.error == pynvml.NVML_ERROR_DRIVER_NOT_LOADED:
        other = f" ({card.driver} is in its place)" if card.driver not in {"", "nvidia"} else ""
        return (
            f"The NVIDIA driver is installed, but not loaded{other}.",
            "Restart the computer; where Secure Boot is on, the driver's key has to be enrolled.",
        )
    words = f" ({system.problem})" if system.problem else ""
    return (
        f"The NVIDIA driver does not tell of it{words}.",
        "Install a driver that knows this GPU: https://www.nvidia.com/drivers",
    )


def _install_driver(root: Path) -> str:
    fields = _release(root)
    kin = f"{fields.get('ID', '')} {fields.get('ID_LIKE', '')}".split()
    if "ubuntu" in kin:
        return "Install it, and restart the computer. Type: sudo ubuntu-drivers install"
    return "Install the NVIDIA driver of your distribution, and restart the computer."


def _release(root: Path) -> dict[str, str]:
    try:
        lines = (root / "etc/os-release").read_text(encoding="utf-8").splitlines()
    except OSError:
        return {}
    pairs = [line.split("=", 1) for line in lines if "=" in line]
    return {name: value.strip("\"'") for name, value in pairs}
