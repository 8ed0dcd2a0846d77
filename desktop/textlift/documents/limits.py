"""Limits that the operating system keeps for the reader process, whatever a file makes it do."""

from __future__ import annotations

import sys

ADDRESS_SPACE = 2_400_000_000
"""Bytes. Below what the parent kills for, so that most excess ends in an answer, not a death."""

FILE_SIZE = 1_000_000_000
"""Bytes of one file written; the largest page as an incompressible PNG is about 120 MB."""

OPEN_FILES = 256


def limit_process() -> None:
    """Limits this process's memory, the files it writes and those it holds open.

    The address space is what stops a 1 kB PDF that draws itself for ever: PDFium asks for
    memory until it gets none. Windows and macOS do not keep such a limit; there the parent's
    watch over the resident memory does it.
    """
    if sys.platform == "win32":
        return
    import resource

    wanted = (
        (resource.RLIMIT_AS, ADDRESS_SPACE),
        (resource.RLIMIT_FSIZE, FILE_SIZE),
        (resource.RLIMIT_NOFILE, OPEN_FILES),
        (resource.RLIMIT_CORE, 0),
    )
    for kind, limit in wanted:
        _, hard = resource.getrlimit(kind)
        soft = limit if hard == resource.RLIM_INFINITY else min(limit, hard)
        try:
            resource.setrlimit(kind, (soft, hard))
        except (OSError, ValueError):  # macOS refuses RLIMIT_AS below what is in use.
            continue
