"""Rendered pages on disk, bounded, shared by all readers of this user."""

from __future__ import annotations

import contextlib
import errno
import hashlib
import itertools
import os
import time
from collections.abc import Iterator
from pathlib import Path

import msgspec
from PIL import Image, PngImagePlugin

from textlift.content.page_image import PageImage
from textlift.documents.drawn_page import DrawnPage
from textlift.documents.failures import ReaderError
from textlift.documents.ink import ink_share, is_uniform
from textlift.documents.messages import DocumentFailure, Fingerprint

MAX_BYTES = 2_000_000_000
"""What all pages together may take before the least recently used are deleted."""

IN_USE = 600.0
"""Seconds since its last use for which a page is not deleted: an engine may be reading it.

The cache can grow past ``MAX_BYTES`` by what is drawn in this time.
"""

_ROOM_AFTER_CLEANING = 0.8
_CHECK_EVERY = 100_000_000
_VERSION = b"1"
_NOTES = "textlift"
_PNG_END = b"IEND\xaeB`\x82"
_PART = ".part"
_NO_ROOM = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})


class _Notes(msgspec.Struct, frozen=True):
    """What a cached page remembers beside its pixels."""

    dpi: float
    ink: float
    defect: str


def page_key(
    path: str, fingerprint: Fingerprint, page: int, *, within: int, protected: bool
) -> str:
    """The name of a page in the cache.

    Args:
        path: Of the document.
        fingerprint: Of the document.
        page: From 1.
        within: Size of a thumbnail; 0 for the page as it is read.
        protected: Whether a password was given, so that only those who know it find the page.
    """
    parts = (fingerprint.size, fingerprint.modified_ns, page, within, int(protected))
    digest = hashlib.sha256(_VERSION + os.fsencode(path) + repr(parts).encode())
    return digest.hexdigest()[:40]


class PageCache:
    """Pages as PNG files in one folder. Several processes may use the folder at once."""

    def __init__(self, folder: Path, *, max_bytes: int = MAX_BYTES, in_use: float = IN_USE) -> None:
        """Makes the folder and cleans it.

        Raises:
            ReaderError: The folder cannot be made.
        """
        self._folder = folder
        self._max_bytes = max_bytes
        self._in_use = in_use
        self._written = 0
        self._numbers = itertools.count()
        try:
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        except OSError as error:
            raise self._write_error(error) from error
        self.clean(max_bytes)

    def find(self, key: str) -> PageImage | None:
        """The page, marked as just used; None when it is not there or damaged."""
        path = self._folder / f"{key}.png"
        try:
            # First: a page marked as used is not deleted by another process.
            os.utime(path)
            with path.open("rb") as stream:
                stream.seek(-len(_PNG_END), os.SEEK_END)
                whole = stream.read() == _PNG_END
            if not whole:
                return None
            with Image.open(path, formats=["PNG"]) as image:
                notes = msgspec.json.decode(str(image.info.get(_NOTES)), type=_Notes)
                width, height = image.size
        except (OSError, ValueError, SyntaxError, msgspec.DecodeError):
            return None
        return PageImage(
            str(path), width, height, dpi=notes.dpi, ink=notes.ink, defect=notes.defect
        )

    def store(self, key: str, page: DrawnPage) -> PageImage:
        """Writes a page, whole or not at all.

        A page of one colour is the same file as every other of its size: blank pages of a
        scan cost nothing.

        Raises:
            ReaderError: CACHE_FULL when the disk is full or the folder cannot be written.
        """
        image = page.image
        ink = 0.0
        if not is_uniform(image):
            ink = ink_share(image)
        elif not page.defect:
            colour = image.resize((1, 1)).tobytes().hex()
            key = f"blank-{image.width}x{image.height}-{colour}-{page.dpi:.0f}"
            cached = self.find(key)
            if cached is not None:
                return cached
        notes = _Notes(dpi=page.dpi, ink=ink, defect=page.defect)
        path = self._folder / f"{key}.png"
        try:
            self._write(path, image, notes)
        except OSError as error:
            if error.errno not in _NO_ROOM:
                raise self._write_error(error) from error
            self.clean(0)
            try:
                self._write(path, image, notes)
            except OSError as second:
                raise self._write_error(second) from second
        return PageImage(
            str(path), image.width, image.height, dpi=page.dpi, ink=ink, defect=page.defect
        )

    def clean(self, max_bytes: int) -> None:
        """Deletes the least recently used pages when all take more than ``max_bytes``.

        Pages used in the last minutes stay. Unfinished files of readers that died go too.
        """
        now = time.time()
        entries = sorted(self._entries(), key=lambda entry: entry[0])
        total = sum(size for _, size, _ in entries)
        room = max_bytes * _ROOM_AFTER_CLEANING if total > max_bytes else float("inf")
        for used, size, path in entries:
            if abs(now - used) < self._in_use or not (total > room or path.suffix == _PART):
                continue
            # Another reader may have deleted it; an antivirus program may hold it.
            with contextlib.suppress(OSError):
                if abs(now - path.stat().st_mtime) >= self._in_use:  # Not used just now.
                    path.unlink()
                    total -= size
        self._written = 0

    def _entries(self) -> Iterator[tuple[float, int, Path]]:
        """Time of the last use, size in bytes and path of each file that is the cache's."""
        try:
            with os.scandir(self._folder) as found:
                for entry in found:
                    if not entry.name.endswith((".png", _PART)):
                        continue
                    with contextlib.suppress(OSError):
                        status = entry.stat(follow_symlinks=False)
                        yield status.st_mtime, status.st_size, Path(entry.path)
        except OSError:
            return

    def _write(self, path: Path, image: Image.Image, notes: _Notes) -> None:
        part = path.with_name(f"{path.name}.{os.getpid()}-{next(self._numbers)}{_PART}")
        info = PngImagePlugin.PngInfo()
        info.add_itxt(_NOTES, msgspec.json.encode(notes).decode())
        options = {"dpi": (notes.dpi, notes.dpi)} if notes.dpi else {}
        try:
            self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            image.save(part, "PNG", compress_level=1, pnginfo=info, icc_profile=None, **options)
            self._written += part.stat().st_size
            part.replace(path)
        except BaseException:
            with contextlib.suppress(OSError):
                part.unlink()
            raise
        if self._written > _CHECK_EVERY:
            self.clean(self._max_bytes)

    def _write_error(self, error: OSError) -> ReaderError:
        if error.errno in _NO_ROOM:
            sentence = f"The disk is full: there is no room for pages in {self._shown()}."
        else:
            reason = error.strerror or "unknown reason"
            sentence = f"Pages cannot be written to {self._shown()}; the system says: {reason}."
        return ReaderError(DocumentFailure.CACHE_FULL, sentence)

    def _shown(self) -> str:
        return str(self._folder).encode("utf-8", "replace").decode()
