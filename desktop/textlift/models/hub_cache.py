"""Where the Hugging Face cache is and what lies in it, by its documented layout of folders.

    models--ORGANISATION--NAME/
        blobs/CHECKSUM               the files
        snapshots/COMMIT/NAME        links to them, or the files where there can be no links
        refs/REVISION                holds a commit

The library that made the layout is not asked: to import it takes a third of a second, and it
brings along what opens connections.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Sequence
from pathlib import Path, PurePosixPath

COMMIT = re.compile(r"[0-9a-f]{40}")

_HUB_ID = re.compile(r"[\w.-]+(/[\w.-]+)?", re.ASCII)


def default_cache() -> Path:
    """The user's own cache, as the environment says."""
    for name in ("HF_HUB_CACHE", "HUGGINGFACE_HUB_CACHE"):
        if folder := os.environ.get(name):
            return _expanded(folder)
    if home := os.environ.get("HF_HOME"):
        return _expanded(home) / "hub"
    base = os.environ.get("XDG_CACHE_HOME") or "~/.cache"
    return _expanded(base) / "huggingface" / "hub"


def cache_folders(chosen: str) -> tuple[Path, ...]:
    """Where models are looked for: in the folder that was chosen first, then in the user's own."""
    own = default_cache()
    if not chosen:
        return (own,)
    folder = _expanded(chosen)
    return (folder,) if folder == own else (folder, own)


def is_hub_id(name: str) -> bool:
    """Whether the hub can have a repository of that name; what cannot is no name of a folder."""
    return bool(_HUB_ID.fullmatch(name)) and ".." not in name and "--" not in name


def repository_folder(cache: Path, hub_id: str) -> Path:
    """Where a cache keeps a repository with a model.

    Raises:
        ValueError: The hub can have no repository of that name.
    """
    if not is_hub_id(hub_id):
        raise ValueError(f"{hub_id!r} is no name of a repository")
    return cache / "--".join(("models", *hub_id.split("/")))


def known_commit(repository: Path, revision: str) -> str | None:
    """The commit that a revision was when it was downloaded; None when it never was."""
    if COMMIT.fullmatch(revision):
        return revision
    path = reference_path(repository, revision)
    if path is None:
        return None
    try:
        commit = path.read_text(encoding="ascii").strip()
    except (OSError, ValueError):
        return None
    return commit if COMMIT.fullmatch(commit) else None


def reference_path(repository: Path, revision: str) -> Path | None:
    """The file that holds the commit of a branch or tag; None when it would lie elsewhere."""
    parts = PurePosixPath(revision).parts
    odd = not parts or revision.startswith("/") or any(char in revision for char in "\\:\0")
    return None if odd or ".." in parts else repository.joinpath("refs", *parts)


def snapshot_folder(repository: Path, commit: str) -> Path:
    """Where the files of a commit are, under their own names."""
    return repository / "snapshots" / commit


def cached_snapshots(
    hub_ids: Sequence[str], revision: str, caches: Sequence[Path]
) -> Iterator[Path]:
    """The folders that hold a revision of a repository, whole or not.

    Args:
        hub_ids: The names that the repository has and had.
        revision: A commit, a tag or a branch.
        caches: The one that counts most first.
    """
    for cache in caches:
        for hub_id in hub_ids:
            if not is_hub_id(hub_id):
                continue
            repository = repository_folder(cache, hub_id)
            commit = known_commit(repository, revision)
            if commit is not None and snapshot_folder(repository, commit).is_dir():
                yield snapshot_folder(repository, commit)


def _expanded(folder: str) -> Path:
    return Path(os.path.expandvars(folder)).expanduser()
