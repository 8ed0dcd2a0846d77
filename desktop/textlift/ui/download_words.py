"""How a download is told of: bytes, rate, time left, what is waited for."""

from __future__ import annotations

from collections.abc import Callable

from textlift.downloads.download import Download, DownloadState, Task
from textlift.models.on_disk import shown_size
from textlift.ui.progress import time_words


def bytes_words(have: int, size: int) -> str:
    """Such as "2.13 of 6.08 GB": as many digits as show that it moves."""
    for unit, name, digits in ((1e9, "GB", 2), (1e6, "MB", 1)):
        if size >= unit:
            return f"{have / unit:.{digits}f} of {size / unit:.{digits}f} {name}"
    return f"{have / 1e3:.0f} of {size / 1e3:.0f} kB"


def rate_words(rate: float) -> str:
    """Such as "12.3 MB/s"."""
    return f"{rate / 1e6:.1f} MB/s" if rate >= 1e5 else f"{rate / 1e3:.0f} kB/s"


def fraction(download: Download) -> float | None:
    """The share that is here or has been checked, 0 to 1; None where no bar is of use."""
    shown = {DownloadState.DOWNLOADING, DownloadState.CHECKING, DownloadState.PAUSED}
    if not download.size or download.state not in shown | {DownloadState.FAILED}:
        return None
    return min(download.have / download.size, 1.0)


def short_words(download: Download) -> str:
    """What fits into a row of the list."""
    state = download.state
    if state is DownloadState.DOWNLOADING:
        share = f"{download.have / download.size:.0%}" if download.size else ""
        rate = rate_words(download.rate) if download.rate else ""
        if download.waiting:
            rate = "waiting"
        return " · ".join(word for word in ("Downloading", share, rate) if word)
    if state is DownloadState.FAILED:
        return _FAILED[download.task]
    if state is DownloadState.PAUSED and download.size:
        return f"Paused at {download.have / download.size:.0%}"
    if state is DownloadState.CHECKING:
        share = f" · {download.have / download.size:.0%}" if download.size else ""
        return f"Being checked{share}"
    return _SHORT.get(state, "")


def long_words(download: Download) -> str:
    """All that is known of how far it is, in a line or a sentence."""
    words = _WORDS.get(download.state)
    return words(download) if words is not None else download.sentence


def _downloading(download: Download) -> str:
    if not download.size:
        return "The download begins…"
    words = [bytes_words(download.have, download.size)]
    if download.waiting:
        return " · ".join((*words, download.waiting))
    if download.rate:
        words.append(rate_words(download.rate))
    left = download.seconds_left
    if left is not None:
        words.append(f"{time_words(left)} left")
    return " · ".join(words)


def _checking(download: Download) -> str:
    verb = "Verifying" if download.task is Task.VERIFY else "Checking what came"
    far = f": {bytes_words(download.have, download.size)}" if download.size else "…"
    return f"{verb}{far}"


def _paused(download: Download) -> str:
    if not download.size:
        return "Paused before anything was fetched."
    return f"Paused at {bytes_words(download.have, download.size)}."


def _waiting(download: Download) -> str:
    here = f" {bytes_words(download.have, download.size)} are here." if download.have else ""
    return f"Waits for the download before it.{here}"


def freed_words(size: int) -> str:
    """What removing gives back."""
    return f"This frees {shown_size(size)} of disk space."


_FAILED = {
    Task.GET: "Download failed",
    Task.VERIFY: "Could not be verified",
    Task.REMOVE: "Could not be removed",
}
_SHORT = {
    DownloadState.WAITING: "Waits its turn",
    DownloadState.LOOKING_UP: "Looking up its files…",
    DownloadState.REMOVING: "Being removed…",
    DownloadState.PAUSED: "Paused",
}
_WORDS: dict[DownloadState, Callable[[Download], str]] = {
    DownloadState.WAITING: _waiting,
    DownloadState.LOOKING_UP: lambda _: "Asking the hub for its files and their sizes…",
    DownloadState.DOWNLOADING: _downloading,
    DownloadState.CHECKING: _checking,
    DownloadState.REMOVING: lambda _: "Being removed…",
    DownloadState.PAUSED: _paused,
    DownloadState.DONE: lambda one: one.sentence or "It is on this computer, whole and checked.",
}
