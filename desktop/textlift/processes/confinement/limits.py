"""Limits on what a process may take: memory, files, time."""

from __future__ import annotations

import sys

import msgspec

from textlift.processes.cancellation import Cancellation
from textlift.processes.serving import Handler, ReportProgress


class Limits(msgspec.Struct, frozen=True):
    """What a process may take; 0 leaves a limit as it is. No process leaves a core dump.

    Attributes:
        address_space: Bytes. What asks for more gets a ``MemoryError`` or its like, so that most
            excess ends in an answer, not a death.
        file_size: Bytes of one file written.
        open_files: At a time.
    """

    address_space: int = 0
    file_size: int = 0
    open_files: int = 0


def apply_limits(limits: Limits) -> tuple[str, ...]:
    """Limits this process and all it starts, for good; returns the names of what holds.

    Windows has none of these limits. macOS refuses the one on the address space; there the
    parent's watch over the resident memory has to do.
    """
    if sys.platform == "win32":
        return ()
    import resource

    # No dump of memory: it would hold the document's text.
    wanted = {
        "core dumps": (resource.RLIMIT_CORE, 0),
        "address space": (resource.RLIMIT_AS, limits.address_space),
        "file size": (resource.RLIMIT_FSIZE, limits.file_size),
        "open files": (resource.RLIMIT_NOFILE, limits.open_files),
    }
    held = []
    for name, (kind, limit) in wanted.items():
        if not limit and kind != resource.RLIMIT_CORE:
            continue
        _, hard = resource.getrlimit(kind)
        value = limit if hard == resource.RLIM_INFINITY else min(limit, hard)
        try:
            resource.setrlimit(kind, (value, value))
        except (OSError, ValueError):
            continue
        held.append(name)
    return tuple(held)


def allow_processor_time(seconds: float) -> None:
    """Lets this process compute for that long from now on; past it the system ends the process.

    The parent's deadline comes first, as long as there is a parent that watches the clock.
    """
    if sys.platform == "win32":
        return
    import resource

    used = resource.getrusage(resource.RUSAGE_SELF)
    _, hard = resource.getrlimit(resource.RLIMIT_CPU)
    wanted = int(used.ru_utime + used.ru_stime + seconds) + 1
    soft = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
    resource.setrlimit(resource.RLIMIT_CPU, (soft, hard))


def within_processor_time(handler: Handler, *, seconds: float) -> Handler:
    """The handler, given that much processor time for each request.

    For a process that answers one request at a time.
    """

    def handle(body: bytes, report: ReportProgress, cancellation: Cancellation) -> msgspec.Struct:
        allow_processor_time(seconds)
        return handler(body, report, cancellation)

    return handle
