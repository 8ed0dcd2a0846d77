"""Lists of models and alphabets of the user's own, which a test's hub has."""

from __future__ import annotations

import json
from pathlib import Path


def write_list(path: Path, table: str, *entries: dict[str, object]) -> None:
    """Writes a list as TOML.

    Args:
        path: Of the file.
        table: ``model`` or ``alphabet``.
        entries: Its fields and their values, for each.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    lines = []
    for entry in entries:
        lines.append(f"[[{table}]]")
        lines += [f"{key} = {json.dumps(value)}" for key, value in entry.items()]
    path.write_text("\n".join(lines))


def tiny_model(**changes: object) -> dict[str, object]:
    """The entry of a model of the loopback hub, ``tiny/reader``."""
    return {
        "name": "tiny-reader",
        "title": "Tiny reader",
        "family": "qwen_vl",
        "hub_id": "tiny/reader",
        "summary": "Reads one line.",
        "modes": ["text"],
        "languages": "Esperanto.",
        "licence": "MIT",
        **changes,
    }
