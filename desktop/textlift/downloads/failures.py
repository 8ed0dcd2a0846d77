"""A download that fails, told to the parent in a sentence."""

from __future__ import annotations

import errno
from pathlib import Path

from textlift.downloads.messages import DownloadFailure
from textlift.processes.served_error import ServedError

_FULL = {errno.ENOSPC, getattr(errno, "EDQUOT", errno.ENOSPC)}


class DownloadProblem(ServedError):
    """Something cannot be got, checked or removed; inside the download process."""

    def __init__(self, failure: DownloadFailure, sentence: str, *, details: str = "") -> None:
        super().__init__(failure.value, sentence, details=details)
        self.failure = failure


class TransientProblem(Exception):
    """Something that may be over when it is tried again.

    Attributes:
        problem: What it is when it is not over after the last try.
        reason: What happened, in a few words that begin a sentence.
        after: Seconds that the server wants to be left alone; None: it did not say.
    """

    def __init__(
        self, problem: DownloadProblem, reason: str, *, after: float | None = None
    ) -> None:
        super().__init__(problem.sentence)
        self.problem = problem
        self.reason = reason
        self.after = after


def stopped() -> DownloadProblem:
    """The user cancelled."""
    return DownloadProblem(DownloadFailure.CANCELLED, "Stopped.")


def unreadable(path: Path, error: OSError) -> DownloadProblem:
    """A file may be sound or not: nobody can tell."""
    return DownloadProblem(
        DownloadFailure.DISK,
        f"The file {path} cannot be read ({error.strerror or error}); see to its permissions and "
        "its drive, and try again.",
        details=str(error),
    )


def disk_problem(error: OSError, folder: Path) -> DownloadProblem:
    """A file of a folder cannot be written, read or removed."""
    if error.errno in _FULL:
        return DownloadProblem(
            DownloadFailure.DISK_FULL,
            f"The disk with {folder} is full; make room there and try again.",
            details=str(error),
        )
    if error.errno in {errno.EACCES, errno.EPERM, errno.EROFS}:
        return DownloadProblem(
            DownloadFailure.DISK,
            f"Nothing can be written to {folder}; change its permissions, or choose another "
            "folder for models in the settings.",
            details=str(error),
        )
    if error.errno == errno.EFBIG:
        return DownloadProblem(
            DownloadFailure.DISK,
            f"The disk with {folder} takes no files as large as this one; choose a folder on "
            "another disk in the settings.",
            details=str(error),
        )
    return DownloadProblem(
        DownloadFailure.DISK,
        f"The disk with {folder} does not work as it should: {error.strerror or error}.",
        details=str(error),
    )
