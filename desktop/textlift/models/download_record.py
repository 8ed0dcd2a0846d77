"""What a download puts beside a repository in the cache: the names, sizes and checksums it is of.

With it an unfinished download can be told from a whole one, and files can be checked without
the network, also where the cache can have no links, which are named by checksums.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import msgspec

from textlift.models.hub_cache import COMMIT

FOLDER = "textlift"
PARTIAL = ".textlift.incomplete"
"""The ending of a file that is not all there; other programs, too, take ``.incomplete`` so."""


class RecordedFile(msgspec.Struct, frozen=True):
    """A file of a download; see ``PlannedFile``."""

    name: str
    size: int
    checksum: str


class DownloadRecord(msgspec.Struct, frozen=True):
    """A commit of a repository as far as it is needed.

    Attributes:
        commit: It.
        files: Those that are needed.
        published: The files have, or had before the download, names of their own: what a
            download leaves when it is given up is not all that is there.
    """

    commit: str
    files: tuple[RecordedFile, ...]
    published: bool = False

    @property
    def size(self) -> int:
        """Bytes in all."""
        return sum(file.size for file in self.files)


_decoder = msgspec.json.Decoder(DownloadRecord)


def record_path(repository: Path, commit: str) -> Path:
    """Where the record of a commit lies."""
    return repository / FOLDER / f"{commit}.json"


def read_record(repository: Path, commit: str) -> DownloadRecord | None:
    """The record of a commit; None when there is none that can be used."""
    try:
        record = _decoder.decode(record_path(repository, commit).read_bytes())
    except (OSError, msgspec.DecodeError):
        return None
    return record if record.commit == commit else None


def read_records(repository: Path) -> Iterator[DownloadRecord]:
    """The records of all commits of a repository."""
    for path in sorted((repository / FOLDER).glob("*.json")):
        record = read_record(repository, path.stem) if COMMIT.fullmatch(path.stem) else None
        if record is not None:
            yield record


def write_record(repository: Path, record: DownloadRecord) -> None:
    """Writes a record, whole or not at all.

    Raises:
        OSError: It cannot be written.
    """
    path = record_path(repository, record.commit)
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_suffix(".part")
    temporary.write_bytes(msgspec.json.format(msgspec.json.encode(record)))
    temporary.replace(path)


def is_here(repository: Path, file: RecordedFile, commit: str) -> bool:
    """Whether a file is all there: by its checksum, or under its name where there are no links."""
    blob = repository / "blobs" / file.checksum
    return file.size in {_size(blob), _size(repository / "snapshots" / commit / file.name)}


def bytes_here(repository: Path, file: RecordedFile, commit: str) -> int:
    """Bytes of a file that are on this machine, be it finished or not."""
    if is_here(repository, file, commit):
        return file.size
    begun = _size(repository / "blobs" / f"{file.checksum}{PARTIAL}")
    return begun if 0 <= begun <= file.size else 0


def _size(path: Path) -> int:
    """Bytes of a file; -1 when there is none."""
    try:
        return path.stat().st_size if path.is_file() else -1
    except OSError:
        return -1
