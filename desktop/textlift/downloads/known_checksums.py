"""What the files of a snapshot should be, as far as this machine knows."""

from __future__ import annotations

from pathlib import Path

import msgspec

from textlift.downloads.file_names import is_checksum, is_safe_name
from textlift.models.download_record import PARTIAL, read_record


class _Listed(msgspec.Struct):
    """A file in the list that the library keeps of a commit."""

    blob_id: str
    lfs_sha256: str | None = None


class _Tree(msgspec.Struct):
    files: dict[str, _Listed]


def known_checksums(repository: Path, snapshot: Path) -> dict[str, str]:
    """The checksums of a snapshot's files by their names; empty where nobody knows one.

    What Textlift downloaded has a record. For others a link's target is named by its checksum,
    and the library keeps a list in ``trees`` beside the snapshots. Files that should be there
    and are not are in it too.
    """
    commit = snapshot.name
    names = {
        path.relative_to(snapshot).as_posix(): path
        for path in snapshot.rglob("*")
        if (path.is_symlink() or path.is_file()) and not path.name.endswith(PARTIAL)
    }
    listed = _listed_checksums(repository / "trees" / f"{commit}.json")
    known = {name: _linked_checksum(path) or listed.get(name, "") for name, path in names.items()}
    record = read_record(repository, commit)
    if record is not None:
        known.update((file.name, file.checksum) for file in record.files if is_safe_name(file.name))
    return known


def _linked_checksum(path: Path) -> str:
    target = path.readlink().name if path.is_symlink() else ""
    return target if is_checksum(target) else ""


def _listed_checksums(path: Path) -> dict[str, str]:
    try:
        tree = msgspec.json.decode(path.read_bytes(), type=_Tree)
    except (OSError, msgspec.DecodeError):
        return {}
    checksums = {name: file.lfs_sha256 or file.blob_id for name, file in tree.files.items()}
    return {name: checksum for name, checksum in checksums.items() if is_checksum(checksum)}
