"""Calls to Linux's kernel for which Python has no name."""

from __future__ import annotations

import ctypes
import os

_PR_SET_NO_NEW_PRIVS = 38


class KernelError(OSError):
    """The kernel does not do it."""


def system_call(number: int, *arguments: int | ctypes.Array[ctypes.c_char] | None) -> int:
    """Makes a system call.

    Raises:
        KernelError: With the kernel's error.
    """
    library = ctypes.CDLL(None, use_errno=True)
    library.syscall.restype = ctypes.c_long
    values = [ctypes.c_long(value) if isinstance(value, int) else value for value in arguments]
    result = int(library.syscall(ctypes.c_long(number), *values))
    return _checked(result)


def refuse_new_privileges() -> None:
    """From now on no program this process starts gains rights by being started (setuid).

    Raises:
        KernelError: The kernel does not know it.
    """
    library = ctypes.CDLL(None, use_errno=True)
    one, zero = ctypes.c_ulong(1), ctypes.c_ulong(0)
    _checked(library.prctl(_PR_SET_NO_NEW_PRIVS, one, zero, zero, zero))


def _checked(result: int) -> int:
    if result < 0:
        error = ctypes.get_errno()
        raise KernelError(error, os.strerror(error))
    return result
