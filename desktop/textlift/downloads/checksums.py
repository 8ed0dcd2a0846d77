"""The checksums by which the hub names files."""

from __future__ import annotations

import errno
import hashlib
from collections.abc import Callable
from pathlib import Path
from typing import Protocol

_PIECE = 1 << 20


class RunningChecksum(Protocol):
    """A checksum in the making."""

    def update(self, piece: bytes, /) -> None: ...

    def hexdigest(self) -> str: ...


def running_checksum(checksum: str, *, size: int) -> RunningChecksum:
    """Begins what is to be compared with a checksum.

    Args:
        checksum: Of 64 digits: SHA-256 of the content. Of 40: the SHA-1 that git gives a file,
            over ``blob``, its size and its content.
        size: Of the file, in bytes.
    """
    if len(checksum) == 64:
        return hashlib.sha256()
    return hashlib.sha1(b"blob %d\0" % size, usedforsecurity=False)


def add_file(
    running: RunningChecksum, path: Path, *, up_to: int, on_piece: Callable[[int], None]
) -> None:
    """Puts the beginning of a file into a checksum.

    Args:
        running: The checksum.
        path: The file.
        up_to: Bytes of it.
        on_piece: Told how many bytes more are in; may raise to stop.
    """
    left = up_to
    with path.open("rb") as file:
        while left > 0 and (piece := file.read(min(_PIECE, left))):
            running.update(piece)
            left -= len(piece)
            on_piece(len(piece))


def file_matches(path: Path, checksum: str, *, on_piece: Callable[[int], None]) -> bool:
    """Whether a file has a checksum; one that the disk gives a part of only has not.

    Raises:
        OSError: It may not be read, or the drive is away: nobody can tell.
    """
    size = path.stat().st_size
    running = running_checksum(checksum, size=size)
    try:
        add_file(running, path, up_to=size, on_piece=on_piece)
    except OSError as error:
        if error.errno == errno.EIO:
            return False
        raise
    return running.hexdigest() == checksum
