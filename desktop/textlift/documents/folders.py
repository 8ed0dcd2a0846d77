"""Documents in folders, in the order people expect."""

from __future__ import annotations

import os
import re
import time
from collections.abc import Callable, Iterable
from pathlib import Path

from textlift.documents.failures import shown_name

EXTENSIONS = frozenset(
    {"pdf", "png", "apng", "jpg", "jpeg", "jpe", "jfif", "mpo", "webp", "bmp", "dib", "gif"}
    | {"tif", "tiff", "heic", "heif", "hif", "avif", "jp2", "j2k", "jpf", "jpx", "jpc"}
    | {"ppm", "pgm", "pbm", "pnm", "tga", "ico", "qoi"}
)
"""What files in a folder are looked at; a file that is named directly may be called anything."""

MAX_FILES = 100_000
MAX_DEPTH = 64
MAX_SECONDS = 40.0

_DIGITS = re.compile(r"(\d+)")


class FolderSearch:
    """Finds documents under paths; links to folders are not followed inside a folder."""

    def __init__(self, *, cancelled: Callable[[], bool] = lambda: False) -> None:
        """Prepares a search.

        Args:
            cancelled: Asked before each folder; the search ends when it says so.
        """
        self.files: list[str] = []
        self.problems: list[str] = []
        self._cancelled = cancelled
        self._end = time.monotonic() + MAX_SECONDS
        self._out_of_time = False
        self._seen_folders: set[tuple[int, int]] = set()
        self._seen_files: set[str] = set()

    def search(self, paths: Iterable[str]) -> None:
        """Fills ``files`` (in natural order within each folder) and ``problems``."""
        for path in paths:
            if not _is_folder(path):
                # Whatever is wrong with it is said when it is opened, like any other file.
                self._add(path)
                continue
            if _leads_back(path):
                self.problems.append(
                    f"“{shown_name(path)}” is a link that leads back to a folder it lies in. "
                    "Open that folder itself."
                )
                continue
            before = len(self.files), len(self.problems), len(self._seen_folders)
            self._search_folder(path, depth=0)
            after = len(self.files), len(self.problems), len(self._seen_folders)
            if after[:2] == before[:2] and after[2] > before[2]:
                self.problems.append(f"There are no documents in the folder “{shown_name(path)}”.")
        if len(self.files) >= MAX_FILES:
            self.problems.append(
                f"There are more than {MAX_FILES:,} documents; the others were left out."
            )

    def _search_folder(self, folder: str, *, depth: int) -> None:
        if self._cancelled() or self._out_of_time or len(self.files) >= MAX_FILES:
            return
        if time.monotonic() > self._end:
            self._out_of_time = True
            self.problems.append(
                "Searching takes too long; only what was found so far is listed. Choose a "
                "smaller folder."
            )
            return
        if depth > MAX_DEPTH:
            self.problems.append(f"The folder “{shown_name(folder)}” is nested too deeply.")
            return
        try:
            status = Path(folder).stat()
            key = (status.st_dev, status.st_ino)
            # Windows without the inode: there links are not followed anyway.
            if status.st_ino and key in self._seen_folders:
                return
            self._seen_folders.add(key)
            with os.scandir(folder) as found:
                entries = sorted(found, key=lambda entry: natural_key(entry.name))
        except OSError as error:
            self.problems.append(
                f"The folder “{shown_name(folder)}” cannot be searched; the system says: "
                f"{error.strerror}."
            )
            return
        for entry in entries:
            if entry.name.startswith("."):
                continue
            if _entry_is_folder(entry):
                self._search_folder(entry.path, depth=depth + 1)
            elif _looks_like_document(entry):
                self._add(entry.path)

    def _add(self, path: str) -> None:
        if path not in self._seen_files and len(self.files) < MAX_FILES:
            self._seen_files.add(path)
            self.files.append(path)


def natural_key(name: str) -> tuple[tuple[int, int, str], ...]:
    """Sorts ``page 2`` before ``page 10``, and without regard to case."""
    parts = _DIGITS.split(name.casefold())
    return tuple(
        (0, int(part), "") if part.isdecimal() and len(part) < 30 else (1, 0, part)
        for part in parts
        if part
    )


def _is_folder(path: str) -> bool:
    try:
        return Path(path).is_dir()
    except OSError:
        return False


def _leads_back(path: str) -> bool:
    """Whether a path is a link to a folder that holds the link."""
    if not Path(path).is_symlink():
        return False
    try:
        return Path(path).absolute().parent.resolve().is_relative_to(Path(path).resolve())
    except (OSError, RuntimeError):
        return False


def _entry_is_folder(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_dir(follow_symlinks=False) and not _is_junction(entry)
    except OSError:
        return False


def _is_junction(entry: os.DirEntry[str]) -> bool:
    status = entry.stat(follow_symlinks=False)
    return bool(getattr(status, "st_reparse_tag", 0))


def _looks_like_document(entry: os.DirEntry[str]) -> bool:
    extension = Path(entry.name).suffix[1:].lower()
    if extension not in EXTENSIONS:
        return False
    try:
        return entry.is_file()
    except OSError:
        return False
