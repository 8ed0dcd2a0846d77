"""File paths on the pipe: bytes, because a file's name need not be text."""

from __future__ import annotations

import os


def encode_path(path: str) -> bytes:
    """The path as the system knows it; surrogate escapes become the bytes they stand for."""
    try:
        return os.fsencode(path)
    except UnicodeEncodeError:
        # Half a surrogate pair that stands for no byte: no file has this name.
        return path.encode("utf-8", "replace")


def decode_path(path: bytes) -> str:
    """The path as Python's file functions take it."""
    return os.fsdecode(path)
