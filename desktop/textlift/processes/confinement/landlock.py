"""Writes of a process and all it starts, kept to some folders (Linux, Landlock)."""

from __future__ import annotations

import ctypes
import os
import stat
import struct
from collections.abc import Iterable
from pathlib import Path

from textlift.processes.confinement.kernel import KernelError, refuse_new_privileges, system_call
from textlift.processes.confinement.system_calls import Processor

# Rights by the version of Landlock they came with. Those of reading are not asked for.
_WRITE_FILE = 1 << 1
_WRITES = {
    # Remove folders and files; make devices, folders, files, sockets, pipes and links.
    1: _WRITE_FILE | sum(1 << bit for bit in (4, 5, 6, 7, 8, 9, 10, 11, 12)),
    2: 1 << 13,  # Move between folders; before, nobody could.
    3: 1 << 14,  # Truncate.
}
_OF_FILES = _WRITE_FILE | 1 << 14
_ABSTRACT_SOCKETS = 1 << 0
_SIGNALS = 1 << 1
_SCOPES_SINCE = 6

_ASK_VERSION = 1
_BENEATH = 1


def landlock_version(processor: Processor) -> int:
    """Of the kernel's Landlock; 0 where it has none, or where it is switched off."""
    try:
        return system_call(processor.numbers["landlock_create_ruleset"], None, 0, _ASK_VERSION)
    except KernelError:
        return 0


def keep_writes_to(
    places: Iterable[Path], processor: Processor, *, reaches_others: bool = False
) -> int:
    """Lets this thread and all it starts write below these folders and files only, for good.

    Reading stays as it was. What does not exist is passed over. Where Landlock is new enough,
    signals to processes outside, and sockets without a file that lead there, are refused too.

    Args:
        places: Folders and files.
        processor: That runs this.
        reaches_others: Leave signals and sockets as they were.

    Returns:
        The version of Landlock.

    Raises:
        KernelError: The kernel has no Landlock, or it is forbidden here.
    """
    version = landlock_version(processor)
    if not version:
        raise KernelError(0, "no Landlock")
    refuse_new_privileges()
    handled = 0
    for since, rights in _WRITES.items():
        handled |= rights if version >= since else 0
    scoped = _ABSTRACT_SOCKETS | _SIGNALS
    scoped = scoped if version >= _SCOPES_SINCE and not reaches_others else 0
    attributes = ctypes.create_string_buffer(struct.pack("=QQQ", handled, 0, scoped), 24)
    # An older kernel takes the longer description as long as what it does not know is zero.
    ruleset = system_call(processor.numbers["landlock_create_ruleset"], attributes, 24, 0)
    try:
        for place in places:
            _allow_writes(ruleset, place, handled, processor)
        system_call(processor.numbers["landlock_restrict_self"], ruleset, 0)
    finally:
        os.close(ruleset)
    return version


def _allow_writes(ruleset: int, place: Path, handled: int, processor: Processor) -> None:
    try:
        opened = os.open(place, os.O_PATH | os.O_CLOEXEC)
    except OSError:
        return
    try:
        rights = handled if stat.S_ISDIR(os.fstat(opened).st_mode) else handled & _OF_FILES
        rule = ctypes.create_string_buffer(struct.pack("=Qi", rights, opened), 12)
        system_call(processor.numbers["landlock_add_rule"], ruleset, _BENEATH, rule, 0)
    finally:
        os.close(opened)
