"""Fetches several files at once, and says several times a second how far it is."""

from __future__ import annotations

import threading
from collections.abc import Callable, Collection, Sequence
from concurrent.futures import FIRST_EXCEPTION, Future, ThreadPoolExecutor, wait

from textlift.downloads.failures import DownloadProblem, stopped
from textlift.downloads.messages import DownloadFailure, Fetching
from textlift.downloads.meter import Meter
from textlift.downloads.patience import Patience
from textlift.downloads.session import Session
from textlift.downloads.transfer import Target, Transfer
from textlift.processes.cancellation import Cancellation

AT_ONCE = 4
"""Files that are fetched at the same time."""

REPORT_INTERVAL = 0.2
"""Seconds between two reports."""

_FAREWELL = 0.3
"""Seconds that threads get to end when they are stopped. One that waits for a server to take up
a connection stays behind until it gives up, and does nothing more."""

OnFetching = Callable[[Fetching], None]


def fetch_all(
    targets: Sequence[Target],
    session: Session,
    meter: Meter,
    patience: Patience,
    *,
    on_fetching: OnFetching,
    cancellation: Cancellation,
) -> None:
    """Fetches all targets, or as many as can be before one fails.

    Raises:
        DownloadProblem: One cannot be had, or it was cancelled.
    """
    stop = threading.Event()
    # What is refused is so at once: the small ones tell. Of the others the largest go first.
    ordered = sorted(targets, key=lambda one: (one.size > 1_000_000, -one.size))

    def end() -> None:
        stop.set()
        session.cut_off()

    pool = ThreadPoolExecutor(AT_ONCE, thread_name_prefix="fetching")
    with cancellation.watching(end):
        futures = [
            pool.submit(Transfer(target, session, meter, patience, stop=stop).run)
            for target in ordered
        ]
        _report_until_done(futures, meter, on_fetching)
        failed = [future for future in futures if future.done() and future.exception()]
        if failed:
            end()
        pool.shutdown(wait=False, cancel_futures=True)
        wait(futures, timeout=_FAREWELL)
    if cancellation.cancelled:
        raise stopped()
    _raise_first(failed)


def _report_until_done(
    futures: Collection[Future[None]], meter: Meter, on_fetching: OnFetching
) -> None:
    last: Fetching | None = None
    while True:
        done, going = wait(futures, timeout=REPORT_INTERVAL, return_when=FIRST_EXCEPTION)
        state = meter.state()
        if state != last:
            on_fetching(state)
            last = state
        if not going or any(future.exception() for future in done):
            return


def _raise_first(failed: Sequence[Future[None]]) -> None:
    """Raises why a file could not be had; not that another was stopped because of it."""
    errors = [error for future in failed if (error := future.exception()) is not None]
    errors.sort(key=_is_stop)
    if errors:
        raise errors[0]


def _is_stop(error: BaseException) -> bool:
    return isinstance(error, DownloadProblem) and error.failure is DownloadFailure.CANCELLED
