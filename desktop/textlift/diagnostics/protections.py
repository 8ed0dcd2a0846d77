"""What confines the processes that touch documents and models: tried, not supposed."""

from __future__ import annotations

import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import msgspec

from textlift.documents.confinement import confine_reader
from textlift.engines.confinement import confine_engine
from textlift.engines.contract import EngineOptions
from textlift.inspection.confinement import confine_inspector
from textlift.processes.confinement.confining import Protections
from textlift.processes.supervised import process_command
from textlift.settings import user_folders

ROLES = ("reader", "inspector", "engine")

_SECONDS = 60.0


class Tried(msgspec.Struct, frozen=True):
    """What a confined process found when it tried what it may not do.

    Attributes:
        protections: What it was told that holds.
        connects: It could make a socket that leads to a network.
        writes: It could write into a folder that is none of its own.
    """

    protections: Protections
    connects: bool
    writes: bool


def main(role: str, folder: str) -> None:
    """Confines this process as ``role``, tries what it may not do, and says what came of it.

    Args:
        role: One of ``ROLES``.
        folder: An empty one that is none of the role's.
    """
    if role == "reader":
        protections = confine_reader(user_folders().page_cache)
    elif role == "inspector":
        protections = confine_inspector()
    else:
        protections = confine_engine("", msgspec.json.encode(EngineOptions()).decode())
    tried = Tried(protections, connects=_connects(), writes=_writes(Path(folder)))
    sys.stdout.buffer.write(msgspec.json.encode(tried))


def try_role(role: str) -> Tried:
    """Has a fresh process try it.

    Raises:
        OSError: It cannot be started.
        subprocess.SubprocessError: It died or hung.
        msgspec.DecodeError: It did not answer.
    """
    with tempfile.TemporaryDirectory() as folder:
        answer = subprocess.run(
            process_command(["protections", role, folder]),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            check=True,
            timeout=_SECONDS,
        )
    return msgspec.json.decode(answer.stdout, type=Tried)


def protection_lines() -> Iterator[str]:
    """For each kind of process what holds, a line each."""
    for role in ROLES:
        try:
            tried = try_role(role)
        except (OSError, subprocess.SubprocessError, msgspec.DecodeError) as error:
            yield f"{role}: cannot be told ({error})"
            continue
        held = tried.protections
        parts = [
            "CAN OPEN CONNECTIONS" if tried.connects else "no network",
            "CAN WRITE ANYWHERE" if tried.writes else "writes to its own folders only",
            f"limits on {', '.join(held.limits) or 'nothing'}",
            *held.missing,
        ]
        yield f"{role}: {'; '.join(parts)}"


def _connects() -> bool:
    try:
        socket.socket(socket.AF_INET, socket.SOCK_DGRAM).close()
    except OSError:
        return False
    return True


def _writes(folder: Path) -> bool:
    try:
        (folder / "written").write_bytes(b"")
    except OSError:
        return False
    return True
