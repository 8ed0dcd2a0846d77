"""Puts the protections on a process, as far as its system has them."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable
from pathlib import Path

import msgspec

from textlift.processes.confinement.kernel import KernelError
from textlift.processes.confinement.landlock import keep_writes_to
from textlift.processes.confinement.limits import Limits, apply_limits
from textlift.processes.confinement.seccomp import CallFilter, install_filter
from textlift.processes.confinement.system_calls import this_processor

SWITCH = "TEXTLIFT_CONFINEMENT"
"""``off`` in this variable of the environment leaves all processes as they are."""


class Protections(msgspec.Struct, frozen=True):
    """What holds for a process.

    Attributes:
        limits: Names of the limits that hold.
        calls: Its system calls are filtered: no network, no reach into other processes.
        writes: The version of Landlock that keeps its writes to its folders; 0 where none does.
        missing: Why something does not hold, a few words each.
    """

    limits: tuple[str, ...] = ()
    calls: bool = False
    writes: int = 0
    missing: tuple[str, ...] = ()


def confine(
    *,
    limits: Limits,
    calls: CallFilter | None,
    writes: Iterable[Path] | None,
) -> Protections:
    """Confines this process and all it will start, for good.

    Called before the process has threads: what holds for a thread is inherited by those it
    starts, not by those that are there.

    Args:
        limits: To what it may take.
        calls: How its system calls are filtered; None: not at all.
        writes: Folders and files it may write to; None: wherever its user may.

    Returns:
        What holds. Nothing fails where a system has less than another.
    """
    if os.environ.get(SWITCH) == "off":
        return Protections(missing=(f"switched off by {SWITCH}",))
    held = apply_limits(limits)
    if sys.platform != "linux":
        return Protections(limits=held, missing=("only Linux has the rest",))
    processor = this_processor()
    if processor is None:
        return Protections(limits=held, missing=("not on this kind of processor",))
    missing = []
    version = 0
    if writes is not None:
        others = calls is None or calls.local_connections
        try:
            version = keep_writes_to(writes, processor, reaches_others=others)
        except KernelError as error:
            missing.append(f"writes: {error.strerror}")
    filtered = False
    if calls is not None:
        try:
            install_filter(calls, processor)
            filtered = True
        except KernelError as error:
            missing.append(f"network: {error.strerror}")
    return Protections(limits=held, calls=filtered, writes=version, missing=tuple(missing))
