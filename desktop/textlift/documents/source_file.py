"""Opening a file for reading without ever waiting for it: regular files only."""

from __future__ import annotations

import errno
import os
import stat
from pathlib import Path
from typing import BinaryIO

import msgspec

from textlift.documents.failures import ReaderError
from textlift.documents.messages import DocumentFailure, Fingerprint


class SourceFile(msgspec.Struct, frozen=True):
    """A regular file, open for reading.

    Attributes:
        stream: At the beginning of the file; whoever opened it closes it.
        fingerprint: Of what the stream reads.
    """

    stream: BinaryIO
    fingerprint: Fingerprint


def open_source(path: str) -> SourceFile:
    """Opens a regular file, following links.

    Raises:
        ReaderError: There is none, it is no regular file, it may not be read or it is empty.
    """
    # Looking first keeps a device from being opened at all: opening one can already act.
    _check_regular(_status(path))
    flags = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
    try:
        descriptor = os.open(path, flags)
    except OSError as error:
        raise _opening_error(error, path) from error
    stream = os.fdopen(descriptor, "rb")
    status = os.fstat(descriptor)
    try:
        # Again: another program may have put a pipe in its place in between.
        _check_regular(status)
        _check_not_empty(status)
    except ReaderError:
        stream.close()
        raise
    return SourceFile(stream=stream, fingerprint=_fingerprint(status))


def check_unchanged(path: str, fingerprint: Fingerprint) -> None:
    """Makes sure that the file is still the one that was opened before.

    Raises:
        ReaderError: It was deleted, replaced or changed.
    """
    try:
        status = _status(path)
    except ReaderError as error:
        if error.failure is not DocumentFailure.NOT_FOUND:
            raise
        raise ReaderError(
            DocumentFailure.NOT_FOUND,
            "The file was deleted, moved or renamed after it was opened. Put it back or open "
            "it at its new place.",
        ) from error
    _check_regular(status)
    check_same(_fingerprint(status), fingerprint)


def check_same(now: Fingerprint, then: Fingerprint) -> None:
    """Makes sure that a file is what it was.

    Raises:
        ReaderError: CHANGED.
    """
    if now != then:
        raise ReaderError(
            DocumentFailure.CHANGED,
            "The file was changed after it was opened. Open it again to read what it holds now.",
        )


def _status(path: str) -> os.stat_result:
    try:
        return Path(path).stat()
    except (OSError, ValueError) as error:  # ValueError: a zero byte in the name.
        raise _opening_error(error, path) from error


def _check_regular(status: os.stat_result) -> None:
    mode = status.st_mode
    if stat.S_ISREG(mode):
        return
    if stat.S_ISDIR(mode):
        what = "This is a folder, not a file."
    elif stat.S_ISFIFO(mode) or stat.S_ISSOCK(mode):
        what = "This is a pipe between programs, not a file."
    else:
        what = "This is a device, not a file."
    raise ReaderError(DocumentFailure.NOT_A_FILE, what)


def _check_not_empty(status: os.stat_result) -> None:
    if status.st_size == 0:
        raise ReaderError(DocumentFailure.EMPTY, "The file is empty.")


def _opening_error(error: OSError | ValueError, path: str) -> ReaderError:
    code = error.errno if isinstance(error, OSError) else errno.ENOENT
    if code == errno.ELOOP:
        return ReaderError(
            DocumentFailure.NOT_FOUND, "This link leads back to itself, so there is no file."
        )
    if code in {errno.ENOENT, errno.ENOTDIR}:
        if isinstance(error, OSError) and Path(path).is_symlink():
            sentence = "This link leads to a file that does not exist."
        else:
            sentence = "There is no such file."
        return ReaderError(DocumentFailure.NOT_FOUND, sentence)
    if code == errno.ENAMETOOLONG:
        return ReaderError(DocumentFailure.NOT_FOUND, "The path is too long for this system.")
    if code in {errno.EACCES, errno.EPERM}:
        return ReaderError(
            DocumentFailure.NOT_READABLE, "You do not have the permission to read this file."
        )
    reason = os.strerror(code) if code else "unknown reason"
    return ReaderError(
        DocumentFailure.NOT_READABLE, f"The file cannot be read; the system says: {reason}."
    )


def _fingerprint(status: os.stat_result) -> Fingerprint:
    return Fingerprint(size=status.st_size, modified_ns=status.st_mtime_ns)
