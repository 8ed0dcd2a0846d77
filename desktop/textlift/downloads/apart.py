"""Does what cannot be interrupted in a thread of its own, so that nobody waits for it in vain."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from textlift.downloads.failures import stopped
from textlift.processes.cancellation import Cancellation

T = TypeVar("T")


def apart(work: Callable[[], T], cancellation: Cancellation) -> T:
    """What some work gives; when it is cancelled, the work is left to itself.

    Looking up a name on the network, waiting for a connection and asking the keyring can take
    long and cannot be stopped; they leave nothing on the disk.

    Raises:
        DownloadProblem: It was cancelled.
    """
    pool = ThreadPoolExecutor(1, thread_name_prefix="apart")
    outcome = pool.submit(work)
    pool.shutdown(wait=False)
    over = threading.Event()
    outcome.add_done_callback(lambda _: over.set())
    with cancellation.watching(over.set):
        over.wait()
    if cancellation.cancelled:
        raise stopped()
    return outcome.result()
