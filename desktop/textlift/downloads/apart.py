"""Does what cannot be interrupted in a thread of its own, so that nobody waits for it in vain."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from textlift.downloads.failures import DownloadProblem, stopped
from textlift.downloads.messages import DownloadFailure
from textlift.processes.cancellation import Cancellation

T = TypeVar("T")


def apart(work: Callable[[], T], cancellation: Cancellation, *, seconds: float | None = None) -> T:
    """What some work gives; when it is cancelled or takes too long, it is left to itself.

    Looking up a name on the network, waiting for a connection and asking the keyring can take
    long and cannot be stopped; they leave nothing on the disk.

    Raises:
        DownloadProblem: It was cancelled, or took longer than ``seconds``.
    """
    pool = ThreadPoolExecutor(1, thread_name_prefix="apart")
    outcome = pool.submit(work)
    pool.shutdown(wait=False)
    over = threading.Event()
    outcome.add_done_callback(lambda _: over.set())
    with cancellation.watching(over.set):
        is_over = over.wait(seconds)
    if cancellation.cancelled:
        raise stopped()
    if not is_over:
        raise DownloadProblem(
            DownloadFailure.NO_CONNECTION,
            "The server took too long to answer; check the network, or try again later.",
        )
    return outcome.result()
