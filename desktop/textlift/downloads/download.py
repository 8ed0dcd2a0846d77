"""One download as it stands: what a queue tells of it, and what it keeps on disk."""

from __future__ import annotations

import enum

import msgspec

from textlift.downloads.messages import DownloadFailure, Wanted


class Task(enum.Enum):
    """What is done about something that can be got."""

    GET = "get"
    VERIFY = "verify"
    REMOVE = "remove"


class DownloadState(enum.Enum):
    """How far it is."""

    WAITING = "waiting"
    """Its turn will come."""
    LOOKING_UP = "looking-up"
    DOWNLOADING = "downloading"
    CHECKING = "checking"
    """Checksums are being made, of what came or of what was to be verified."""
    REMOVING = "removing"
    PAUSED = "paused"
    FAILED = "failed"
    DONE = "done"
    GONE = "gone"
    """It was removed, or what was fetched of it; the last that is told of it."""


_BUSY = frozenset(
    {
        DownloadState.WAITING,
        DownloadState.LOOKING_UP,
        DownloadState.DOWNLOADING,
        DownloadState.CHECKING,
        DownloadState.REMOVING,
    }
)


class Download(msgspec.Struct, frozen=True, omit_defaults=True):
    """Something that is got, verified or removed.

    Attributes:
        name: Of the model or the alphabet; there is one download of each name.
        title: The name people know.
        wanted: What it is for the download process.
        state: How far it is.
        task: What is done.
        have: Bytes that are here, or have been checked.
        size: Bytes in all; 0 while nobody has asked.
        rate: Bytes a second; 0 while nothing comes.
        waiting: A sentence while nothing comes: why, and what will happen; else empty.
        failure: Of what kind; None when it has not failed, or when the process itself did.
        sentence: What went wrong and what to do, or what a ``VERIFY`` found.
        details: For a bug report.
        cache: Folder it was begun in, as ``Source.cache`` says it; it goes on there.
        for_reading: It is to be read with as soon as it is here.
    """

    name: str
    title: str
    wanted: Wanted
    state: DownloadState = DownloadState.WAITING
    task: Task = Task.GET
    have: int = 0
    size: int = 0
    rate: float = 0.0
    waiting: str = ""
    failure: DownloadFailure | None = None
    sentence: str = ""
    details: str = ""
    cache: str = ""
    for_reading: bool = False

    @property
    def busy(self) -> bool:
        """Something happens by itself, now or when its turn comes."""
        return self.state in _BUSY

    @property
    def unfinished(self) -> bool:
        """It is to be got and is not here yet: what is remembered from one start to the next."""
        over = {DownloadState.DONE, DownloadState.GONE, DownloadState.REMOVING}
        return self.task is Task.GET and self.state not in over

    @property
    def seconds_left(self) -> float | None:
        """At the present rate; None when nothing comes."""
        if self.rate <= 0 or self.state is not DownloadState.DOWNLOADING:
            return None
        return max(self.size - self.have, 0) / self.rate
