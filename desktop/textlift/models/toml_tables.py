"""Lists that people may write by hand: TOML files of tables that all have one name."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any


class TablesError(Exception):
    """A file is no such list; the sentence says why and what to do."""


def read_tables(path: Path, *, key: str, title: str) -> list[Any]:
    """The ``[[key]]`` tables of a file.

    Args:
        path: Of the file.
        key: The tables' name.
        title: What the file is, for sentences: "The catalogue of models".

    Raises:
        TablesError: It cannot be read, is damaged, or holds something else.
    """
    try:
        content = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise TablesError(f"{title} {path} cannot be read: {error.strerror}.") from error
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise TablesError(
            f"{title} {path} is damaged ({error}) and is left out. Correct it."
        ) from error
    unknown = ", ".join(f"“{name}”" for name in content if name != key)
    if unknown or not isinstance(content.get(key, []), list):
        raise TablesError(
            f"{title} {path} is left out: it may hold [[{key}]] tables only"
            + (f", not {unknown}." if unknown else ".")
        )
    tables: list[Any] = content.get(key, [])
    return tables


def may_be_there(path: Path) -> bool:
    """False when there is no such file; where that cannot be seen, reading it says why."""
    try:
        return path.exists()
    except OSError:
        return True
