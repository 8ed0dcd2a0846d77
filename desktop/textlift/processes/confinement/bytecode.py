"""Where a process that may not write beside its modules keeps them compiled."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path


def keep_bytecode(folder: Path, *, of: str) -> None:
    """Has modules compiled into ``folder``, unless the installer compiled them.

    Some installers leave it to the first import; a process that may not write there would then
    compile the same hundreds of files at each start. To be called when the process is confined:
    what is in the folder an earlier one of its kind may have spoilt.

    Args:
        folder: Of this process alone; it may write there.
        of: A package that tells for all.
    """
    if sys.dont_write_bytecode or getattr(sys, "frozen", False):
        return
    spec = importlib.util.find_spec(of)
    if spec is None or spec.origin is None:
        return
    if not Path(importlib.util.cache_from_source(spec.origin)).exists():
        sys.pycache_prefix = str(folder)
