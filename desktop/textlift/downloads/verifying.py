"""Compares the files of a model on disk with their checksums, without the network."""

from __future__ import annotations

import contextlib
import os
from pathlib import Path

from textlift.downloads.checksums import file_matches
from textlift.downloads.failures import DownloadProblem, unreadable
from textlift.downloads.fetching import OnFetching
from textlift.downloads.known_checksums import known_checksums
from textlift.downloads.messages import DownloadFailure, HubModel, Source, Verified
from textlift.downloads.reporting import CheckingReport
from textlift.downloads.repository import Repository
from textlift.models.hub_cache import cache_folders
from textlift.models.on_disk import found_snapshot, weight_files
from textlift.processes.cancellation import Cancellation


def verify_model(
    model: HubModel, source: Source, *, on_fetching: OnFetching, cancellation: Cancellation
) -> Verified:
    """Compares; a file that is not what it should be loses its name, so that it is missing.

    Raises:
        DownloadProblem: It is not on this machine, or it was cancelled.
    """
    snapshot = found_snapshot(model.hub_ids, model.revision, cache_folders(source.cache))
    if snapshot is None:
        raise not_here(model.hub_ids[0])
    folder = snapshot.parents[1]
    hub_id = "/".join(folder.name.split("--")[1:])
    repository = Repository(folder.parent, hub_id)
    # A cache that nobody can write to can be read all the same.
    writable = os.access(repository.cache, os.W_OK)
    with repository.locked() if writable else contextlib.nullcontext():
        return _verify(repository, snapshot, on_fetching, cancellation)


def not_here(name: str) -> DownloadProblem:
    """What is not on this machine cannot be checked."""
    return DownloadProblem(DownloadFailure.NOT_FOUND, f"{name} is not on this machine.")


def _verify(
    repository: Repository, snapshot: Path, on_fetching: OnFetching, cancellation: Cancellation
) -> Verified:
    known = known_checksums(repository.folder, snapshot)
    sizes = {name: _size(snapshot / name) for name in known}
    report = CheckingReport(sum(sizes.values()), on_fetching=on_fetching, cancellation=cancellation)
    damaged = set(_missing_weights(snapshot))
    for name, checksum in sorted(known.items()):
        path = snapshot / name
        if not path.is_file():
            damaged.add(name)
        elif checksum and not _is_as_it_should_be(path, checksum, report):
            damaged.add(name)
            _put_aside(repository, path)
    return Verified(
        checked=sum(1 for checksum in known.values() if checksum),
        damaged=tuple(sorted(damaged)),
        unknown=tuple(sorted(name for name, checksum in known.items() if not checksum)),
    )


def _put_aside(repository: Repository, path: Path) -> None:
    """Takes a file away with all names it has, so that nothing leads to it or to nowhere.

    A file that somebody linked in from elsewhere is theirs: it loses this name only.
    """
    try:
        if repository.holds(path):
            blob = repository.blob(path.readlink().name)
            for name in repository.links()[blob.name]:
                name.unlink()
            blob.unlink(missing_ok=True)
        else:
            path.unlink()
    except OSError as error:
        raise DownloadProblem(
            DownloadFailure.DISK,
            f"The file {path.name} is damaged, and cannot be removed from {path.parent}; change "
            "the permissions of the folder, or remove it by hand.",
            details=str(error),
        ) from error


def _is_as_it_should_be(path: Path, checksum: str, report: CheckingReport) -> bool:
    try:
        return file_matches(path, checksum, on_piece=report.add)
    except OSError as error:
        raise unreadable(path, error) from error


def _missing_weights(snapshot: Path) -> list[str]:
    try:
        files = weight_files(snapshot)
    except ValueError:
        return []  # The list of them is damaged, which its checksum shows too.
    return [path.relative_to(snapshot).as_posix() for path in files if not path.is_file()]


def _size(path: Path) -> int:
    return path.stat().st_size if path.is_file() else 0
