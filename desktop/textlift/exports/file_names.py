"""File names: printed safely, and made from the titles of documents."""

from __future__ import annotations

import os
import re
import unicodedata
from collections.abc import Iterable
from pathlib import PurePath

MAX_CHARACTERS = 120
MAX_BYTES = 200
"""Of a name without extension and number; most file systems take 255 bytes in all."""

# fmt: off
DOCUMENT_EXTENSIONS = frozenset({
    ".pdf", ".png", ".apng", ".jpg", ".jpeg", ".jpe", ".jfif", ".webp", ".bmp", ".dib", ".gif",
    ".tif", ".tiff", ".heic", ".heif", ".hif", ".avif", ".mpo", ".jp2", ".j2k", ".jpf", ".jpx",
    ".jpc", ".ppm", ".pgm", ".pbm", ".pnm", ".tga", ".ico", ".qoi",
})
# fmt: on

_FORBIDDEN = re.compile(r'[<>:"/\\|?*]')
_RESERVED = frozenset(
    ["con", "prn", "aux", "nul", "conin$", "conout$"]
    + [f"{device}{number}" for device in ("com", "lpt") for number in "0123456789¹²³"]
)
_UNPRINTABLE_CATEGORIES = frozenset({"Cc", "Cs", "Co", "Cn", "Zl", "Zp"})
_TURNING = frozenset("\u200e\u200f\u061c\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


def printable(name: str | os.PathLike[str]) -> str:
    r"""A file name or path that is safe to print on one line.

    Line breaks, control codes, characters that turn the direction of writing and bytes that
    are no text become escapes such as ``\n`` and ``\xff``.
    """
    return "".join(_escaped(character) for character in os.fspath(name))


def file_stem(title: str) -> str:
    """A file name without extension made from a document's title; safe on every system.

    Never empty, hidden, a path, a device name of Windows, or longer than file systems take.
    """
    name = PurePath(title.replace("\\", "/"))
    stem = name.stem if name.suffix.lower() in DOCUMENT_EXTENSIONS else name.name
    stem = unicodedata.normalize("NFC", " ".join("".join(map(_plain, stem)).split()))
    stem = _shortened(_FORBIDDEN.sub("_", stem)).strip(" .")
    stem = re.sub(r"^-+", "_", stem)
    if stem.split(".")[0].strip().lower() in _RESERVED:
        stem = f"_{stem}"
    return stem or "document"


def file_names(titles: Iterable[str], *, extension: str) -> list[str]:
    """A file name for each title; equal ones are numbered, also where only the case differs."""
    taken: set[str] = set()
    names = []
    for title in titles:
        stem = file_stem(title)
        name = stem + extension
        number = 1
        while name.casefold() in taken:
            number += 1
            name = f"{stem} ({number}){extension}"
        taken.add(name.casefold())
        names.append(name)
    return names


def _escaped(character: str) -> str:
    if character in _TURNING or unicodedata.category(character) in _UNPRINTABLE_CATEGORIES:
        code = ord(character)
        if 0xDC80 <= code <= 0xDCFF:
            # How Python carries a byte of a file name that is no UTF-8.
            return f"\\x{code - 0xDC00:02x}"
        return character.encode("unicode_escape", "backslashreplace").decode("ascii")
    return character


def _plain(character: str) -> str:
    if character in _TURNING or unicodedata.category(character) in _UNPRINTABLE_CATEGORIES:
        return "_"
    return character


def _shortened(text: str) -> str:
    text = text[:MAX_CHARACTERS]
    while len(text.encode("utf-8")) > MAX_BYTES:
        text = text[:-1]
    return text
