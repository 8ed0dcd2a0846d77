"""What the window's process does before anything else of the window is imported."""

from __future__ import annotations

import builtins
import gc
from collections.abc import Sequence


def open_window(arguments: Sequence[str]) -> int:
    """Opens the window with files; see ``textlift.ui.application.main``."""
    # Nothing becomes garbage while modules are imported and widgets made, and looking for it
    # takes a tenth of that time. ``GarbageCollection`` begins when the window is there.
    gc.disable()
    import PySide6.QtCore  # noqa: F401 - it changes what is restored next

    restore_import()
    from textlift.ui.application import main

    return main(arguments)


def restore_import() -> None:
    """Puts the ``import`` statement back that was there before PySide's.

    PySide's reads the source of each module imported afterwards, to see whether names in it are
    to be changed by ``from __feature__ import``, which nothing here does: a tenth of the start,
    and every line of the program kept in memory.
    """
    before = getattr(builtins, "__orig_import__", None)
    if before is not None:
        builtins.__import__ = before
