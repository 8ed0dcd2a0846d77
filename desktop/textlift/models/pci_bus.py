"""Graphics cards on the PCI bus, as Linux tells them whether they have a driver or not."""

from __future__ import annotations

from pathlib import Path

import msgspec

NVIDIA, AMD = 0x10DE, 0x1002

_DISPLAY = 0x03
_NAMES = ("usr/share/hwdata/pci.ids", "usr/share/misc/pci.ids", "var/lib/pciutils/pci.ids")


class PciCard(msgspec.Struct, frozen=True):
    """A display controller.

    Attributes:
        address: ``0000:01:00.0``.
        vendor: Number of the maker.
        device: Number of the product.
        driver: Of the kernel, that it is bound to; empty when to none.
    """

    address: str
    vendor: int
    device: int
    driver: str


def pci_cards(vendor: int, *, root: Path = Path("/")) -> tuple[PciCard, ...]:
    """Those of a maker, by their addresses; none where there is no such list."""
    found = []
    for folder in sorted((root / "sys/bus/pci/devices").glob("*")):
        if _hex(folder / "vendor") != vendor or _hex(folder / "class") >> 16 != _DISPLAY:
            continue
        driver = folder / "driver"
        found.append(
            PciCard(
                address=folder.name,
                vendor=vendor,
                device=_hex(folder / "device"),
                driver=driver.resolve().name if driver.exists() else "",
            )
        )
    return tuple(found)


def pci_name(vendor: int, device: int, *, root: Path = Path("/")) -> str:
    """What the system's list of PCI products calls it; empty when it has no name for it."""
    for place in _NAMES:
        try:
            text = (root / place).read_text(encoding="utf-8", errors="replace")
        except OSError:
            continue
        # A maker's line begins with its number, those of its products with a tab.
        _, _, block = text.partition(f"\n{vendor:04x}  ")
        for line in block.splitlines()[1:]:
            if line.startswith(("#", "\t\t")):
                continue
            if not line.startswith("\t"):
                break
            if line.startswith(f"\t{device:04x}  "):
                return line.split("  ", 1)[1].strip()
    return ""


def _hex(path: Path) -> int:
    try:
        return int(path.read_text().strip(), 16)
    except (OSError, ValueError):
        return 0
