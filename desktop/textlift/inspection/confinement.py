"""What the inspector process may do: read, and nothing else."""

from __future__ import annotations

import contextlib
from pathlib import Path

from textlift.processes.confinement.bytecode import keep_bytecode
from textlift.processes.confinement.confining import Protections, confine
from textlift.processes.confinement.limits import Limits
from textlift.processes.confinement.seccomp import CallFilter
from textlift.settings import user_folders

LIMITS = Limits(address_space=8_000_000_000, file_size=1_000_000, open_files=256)
"""onnxruntime reserves some memory for each of its threads."""


def confine_inspector() -> Protections:
    """Confines this process, which is to be an inspector, for good."""
    bytecode = user_folders().cache / "bytecode" / "inspector"
    with contextlib.suppress(OSError):
        bytecode.mkdir(parents=True, exist_ok=True, mode=0o700)
    keep_bytecode(bytecode, of="onnxruntime")
    return confine(limits=LIMITS, calls=CallFilter(), writes=(bytecode, Path("/dev/null")))
