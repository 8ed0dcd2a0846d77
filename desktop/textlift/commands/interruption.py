"""Ctrl-C while work goes on in other threads: it is told to stop, and waited for."""

from __future__ import annotations

import concurrent.futures
import os
import signal
from collections.abc import Callable, Sequence
from typing import TypeVar

from textlift.processes.cancellation import Cancellation

EXIT_INTERRUPTED = 130

_WAIT = 0.5
"""Seconds; on Windows a wait does not end at Ctrl-C, so it is cut into pieces."""

T = TypeVar("T")


def stop_at_any_signal() -> None:
    """Has what ends a session do what Ctrl-C does."""
    for name in ("SIGTERM", "SIGHUP"):
        number = getattr(signal, name, None)
        if number is not None and signal.getsignal(number) is signal.SIG_DFL:
            signal.signal(number, signal.default_int_handler)


def attend(work: Callable[[], T], *, cancellation: Cancellation) -> T:
    """Runs one piece of work in a thread of its own; see ``attend_all``."""
    with concurrent.futures.ThreadPoolExecutor(1, thread_name_prefix="work") as executor:
        future = executor.submit(work)
        attend_all([future], cancellation=cancellation)
        return future.result()


def attend_all(
    futures: Sequence[concurrent.futures.Future[T]], *, cancellation: Cancellation
) -> None:
    """Waits in the main thread until all are done.

    Ctrl-C, and an error in one of them, set the cancellation; the others are waited for, since
    they end by themselves then. The main thread holds no lock that a watcher of the
    cancellation could want, which is why the work is not done here. A second Ctrl-C ends the
    program on the spot; the child processes follow when their pipes close.
    """
    try:
        _wait(futures, cancellation)
    except KeyboardInterrupt:
        try:
            cancellation.cancel()
            _wait(futures, cancellation)
        except KeyboardInterrupt:
            os._exit(EXIT_INTERRUPTED)


def _wait(futures: Sequence[concurrent.futures.Future[T]], cancellation: Cancellation) -> None:
    pending = set(futures)
    while pending:
        done, pending = concurrent.futures.wait(
            pending, timeout=_WAIT, return_when=concurrent.futures.FIRST_COMPLETED
        )
        if any(future.exception() is not None for future in done):
            cancellation.cancel()
