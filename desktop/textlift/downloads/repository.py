"""A repository in the cache: where a download puts what comes, and how it is made visible."""

from __future__ import annotations

import collections
import contextlib
import os
import shutil
from collections.abc import Iterator
from pathlib import Path

from filelock import FileLock, Timeout

from textlift.downloads.failures import DownloadProblem, disk_problem
from textlift.downloads.messages import DownloadFailure, Plan, PlannedFile
from textlift.models.download_record import (
    PARTIAL,
    DownloadRecord,
    RecordedFile,
    bytes_here,
    is_here,
    write_record,
)
from textlift.models.hub_cache import reference_path, repository_folder, snapshot_folder
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

    def snapshot(self, commit: str) -> Path:
        return snapshot_folder(self.folder, commit)

    def have(self, file: PlannedFile, commit: str) -> int:
        """Bytes of a file that are here."""
        return bytes_here(self.folder, _recorded(file), commit)

    def is_here(self, file: PlannedFile, commit: str) -> bool:
        """Whether a file need not be fetched."""
        return is_here(self.folder, _recorded(file), commit)

    @contextlib.contextmanager
    def locked(self) -> Iterator[None]:
        """Nobody else changes the repository inside the block, be it in another process.

        Raises:
            DownloadProblem: Somebody does, or the folder cannot be written to.
        """
        path = self.cache / ".locks" / self.folder.name / "textlift.lock"
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            lock = FileLock(path, timeout=0)
            lock.acquire()
        except Timeout as error:
            raise DownloadProblem(
                DownloadFailure.DISK,
                f"Another task or window of Textlift works on {self.hub_id} in {self.cache}; "
                "wait until it is done.",
            ) from error
        except OSError as error:
            raise disk_problem(error, self.cache) from error
        try:
            yield
        finally:
            lock.release()

    def begin(self, plan: Plan) -> None:
        """Makes the folders, and says what is about to come.

        Raises:
            OSError: They cannot be written to.
        """
        self.blobs.mkdir(parents=True, exist_ok=True)
        # Without it the library calls the repository damaged while it is being fetched.
        (self.folder / "snapshots").mkdir(exist_ok=True)
        write_record(self.folder, DownloadRecord(plan.commit, tuple(map(_recorded, plan.files))))

    def publish(self, plan: Plan, revision: str) -> Path:
        """Makes whole and checked files visible under their names; the folder with them.

        The configuration comes last: without it nothing takes the folder for a model.

        Raises:
            OSError: It cannot be written to.
        """
        snapshot = self.snapshot(plan.commit)
        uses = collections.Counter(file.checksum for file in plan.files)
        for file in sorted(plan.files, key=lambda file: file.name == CONFIG):
            path = snapshot / file.name
            if not _is_shown(path, file):
                path.parent.mkdir(parents=True, exist_ok=True)
                _show(self.blob(file.checksum), path, alone=uses[file.checksum] == 1)
        reference = reference_path(self.folder, revision)
        if reference is not None and revision != plan.commit:
            reference.parent.mkdir(parents=True, exist_ok=True)
            temporary = reference.with_name(f"{reference.name}.part")
            temporary.write_text(plan.commit, encoding="ascii")
            temporary.replace(reference)
        for path in self.blobs.glob(f"*{PARTIAL}"):
            path.unlink()
        return snapshot


def _is_shown(path: Path, file: PlannedFile) -> bool:
    if not path.is_file() or path.stat().st_size != file.size:
        return False
    return not path.is_symlink() or path.readlink().name == file.checksum


def _show(blob: Path, path: Path, *, alone: bool) -> None:
    """Gives a file its name: by a link, or where there can be none, by moving it there.

    Args:
        blob: The file, whole.
        path: Its name.
        alone: It has no second name, for which it must stay.
    """
    temporary = path.with_name(f"{path.name}{PARTIAL}")
    temporary.unlink(missing_ok=True)
    try:
        temporary.symlink_to(os.path.relpath(blob, path.parent))
    except (OSError, NotImplementedError):
        # Windows without the right to make links, or a disk that knows none.
        if alone:
            blob.replace(temporary)
        else:
            shutil.copyfile(blob, temporary)
    temporary.replace(path)


def _recorded(file: PlannedFile) -> RecordedFile:
    return RecordedFile(file.name, file.size, file.checksum)
