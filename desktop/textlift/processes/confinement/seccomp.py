"""A filter of the system calls of a process and all it starts (Linux, seccomp)."""

from __future__ import annotations

import ctypes
import errno
import struct

import msgspec

from textlift.processes.confinement.kernel import refuse_new_privileges, system_call
from textlift.processes.confinement.system_calls import Processor

_SET_MODE_FILTER = 1
_ALL_THREADS = 1

_LOAD = 0x20
_AND = 0x54
_IF_EQUAL = 0x15
_IF_AT_LEAST = 0x35
_IF_ANY_BIT = 0x45
_RETURN = 0x06
_ALLOW = 0x7FFF0000
_FAIL_WITH = 0x00050000

# Where a filter finds things in the ``seccomp_data`` it is given.
_NUMBER = 0
_AUDIT = 4
_ARGUMENTS = 16

_AF_UNIX = 1
_SOCKET_KINDS = 0xF
_SOCK_STREAM = 1
_SOCK_SEQPACKET = 5
_CLONE_THREAD = 0x00010000
_CLONE_NEWUSER = 0x10000000

_ALWAYS_REFUSED = (
    # Would do what the filter forbids without a system call of its own.
    "io_uring_setup", "io_uring_enter", "io_uring_register",
    # Reach into other processes of the user.
    "ptrace", "process_vm_readv", "process_vm_writev", "pidfd_getfd",
    # Keys of the session.
    "add_key", "request_key", "keyctl",
    # Parts of the kernel that only attacks on it would call from here.
    "unshare", "setns", "bpf", "perf_event_open", "userfaultfd", "open_by_handle_at",
)  # fmt: skip

_RIGHTS = (
    "chmod", "fchmod", "fchmodat", "fchmodat2", "chown", "fchown", "lchown", "fchownat",
    "setxattr", "lsetxattr", "fsetxattr", "setxattrat", "removexattr", "lremovexattr",
    "fremovexattr", "removexattrat",
)  # fmt: skip

_PROGRAMS = ("fork", "vfork", "execve", "execveat")

_Instruction = tuple[int, int, int, int]


class CallFilter(msgspec.Struct, frozen=True):
    """What is refused besides the network, which always is.

    Attributes:
        starts_programs: May start other programs, under the same filter.
        changes_rights: May change owner, rights and attributes of files, which Landlock leaves
            open to all.
        local_sockets: May make sockets that lead to processes of this machine; CUDA makes some.
        local_connections: May connect them. Beyond them lie the session's bus and the display:
            whoever reaches one of them has a program started outside.
    """

    starts_programs: bool = False
    changes_rights: bool = False
    local_sockets: bool = False
    local_connections: bool = False


def install_filter(chosen: CallFilter, processor: Processor) -> None:
    """Filters the calls of this process, with all its threads, for good.

    Raises:
        KernelError: The kernel has no such filters, or they are forbidden here.
    """
    refuse_new_privileges()
    code = encoded(filter_code(chosen, processor))
    code_buffer = ctypes.create_string_buffer(code, len(code))
    header = struct.pack("HP", len(code) // 8, ctypes.addressof(code_buffer))
    program = ctypes.create_string_buffer(header, len(header))
    system_call(processor.numbers["seccomp"], _SET_MODE_FILTER, _ALL_THREADS, program)


def filter_code(chosen: CallFilter, processor: Processor) -> list[_Instruction]:
    """The filter as a program for the kernel's packet filter.

    An instruction is its code, how far to jump when its test holds, how far when not, and its
    number.
    """
    refused = list(_ALWAYS_REFUSED)
    if not chosen.changes_rights:
        refused += _RIGHTS
    if not chosen.starts_programs:
        refused += _PROGRAMS
    if not chosen.local_connections:
        refused.append("connect")
    code = [(_LOAD, 0, 0, _AUDIT), *_unless((_IF_EQUAL, processor.audit), errno.EPERM)]
    code.append((_LOAD, 0, 0, _NUMBER))
    if processor.highest:
        code += _when((_IF_AT_LEAST, processor.highest), [_fail(errno.EPERM)])
    for number in processor.known(*refused):
        code += _when((_IF_EQUAL, number), [_fail(errno.EACCES)])
    # Its flags lie in memory, where a filter cannot look. The C library then calls ``clone``.
    for number in processor.known("clone3"):
        code += _when((_IF_EQUAL, number), [_fail(errno.ENOSYS)])
    for number in processor.known("clone"):
        code += _when((_IF_EQUAL, number), _clone_rule(chosen))
    for number in processor.known("socket"):
        code += _when((_IF_EQUAL, number), _socket_rule(chosen))
    # A pair is connected to itself and to nothing else.
    for number in processor.known("socketpair"):
        code += _when((_IF_EQUAL, number), _pair_rule())
    return [*code, _allow()]


def encoded(code: list[_Instruction]) -> bytes:
    """The program as the kernel takes it, 8 bytes an instruction."""
    return b"".join(struct.pack("HBBI", *instruction) for instruction in code)


def _clone_rule(chosen: CallFilter) -> list[_Instruction]:
    """Threads; and processes where programs may be started, but none with rights of its own."""
    flags = (_LOAD, 0, 0, _ARGUMENTS)
    if chosen.starts_programs:
        return [flags, (_IF_ANY_BIT, 0, 1, _CLONE_NEWUSER), _fail(errno.EPERM), _allow()]
    return [flags, (_IF_ANY_BIT, 0, 1, _CLONE_THREAD), _allow(), _fail(errno.EACCES)]


def _socket_rule(chosen: CallFilter) -> list[_Instruction]:
    """No sockets of a network, and no local ones that send without having connected."""
    if not chosen.local_sockets:
        return [_fail(errno.EACCES)]
    return [
        (_LOAD, 0, 0, _ARGUMENTS),
        (_IF_EQUAL, 1, 0, _AF_UNIX),
        _fail(errno.EACCES),
        (_LOAD, 0, 0, _ARGUMENTS + 8),
        (_AND, 0, 0, _SOCKET_KINDS),
        (_IF_EQUAL, 1, 0, _SOCK_STREAM),
        (_IF_EQUAL, 0, 1, _SOCK_SEQPACKET),
        _allow(),
        _fail(errno.EACCES),
    ]


def _pair_rule() -> list[_Instruction]:
    return [
        (_LOAD, 0, 0, _ARGUMENTS),
        (_IF_EQUAL, 0, 1, _AF_UNIX),
        _allow(),
        _fail(errno.EACCES),
    ]


def _when(test: tuple[int, int], then: list[_Instruction]) -> list[_Instruction]:
    """``then``, which ends with an outcome, when the test holds for what is loaded."""
    return [(test[0], 0, len(then), test[1]), *then]


def _unless(test: tuple[int, int], error: int) -> list[_Instruction]:
    return [(test[0], 1, 0, test[1]), _fail(error)]


def _allow() -> _Instruction:
    return (_RETURN, 0, 0, _ALLOW)


def _fail(error: int) -> _Instruction:
    return (_RETURN, 0, 0, _FAIL_WITH | error)
