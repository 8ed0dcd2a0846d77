"""What a model or an alphabet takes on disk, and what is free there."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import msgspec

from textlift.models.hub_cache import COMMIT
from textlift.models.on_disk import what_is_missing


class DiskUse(msgspec.Struct, frozen=True):
    """Something that is on disk, whole or not.

    Attributes:
        path: Of its folder, or of the file that it is.
        size: Bytes of its files.
        commit: Of the repository it came from; empty when it came from none.
        missing: What it lacks to be loaded, in a sentence; empty when it is whole.
    """

    path: str
    size: int
    commit: str = ""
    missing: str = ""


def model_disk_use(folder: Path) -> DiskUse:
    """What a checkpoint takes; reads the sizes of its files, and of the weights their heads."""
    commit = folder.name if COMMIT.fullmatch(folder.name) else ""
    return DiskUse(str(folder), folder_size(folder), commit, what_is_missing(folder))


def folder_size(folder: Path) -> int:
    """Bytes of the files in a folder; one that several names lead to counts once.

    The folder may be removed meanwhile: what is not there any more does not count.
    """
    sizes = {}
    for parent, _, names in os.walk(folder):
        for name in names:
            try:
                found = Path(parent, name).stat()
            except OSError:
                continue  # A link to a file that is not there.
            sizes[found.st_dev, found.st_ino] = found.st_size
    return sum(sizes.values())


def free_space(folder: Path) -> int:
    """Bytes free on the drive of a folder, which need not be there yet.

    Raises:
        OSError: The drive cannot be asked.
    """
    there = next((one for one in (folder, *folder.parents) if one.exists()), folder)
    return shutil.disk_usage(there).free
