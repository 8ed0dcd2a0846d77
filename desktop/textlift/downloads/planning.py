"""Finds out what getting a model or a file means, before anything of it is fetched."""

from __future__ import annotations

from pathlib import Path

import msgspec

from textlift.downloads.failures import DownloadProblem, disk_problem
from textlift.downloads.file_names import is_checksum
from textlift.downloads.hub import HubQuestions, RepositoryFile, RepositoryState
from textlift.downloads.messages import DownloadFailure, HubModel, Plan, PlannedFile, Source
from textlift.downloads.needed_files import check_names, listed_weights, needed_files
from textlift.downloads.repository import Repository, repositories
from textlift.models.disk_use import free_space
from textlift.models.on_disk import WEIGHTS_INDEX, shown_size

_LEFT_FREE = 100_000_000
"""Bytes of the disk that a download leaves to others."""


def plan_model(model: HubModel, source: Source, questions: HubQuestions) -> Plan:
    """What getting a model means.

    Raises:
        DownloadProblem: The hub does not say, or what it has is not to be had.
    """
    state = questions.state_of(model)
    repository = place_of(state.hub_id, state.commit, source)
    sizes = {name: file.size for name, file in state.files.items()}
    names = needed_files(sizes)
    if WEIGHTS_INDEX in names:
        names |= listed_weights(_weights_index(state, repository, questions), sizes)
    check_names(names)
    files = tuple(_planned(name, state.files[name]) for name in sorted(names))
    files = tuple(with_have(file, repository, state.commit) for file in files)
    return Plan(
        commit=state.commit,
        hub_id=state.hub_id,
        files=files,
        folder=str(repository.snapshot(state.commit)),
        disk_free=disk_free(repository.folder),
    )


def place_of(hub_id: str, commit: str, source: Source) -> Repository:
    """The repository in the cache where a commit belongs.

    That is where it is already, else the folder that the user chose.
    """
    places = repositories((hub_id,), source)
    there = [place for place in places if place.snapshot(commit).is_dir()]
    return (there or places)[0]


def with_have(file: PlannedFile, repository: Repository, commit: str) -> PlannedFile:
    """A file with the bytes of it that are here now."""
    return msgspec.structs.replace(file, have=repository.have(file, commit))


def disk_free(folder: Path) -> int:
    """Bytes that are free where a folder is or would be made; 0 when that cannot be known."""
    try:
        return free_space(folder)
    except OSError:
        return 0


def check_room(folder: Path, needed: int, *, remedy: str) -> None:
    """Makes sure that the disk has room, and some to spare.

    Args:
        folder: On the disk; it need not be there yet.
        needed: Bytes.
        remedy: What to do when it has not, the end of a sentence.

    Raises:
        DownloadProblem: It has not, or is not there.
    """
    if needed <= 0:
        return
    try:
        lacking = needed + _LEFT_FREE - free_space(folder)
    except OSError as error:
        raise disk_problem(error, folder) from error
    if lacking > 0:
        raise DownloadProblem(
            DownloadFailure.DISK_FULL,
            f"The disk with {folder} lacks {shown_size(max(lacking, 1_000_000))}; {remedy}.",
        )


def _weights_index(
    state: RepositoryState, repository: Repository, questions: HubQuestions
) -> bytes:
    file = _planned(WEIGHTS_INDEX, state.files[WEIGHTS_INDEX])
    for path in (
        repository.blob(file.checksum),
        repository.snapshot(state.commit) / WEIGHTS_INDEX,
    ):
        if path.is_file() and path.stat().st_size == file.size:
            return path.read_bytes()
    return questions.content(state.hub_id, state.commit, WEIGHTS_INDEX)


def _planned(name: str, file: RepositoryFile) -> PlannedFile:
    if file.size < 0 or not is_checksum(file.checksum):
        raise DownloadProblem(
            DownloadFailure.NOT_SAFE,
            f"The hub gives no checksum for its file {name!r}, so that nobody could tell whether "
            "it arrives whole; choose another model or mirror.",
        )
    return PlannedFile(name, file.size, file.checksum)
