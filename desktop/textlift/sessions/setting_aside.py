"""A session file that cannot be used makes room for a new one, and is kept."""

from __future__ import annotations

import itertools
from pathlib import Path

_COMPANIONS = ("-wal", "-shm", "")
"""What SQLite keeps beside a file, the file itself last: without its log it would be older."""


def set_aside(path: Path) -> Path:
    """Renames a session file with what belongs to it; nothing of it is changed.

    Args:
        path: ``session.sqlite3``; nobody has it open.

    Returns:
        ``session.old-1.sqlite3``, or the first such name that is free.

    Raises:
        OSError: It cannot be renamed.
    """
    for number in itertools.count(1):
        kept = path.with_name(f"{path.stem}.old-{number}{path.suffix}")
        if not any(_beside(kept, end).exists() for end in _COMPANIONS):
            break
    moved: list[str] = []
    try:
        for end in _COMPANIONS:
            if _beside(path, end).exists():
                _beside(path, end).rename(_beside(kept, end))
                moved.append(end)
    except OSError:
        # Without its log the file would be older than it is.
        for end in moved:
            _beside(kept, end).rename(_beside(path, end))
        raise
    return kept


def _beside(path: Path, end: str) -> Path:
    return path.with_name(path.name + end)
