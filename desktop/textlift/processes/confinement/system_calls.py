"""Numbers of Linux's system calls, for the processors whose calls Textlift filters.

From the kernel's own tables: ``arch/x86/entry/syscalls/syscall_64.tbl`` and, for aarch64,
``include/uapi/asm-generic/unistd.h``. They never change.
"""

from __future__ import annotations

import platform
import sys

import msgspec


class Processor(msgspec.Struct, frozen=True):
    """How the kernel is called on a kind of processor.

    Attributes:
        audit: ``AUDIT_ARCH_…``, by which a filter tells the calls of another kind, such as those
            of 32-bit programs, whose numbers mean something else.
        highest: Numbers from here on belong to another kind of call (x32); 0: to none.
        numbers: Of calls by their name. What this kind does not have is left out.
    """

    audit: int
    highest: int
    numbers: dict[str, int]

    def known(self, *names: str) -> tuple[int, ...]:
        """The numbers of those calls that this kind of processor has."""
        return tuple(self.numbers[name] for name in names if name in self.numbers)


_EVERYWHERE = {
    "io_uring_setup": 425,
    "io_uring_enter": 426,
    "io_uring_register": 427,
    "clone3": 435,
    "pidfd_getfd": 438,
    "landlock_create_ruleset": 444,
    "landlock_add_rule": 445,
    "landlock_restrict_self": 446,
    "fchmodat2": 452,
    "setxattrat": 463,
    "removexattrat": 466,
}
"""Calls that came when all kinds of processors had begun to share their numbers."""

_X86_64 = Processor(
    audit=0xC000003E,
    highest=0x40000000,
    numbers={
        **_EVERYWHERE,
        "socket": 41,
        "connect": 42,
        "socketpair": 53,
        "clone": 56,
        "fork": 57,
        "vfork": 58,
        "execve": 59,
        "chmod": 90,
        "fchmod": 91,
        "chown": 92,
        "fchown": 93,
        "lchown": 94,
        "ptrace": 101,
        "setxattr": 188,
        "lsetxattr": 189,
        "fsetxattr": 190,
        "removexattr": 197,
        "lremovexattr": 198,
        "fremovexattr": 199,
        "add_key": 248,
        "request_key": 249,
        "keyctl": 250,
        "fchownat": 260,
        "fchmodat": 268,
        "unshare": 272,
        "perf_event_open": 298,
        "open_by_handle_at": 304,
        "setns": 308,
        "process_vm_readv": 310,
        "process_vm_writev": 311,
        "seccomp": 317,
        "bpf": 321,
        "execveat": 322,
        "userfaultfd": 323,
    },
)

_AARCH64 = Processor(
    audit=0xC00000B7,
    highest=0,
    numbers={
        **_EVERYWHERE,
        "setxattr": 5,
        "lsetxattr": 6,
        "fsetxattr": 7,
        "removexattr": 14,
        "lremovexattr": 15,
        "fremovexattr": 16,
        "fchmod": 52,
        "fchmodat": 53,
        "fchownat": 54,
        "fchown": 55,
        "unshare": 97,
        "ptrace": 117,
        "socket": 198,
        "socketpair": 199,
        "connect": 203,
        "add_key": 217,
        "request_key": 218,
        "keyctl": 219,
        "clone": 220,
        "execve": 221,
        "perf_event_open": 241,
        "open_by_handle_at": 265,
        "setns": 268,
        "process_vm_readv": 270,
        "process_vm_writev": 271,
        "seccomp": 277,
        "bpf": 280,
        "execveat": 281,
        "userfaultfd": 282,
    },
)

PROCESSORS = {"x86_64": _X86_64, "aarch64": _AARCH64}


def this_processor() -> Processor | None:
    """How this process calls the kernel; None where that is not known, or not Linux.

    A 32-bit Python on a 64-bit kernel makes other calls than the machine's name says.
    """
    if sys.platform != "linux" or sys.maxsize < 2**32 or sys.byteorder != "little":
        return None
    return PROCESSORS.get(platform.machine())
