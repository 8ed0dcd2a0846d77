"""Removes models, and what unfinished downloads left, from the cache."""

from __future__ import annotations

import contextlib
from pathlib import Path

from huggingface_hub import scan_cache_dir

from textlift.downloads.failures import DownloadProblem, disk_problem
from textlift.downloads.file_names import is_checksum, is_safe_name
from textlift.downloads.messages import DownloadFailure, HubModel, Removed, Source
from textlift.downloads.repository import Repository, repositories
from textlift.models.download_record import read_records, record_path
from textlift.models.hub_cache import COMMIT, known_commit


def remove_model(model: HubModel, source: Source) -> Removed:
    """Removes a revision of a model wherever it is; files that other revisions share stay.

    Raises:
        DownloadProblem: It cannot be removed.
    """
    freed = discard_model(model, source).freed
    for repository in repositories(model.hub_ids, source):
        commit = known_commit(repository.folder, model.revision)
        if commit is None or not repository.snapshot(commit).is_dir():
            continue
        with repository.locked():
            try:
                freed += _remove_commit(repository, commit)
            except OSError as error:
                raise disk_problem(error, repository.cache) from error
    return Removed(freed)


def discard_model(model: HubModel, source: Source) -> Removed:
    """Removes what downloads of a model left that were given up, and nothing that is whole.

    Raises:
        DownloadProblem: It cannot be removed.
    """
    freed = 0
    for repository in repositories(model.hub_ids, source):
        if not any(read_records(repository.folder)) and not repository.partials():
            continue
        with repository.locked():
            try:
                freed += _discard(repository)
            except OSError as error:
                raise disk_problem(error, repository.cache) from error
    return Removed(freed)


def _remove_commit(repository: Repository, commit: str) -> int:
    """Removes a snapshot by the library, which knows what its other programs may have done."""
    _mend(repository)
    for path in repository.snapshot(commit).rglob("*"):
        if path.is_symlink() and not repository.holds(path):
            # The library would remove what it leads to, which is somebody else's.
            path.unlink()
    found = scan_cache_dir(repository.cache)
    deletion = found.delete_revisions(commit)
    deletion.execute()
    if repository.snapshot(commit).exists():
        # The library only logs why.
        raise DownloadProblem(
            DownloadFailure.DISK,
            f"{repository.snapshot(commit)} cannot be removed; close the programs that use it, "
            "or remove it by hand.",
        )
    record_path(repository.folder, commit).unlink(missing_ok=True)
    _remove_empty_folders(repository)
    return deletion.expected_freed_size


def _mend(repository: Repository) -> None:
    """Takes away what leads nowhere: the library refuses to touch a repository that has it."""
    for path in (repository.folder / "snapshots").rglob("*"):
        if path.is_symlink() and not path.exists():
            path.unlink()
    for path in (repository.folder / "refs").rglob("*"):
        if path.is_file():
            commit = path.read_text(encoding="ascii", errors="replace").strip()
            if not COMMIT.fullmatch(commit) or not repository.snapshot(commit).is_dir():
                path.unlink()


def _discard(repository: Repository) -> int:
    freed = sum(_remove_file(path) for path in repository.partials())
    for record in read_records(repository.folder):
        snapshot = repository.snapshot(record.commit)
        # A cache may be shared: what others wrote there must not name files elsewhere.
        files = [
            one for one in record.files if is_safe_name(one.name) and is_checksum(one.checksum)
        ]
        if not record.published:
            # Its names were about to be given.
            for file in files:
                path = snapshot / file.name
                freed += 0 if path.is_symlink() else _size(path)
                path.unlink(missing_ok=True)
        in_use = repository.links()
        for file in files:
            if file.checksum not in in_use:
                freed += _remove_file(repository.blob(file.checksum))
        with contextlib.suppress(OSError):
            snapshot.rmdir()
        if not snapshot.is_dir():
            record_path(repository.folder, record.commit).unlink(missing_ok=True)
    _remove_empty_folders(repository)
    return freed


def _remove_empty_folders(repository: Repository) -> None:
    """Removes the folders of a repository of which nothing is left."""
    folder = repository.folder
    if any(path.is_file() or path.is_symlink() for path in folder.rglob("*")):
        return
    for path in sorted(folder.rglob("*"), reverse=True):
        path.rmdir()
    if folder.is_dir():
        folder.rmdir()


def _remove_file(path: Path) -> int:
    """Removes a file, be it there or not; the bytes it took."""
    size = _size(path)
    path.unlink(missing_ok=True)
    return size


def _size(path: Path) -> int:
    return path.lstat().st_size if path.is_file() or path.is_symlink() else 0
