"""Downloads that were begun and are not whole, found on the disk without the network."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import msgspec

from textlift.models.download_record import DownloadRecord, bytes_here, read_records
from textlift.models.hub_cache import COMMIT, is_hub_id, repository_folder, snapshot_folder


class UnfinishedDownload(msgspec.Struct, frozen=True):
    """A model of which a part is here.

    Attributes:
        hub_id: The repository.
        commit: Of it.
        have: Bytes that are here.
        size: Bytes in all.
        folder: The repository's folder in the cache.
    """

    hub_id: str
    commit: str
    have: int
    size: int
    folder: str


def unfinished_download(
    hub_ids: Sequence[str], revision: str, caches: Sequence[Path]
) -> UnfinishedDownload | None:
    """The download of a model that was begun and is not whole; of several, the one with most.

    Args:
        hub_ids: The names that the repository has and had.
        revision: When it is a commit, only downloads of that count.
        caches: Where to look.
    """
    found = [
        unfinished
        for cache in caches
        for hub_id in hub_ids
        if is_hub_id(hub_id)
        for unfinished in _unfinished(cache, hub_id, revision)
    ]
    return max(found, key=lambda unfinished: unfinished.have, default=None)


def is_visible(repository: Path, record: DownloadRecord) -> bool:
    """Whether all files of a download can be found under their names."""
    snapshot = snapshot_folder(repository, record.commit)
    return all((snapshot / file.name).is_file() for file in record.files)


def _unfinished(cache: Path, hub_id: str, revision: str) -> Iterator[UnfinishedDownload]:
    repository = repository_folder(cache, hub_id)
    for record in read_records(repository):
        if COMMIT.fullmatch(revision) and record.commit != revision:
            continue
        if not is_visible(repository, record):
            have = sum(bytes_here(repository, file, record.commit) for file in record.files)
            yield UnfinishedDownload(hub_id, record.commit, have, record.size, str(repository))
