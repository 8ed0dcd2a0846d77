"""What the reader process may do: read any file, write to the page cache, and nothing else."""

from __future__ import annotations

import contextlib
from pathlib import Path

from textlift.processes.confinement.bytecode import keep_bytecode
from textlift.processes.confinement.confining import Protections, confine
from textlift.processes.confinement.limits import Limits
from textlift.processes.confinement.seccomp import CallFilter
from textlift.settings import user_folders

LIMITS = Limits(address_space=2_400_000_000, file_size=1_000_000_000, open_files=256)
"""The address space is what stops a 1 kB PDF that draws itself for ever: PDFium asks for memory
until it gets none. It is below what the parent kills for. The largest page as an incompressible
PNG is about 120 MB."""

PROCESSOR_SECONDS = 90.0
"""For a request. The parent gives up long before, if it is there to do so."""


def confine_reader(cache_folder: Path) -> Protections:
    """Confines this process, which is to be a reader, for good.

    Args:
        cache_folder: Where pages are drawn to.
    """
    bytecode = user_folders().cache / "bytecode" / "reader"
    for folder in (cache_folder, bytecode):
        # The cache says by itself what is wrong with its folder.
        with contextlib.suppress(OSError):
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    protections = confine(
        limits=LIMITS,
        calls=CallFilter(),
        writes=(cache_folder, bytecode, Path("/dev/null")),
    )
    keep_bytecode(bytecode, of="pypdfium2")
    return protections
