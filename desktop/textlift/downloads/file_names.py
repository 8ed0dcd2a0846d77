"""Names of files as a stranger gives them: which may be trusted to stay in their folder."""

from __future__ import annotations

import re

_CHECKSUM = re.compile(r"[0-9a-f]{40}|[0-9a-f]{64}")
_FORBIDDEN = re.compile(r'[\x00-\x1f\x7f\\:*?"<>|]')
_PORTS = (f"{port}{number}" for port in ("com", "lpt") for number in "0123456789¹²³")
_DEVICES = frozenset(("con", "prn", "aux", "nul", "conin$", "conout$", *_PORTS))
_LONGEST = 200
"""Bytes of a part; the limit of most file systems is 255, and partial files get an ending."""


def is_safe_name(name: str) -> bool:
    """Whether a path with ``/`` names a file below its folder on every system.

    No absolute path, no way up, no drive, no device of Windows, nothing that Windows reads as
    another name.
    """
    return all(map(_is_safe_part, name.split("/")))


def is_checksum(text: str) -> bool:
    """Whether it is a SHA-1 or SHA-256 and so may stand in a file's name."""
    return bool(_CHECKSUM.fullmatch(text))


def _is_safe_part(part: str) -> bool:
    if not part or part in {".", ".."} or part != part.strip() or part.endswith("."):
        return False
    if _FORBIDDEN.search(part) or len(part.encode("utf-8", "replace")) > _LONGEST:
        return False
    return part.partition(".")[0].rstrip().casefold() not in _DEVICES
