"""What an allocator's error says: how much was wanted beyond what was free."""

from __future__ import annotations

import re

_UNITS = {
    "bytes": 1,
    "byte": 1,
    "KiB": 1 << 10,
    "MiB": 1 << 20,
    "GiB": 1 << 30,
    "TiB": 1 << 40,
    # Metal's numbers are in powers of two, too, though it calls them by the others' names.
    "KB": 1 << 10,
    "MB": 1 << 20,
    "GB": 1 << 30,
}
_SIZE = rf"(\d+(?:\.\d+)?) ?({'|'.join(_UNITS)})"

_WANTED = re.compile(rf"[Tt]ried to allocate {_SIZE}")
_FREE = re.compile(rf"{_SIZE}(?: is)? free")
_METAL = re.compile(
    rf"MPS allocated: {_SIZE}, other allocations: {_SIZE}, max allowed: {_SIZE}",
)


def lacking_bytes(message: str, *, free: int = 0) -> int:
    """Bytes that were missing for the one tensor at which the memory ran out; 0: not known.

    Args:
        message: Of the error, as torch words it.
        free: Bytes free on the device, where the error does not say and somebody has looked.
    """
    wanted = _WANTED.search(message)
    if wanted is None:
        return 0
    metal = _METAL.search(message)
    if metal is not None:
        ours, others, allowed = (_bytes(*metal.group(at, at + 1)) for at in (1, 3, 5))
        free = allowed - ours - others
    told = _FREE.search(message)
    if told is not None:
        free = _bytes(*told.groups())
    if metal is None and told is None and not free:
        return 0
    return max(_bytes(*wanted.groups()) - max(free, 0), 0)


def _bytes(number: str, unit: str) -> int:
    return int(float(number) * _UNITS[unit])
