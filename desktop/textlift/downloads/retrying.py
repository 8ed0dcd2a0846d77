"""Tries a request again while that may help, with growing delays."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import TypeVar

from textlift.downloads.failures import DownloadProblem, TransientProblem, stopped
from textlift.downloads.messages import DownloadFailure
from textlift.downloads.patience import Patience

T = TypeVar("T")

OnWaiting = Callable[[str, float], None]
"""Told why nothing comes and until when, by the monotonic clock; an empty sentence: it goes on."""


class Retries:
    """Counts the failed tries of one request and waits between them."""

    def __init__(
        self,
        patience: Patience,
        stop: threading.Event,
        *,
        on_waiting: OnWaiting = lambda *_: None,
        seconds: float = float("inf"),
    ) -> None:
        """Begins.

        Args:
            patience: How often, and how long in between.
            stop: Ends the wait.
            on_waiting: Told of each wait.
            seconds: After which it is not tried again.
        """
        self._patience = patience
        self._stop = stop
        self._on_waiting = on_waiting
        self._end = time.monotonic() + seconds
        self._failed = 0

    def begin_anew(self) -> None:
        """Something came: what failed before does not count."""
        self._failed = 0

    def wait_after(self, trouble: TransientProblem) -> None:
        """Waits until it is time for another try.

        Raises:
            DownloadProblem: There is to be none, or it was stopped.
        """
        self._failed += 1
        delay = self._patience.delay(self._failed)
        if trouble.after is not None:
            delay = max(delay, trouble.after)
        again = time.monotonic() + delay
        if self._failed >= self._patience.tries or again > self._end:
            raise trouble.problem from trouble
        if trouble.after is not None and trouble.after > self._patience.longest_wait:
            raise _asked_to_stay_away(trouble, trouble.after) from trouble
        self._on_waiting(trouble.reason, again)
        is_stopped = self._stop.wait(delay)
        self._on_waiting("", 0.0)
        if is_stopped:
            raise stopped() from trouble


def tried(ask: Callable[[], T], retries: Retries) -> T:
    """What a request gives, tried again while that may help.

    Raises:
        DownloadProblem: It does not help.
    """
    while True:
        try:
            return ask()
        except TransientProblem as trouble:
            retries.wait_after(trouble)


def _asked_to_stay_away(trouble: TransientProblem, seconds: float) -> DownloadProblem:
    return DownloadProblem(
        DownloadFailure.BUSY,
        f"{trouble.reason.rstrip('.')} and wants to be left alone for {seconds / 60:.0f} minutes; "
        "go on after that.",
        details=trouble.problem.details,
    )
