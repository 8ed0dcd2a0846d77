"""A repository in the cache: where a download puts what comes, and how it is made visible."""

from __future__ import annotations

import collections
import contextlib
import os
import shutil
from collections.abc import Iterable
from pathlib import Path

from textlift.downloads.locks import locked
from textlift.downloads.messages import Plan, PlannedFile, Source
from textlift.models.download_record import (
    PARTIAL,
    DownloadRecord,
    RecordedFile,
    bytes_here,
    is_here,
    read_record,
    write_record,
)
from textlift.models.hub_cache import (
    cache_folders,
    reference_path,
    repository_folder,
    snapshot_folder,
)
from textlift.models.on_disk import CONFIG


class Repository:
    """A repository in a cache folder; nothing need be there yet."""

    def __init__(self, cache: Path, hub_id: str) -> None:
        self.hub_id = hub_id
        self.cache = cache
        self.folder = repository_folder(cache, hub_id)
        self.blobs = self.folder / "blobs"

    def blob(self, checksum: str) -> Path:
        return self.blobs / checksum

    def partial(self, checksum: str) -> Path:
        """Where a file is written to until it is whole and checked."""
        return self.blobs / f"{checksum}{PARTIAL}"

    def partials(self) -> list[Path]:
        """All that is not finished, of whatever commit."""
        return sorted(self.blobs.glob(f"*{PARTIAL}"))

    def snapshot(self, commit: str) -> Path:
        return snapshot_folder(self.folder, commit)

    def links(self) -> dict[str, list[Path]]:
        """The names that its files have in all snapshots, by their checksums; no copies."""
        names: dict[str, list[Path]] = {}
        for path in (self.folder / "snapshots").rglob("*"):
            if self.holds(path):
                names.setdefault(path.readlink().name, []).append(path)
        return names

    def holds(self, path: Path) -> bool:
        """Whether a name is a link to a file of the repository, be that there or not."""
        if not path.is_symlink():
            return False
        target = path.parent / path.readlink()
        # The file itself may be a link again: the library lets repositories share files so.
        return target.parent.resolve() == self.blobs.resolve()

    def have(self, file: PlannedFile, commit: str) -> int:
        """Bytes of a file that are here."""
        return bytes_here(self.folder, _recorded(file), commit)

    def is_here(self, file: PlannedFile, commit: str) -> bool:
        """Whether a file need not be fetched."""
        return is_here(self.folder, _recorded(file), commit)

    def locked(self) -> contextlib.AbstractContextManager[None]:
        """Nobody else of Textlift changes the repository inside the block."""
        path = self.cache / ".locks" / self.folder.name / "textlift.lock"
        return locked(path, name=self.hub_id, folder=self.cache)

    def begin(self, plan: Plan) -> None:
        """Makes the folders, and says what is about to come.

        Raises:
            OSError: They cannot be written to.
        """
        before = read_record(self.folder, plan.commit)
        published = before.published if before else self.snapshot(plan.commit).exists()
        self.blobs.mkdir(parents=True, exist_ok=True)
        # Without it the library calls the repository damaged while it is being fetched.
        (self.folder / "snapshots").mkdir(exist_ok=True)
        self._record(plan, published=published)

    def publish(self, plan: Plan, revision: str) -> Path:
        """Makes whole and checked files visible under their names; the folder with them.

        The configuration comes last: without it nothing takes the folder for a model.

        Raises:
            OSError: It cannot be written to.
        """
        snapshot = self.snapshot(plan.commit)
        hidden = [file for file in plan.files if not _is_shown(snapshot / file.name, file)]
        names = collections.Counter(file.checksum for file in hidden)
        for file in sorted(hidden, key=lambda file: file.name == CONFIG):
            path = snapshot / file.name
            path.parent.mkdir(parents=True, exist_ok=True)
            names[file.checksum] -= 1
            _show(self.blob(file.checksum), path, last=not names[file.checksum])
        reference = reference_path(self.folder, revision)
        if reference is not None and revision != plan.commit:
            reference.parent.mkdir(parents=True, exist_ok=True)
            temporary = reference.with_name(f"{reference.name}.part")
            temporary.write_text(plan.commit, encoding="ascii")
            temporary.replace(reference)
        self._record(plan, published=True)
        for path in self.partials():
            path.unlink()
        return snapshot

    def _record(self, plan: Plan, *, published: bool) -> None:
        files = tuple(map(_recorded, plan.files))
        write_record(self.folder, DownloadRecord(plan.commit, files, published))


def repositories(hub_ids: Iterable[str], source: Source) -> list[Repository]:
    """Where a model may be: under each name it has and had, in each cache folder."""
    return [
        Repository(cache, hub_id) for cache in cache_folders(source.cache) for hub_id in hub_ids
    ]


def _is_shown(path: Path, file: PlannedFile) -> bool:
    if not path.is_file() or path.stat().st_size != file.size:
        return False
    return not path.is_symlink() or path.readlink().name == file.checksum


def _show(blob: Path, path: Path, *, last: bool) -> None:
    """Gives a file its name: by a link, or where there can be none, by moving it there.

    Args:
        blob: The file, whole.
        path: Its name.
        last: No other name follows, for which it must stay.
    """
    temporary = path.with_name(f"{path.name}{PARTIAL}")
    temporary.unlink(missing_ok=True)
    try:
        temporary.symlink_to(os.path.relpath(blob, path.parent))
    except (OSError, NotImplementedError):
        # Windows without the right to make links, or a disk that knows none.
        if last:
            blob.replace(path)
            return
        shutil.copyfile(blob, temporary)
    temporary.replace(path)


def _recorded(file: PlannedFile) -> RecordedFile:
    return RecordedFile(file.name, file.size, file.checksum)
