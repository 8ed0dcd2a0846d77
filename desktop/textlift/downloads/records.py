"""Downloads that are not finished, kept in a folder from one start to the next."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import quote

import msgspec

from textlift.downloads.download import Download, DownloadState

_DAMAGED = ".damaged"


class _Record(msgspec.Struct, frozen=True):
    """The file of one download.

    Attributes:
        place: In the queue; the smallest comes first.
        download: As it stood.
    """

    place: int
    download: Download


class DownloadRecords:
    """One JSON file for each download. Every method may raise ``OSError``."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def read(self) -> tuple[list[Download], list[str]]:
        """The downloads that were not finished, in their order, each paused or failed.

        Returns:
            Them, and a sentence for each record that is damaged; such a one is put aside.
        """
        if not self.folder.is_dir():
            return [], []
        records, problems = [], []
        for path in sorted(self.folder.glob("*.json")):
            try:
                records.append(msgspec.json.decode(path.read_bytes(), type=_Record))
            except msgspec.DecodeError:
                aside = path.with_name(path.name + _DAMAGED)
                path.replace(aside)
                problems.append(
                    f"The record of a download is damaged and was put aside as {aside}. "
                    "Get the model again; what has been fetched of it is used."
                )
        records.sort(key=lambda record: record.place)
        return [_at_rest(record.download) for record in records], problems

    def write(self, download: Download, *, place: int) -> None:
        """Keeps a download, whole or not at all."""
        self.folder.mkdir(parents=True, exist_ok=True)
        path = self._path(download.name)
        temporary = path.with_suffix(".part")
        temporary.write_bytes(msgspec.json.encode(_Record(place, _at_rest(download))))
        temporary.replace(path)

    def forget(self, name: str) -> None:
        """Keeps a download no longer."""
        self._path(name).unlink(missing_ok=True)

    def _path(self, name: str) -> Path:
        return self.folder / f"{quote(name, safe='')}.json"


def _at_rest(download: Download) -> Download:
    """What is said of a download while no program works on it."""
    if download.state is DownloadState.FAILED:
        return download
    return msgspec.structs.replace(download, state=DownloadState.PAUSED, rate=0.0, waiting="")
