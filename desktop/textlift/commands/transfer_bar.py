"""The bar of a download or a check: bytes, rate and remaining time, on standard error."""

from __future__ import annotations

import math
from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, Progress, SpinnerColumn, TaskID, TextColumn

from textlift.commands.terminal import Reporter
from textlift.downloads.messages import Fetching
from textlift.models.on_disk import shown_size


class TransferBar:
    """Shows how far a ``Get`` or a ``Verify`` is.

    Where there is no terminal only the waits are told, a line each when they begin.
    """

    def __init__(self, reporter: Reporter, *, shown: bool) -> None:
        self._reporter = reporter
        self._shown = shown
        self._waits = False
        self._task: TaskID | None = None
        self._progress = Progress(
            SpinnerColumn(),
            TextColumn("{task.description}", markup=False),
            BarColumn(),
            TextColumn("{task.fields[state]}", markup=False),
            console=Console(stderr=True, highlight=False),
            transient=True,
            redirect_stdout=False,
            redirect_stderr=False,
            disable=not shown,
        )

    @contextmanager
    def running(self, title: str) -> Iterator[None]:
        """Shows the bar while the block runs; it moves to and fro until bytes are known."""
        self._task = self._progress.add_task(title, total=None, state="")
        self._progress.start()
        try:
            yield
        finally:
            self._progress.stop()
            self._progress.remove_task(self._task)
            self._task = None

    def show(self, fetching: Fetching) -> None:
        """Shows how far it is. Safe from any thread."""
        if not self._shown:
            # It counts down; its beginning is enough.
            if fetching.waiting and not self._waits:
                self._reporter.note(fetching.waiting)
            self._waits = bool(fetching.waiting)
            return
        if self._task is not None:
            self._progress.update(
                self._task,
                completed=fetching.have,
                total=fetching.size,
                state=progress_words(fetching),
            )


def progress_words(fetching: Fetching) -> str:
    """How far it is, for a person: "1.24 of 6.08 GB, 8 MB/s, 10 min left"."""
    parts = [shown_share(fetching.have, fetching.size)]
    if fetching.waiting:
        parts.append(fetching.waiting)
    elif fetching.checking:
        parts.append("checking")
    elif fetching.seconds_left is not None:
        parts += [f"{shown_size(round(fetching.rate))}/s", _time_left(fetching.seconds_left)]
    return ", ".join(parts)


def shown_share(have: int, size: int) -> str:
    """A part of some bytes, finer than ``shown_size``: "1.24 of 6.08 GB", "124 of 300 MB"."""
    if size >= 1e9:
        return f"{have / 1e9:.2f} of {size / 1e9:.2f} GB"
    return f"{have / 1e6:.0f} of {size / 1e6:.0f} MB"


def _time_left(seconds: float) -> str:
    if seconds < 60:
        return f"{math.ceil(seconds)} s left"
    minutes = math.ceil(seconds / 60)
    return f"{minutes} min left" if minutes < 120 else f"{minutes / 60:.0f} h left"
