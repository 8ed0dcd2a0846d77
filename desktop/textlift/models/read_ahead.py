"""Has the system read a model's weights into memory while the libraries are still imported.

What loads them maps the files and touches them page by page, and the system reads little more
than is touched: from a disk that takes several times as long as reading the files through.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Sequence
from pathlib import Path

from textlift.models.catalogue import ModelEntry
from textlift.models.hub_cache import cache_folders
from textlift.models.on_disk import (
    ModelNotOnDiskError,
    model_folder,
    weight_bytes,
    weight_files,
)
from textlift.models.ram import system_ram

_AT_A_TIME = 2 * 2**20
"""Bytes; of a call that asks for more, the system reads the first few megabytes only."""


def read_ahead(entry: ModelEntry, *, model_cache: str = "") -> None:
    """Begins to, where the system can be asked to and there is memory for all of the weights.

    A model that is not there, or damaged, is left to whoever loads it.

    Args:
        entry: The model.
        model_cache: As in the settings.
    """
    if not hasattr(os, "posix_fadvise"):
        return
    try:
        folder = model_folder(entry, caches=cache_folders(model_cache))
        files = weight_files(folder)
    except (ModelNotOnDiskError, OSError, ValueError):
        return
    if not 0 < weight_bytes(folder) < system_ram().available:
        return
    # A process that ends does not wait for it.
    threading.Thread(target=ask_for, args=(files,), name="read-ahead", daemon=True).start()


def ask_for(files: Sequence[Path]) -> None:
    """Asks the system to read files; it does so at its leisure, what it has is not read again."""
    for path in files:
        try:
            with path.open("rb") as file:
                for begin in range(0, path.stat().st_size, _AT_A_TIME):
                    os.posix_fadvise(file.fileno(), begin, _AT_A_TIME, os.POSIX_FADV_WILLNEED)
        except OSError:
            return
