"""What a drop or a paste holds: files, folders, or an image."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from textlift.settings import Folders

if TYPE_CHECKING:
    from PySide6.QtCore import QMimeData
    from PySide6.QtGui import QImage

_WINDOWS_PATH = re.compile(r"^(?:[A-Za-z]:[\\/]|\\\\[^\\])")
_MAX_TEXT = 1_000_000
"""Characters; a longer text is no list of files."""


class Incoming(msgspec.Struct, frozen=True):
    """What was dropped or pasted.

    Attributes:
        paths: Of files and folders, in the order given, each once.
        image: A ``QImage`` when there are no files but a picture.
    """

    paths: tuple[str, ...] = ()
    image: QImage | None = None

    def __bool__(self) -> bool:
        return bool(self.paths) or self.image is not None


def holds_something(data: QMimeData) -> bool:
    """Whether ``data`` can be read, without fetching an image from the other program."""
    return bool(_paths(data)) or data.hasImage()


def take(data: QMimeData) -> Incoming:
    """What ``data`` holds: files named by URLs or by text first, else its image."""
    paths = _paths(data)
    if paths:
        return Incoming(paths=paths)
    if data.hasImage():
        from PySide6.QtGui import QImage

        image = data.imageData()
        if isinstance(image, QImage) and not image.isNull():
            return Incoming(image=image)
    return Incoming()


def pasted_folder(folders: Folders) -> Path:
    """Where pasted images are kept."""
    return folders.data / "pasted"


def save_image(image: QImage, folder: Path) -> str:
    """Keeps a pasted image as a PNG file that outlives the clipboard; returns its path.

    Raises:
        OSError: The folder or the file cannot be written.
    """
    from PySide6.QtCore import QDateTime

    folder.mkdir(parents=True, exist_ok=True)
    stem = "Pasted image " + QDateTime.currentDateTime().toString("yyyy-MM-dd HH.mm.ss")
    path = folder / f"{stem}.png"
    number = 2
    while path.exists():
        path = folder / f"{stem} ({number}).png"
        number += 1
    if not image.save(str(path)):
        raise OSError(f"The pasted image cannot be saved in {folder}.")
    return str(path)


def _paths(data: QMimeData) -> tuple[str, ...]:
    found = [url.toLocalFile() for url in data.urls() if url.isLocalFile()]
    if not found and data.hasText() and not data.hasHtml():
        found = paths_in_text(data.text())
    return tuple(dict.fromkeys(path for path in found if path))


def paths_in_text(text: str) -> list[str]:
    """Files that a text names, one a line, as file URLs or absolute paths; else an empty list.

    A text in which any line is something else is a text, not a list of files.
    """
    if len(text) > _MAX_TEXT:
        return []
    found: list[str] = []
    for raw in text.splitlines():
        line = raw.strip().strip("\"'")
        if not line or line.startswith("#"):
            continue
        path = _path_in_line(line)
        if not path:
            return []
        found.append(path)
    return found


def _path_in_line(line: str) -> str:
    if line.lower().startswith("file:"):
        from PySide6.QtCore import QUrl

        return QUrl(line).toLocalFile()
    if line.startswith("~/"):
        return str(Path(line).expanduser())
    if line.startswith("/") and not line.startswith("//"):
        return line
    return line if _WINDOWS_PATH.match(line) else ""
