"""What the inspector process may do: read, and nothing else."""

from __future__ import annotations

import contextlib
import os
from pathlib import Path

from textlift.processes.confinement.bytecode import keep_bytecode
from textlift.processes.confinement.confining import Protections, confine
from textlift.processes.confinement.limits import Limits
from textlift.processes.confinement.seccomp import CallFilter
from textlift.settings import user_folders

_THREADS = os.cpu_count() or 1

LIMITS = Limits(
    address_space=4_000_000_000 + 100_000_000 * _THREADS, file_size=1_000_000, open_files=256
)
"""The largest page takes 1.7 GB with two threads, and 35 MB more for each other one, most of it
reserved and never used: the thread's stack and its own heap."""

PROCESSOR_SECONDS = 150.0 * _THREADS
"""For a page. The parent gives up before, if it is there to do so."""


def confine_inspector() -> Protections:
    """Confines this process, which is to be an inspector, for good."""
    bytecode = user_folders().cache / "bytecode" / "inspector"
    with contextlib.suppress(OSError):
        bytecode.mkdir(parents=True, exist_ok=True, mode=0o700)
    protections = confine(limits=LIMITS, calls=CallFilter(), writes=(bytecode, Path("/dev/null")))
    keep_bytecode(bytecode, of="onnxruntime")
    return protections
