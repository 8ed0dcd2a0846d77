"""Downloads as a test asks for them: at once, or in a thread while the test does something."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil

from textlift.downloads.client import DownloadError, Downloads
from textlift.downloads.messages import Fetching, Got, HubModel, Plan, Source, Wanted
from textlift.processes.cancellation import Cancellation
from textlift.processes.supervised import ProcessFailure

MODEL = HubModel(("tiny/reader",))
"""The repository of most tests."""


def get(downloads: Downloads, source: Source, wanted: Wanted = MODEL) -> Got:
    """Looks up and gets."""
    plan = downloads.look_up(wanted, source)
    return downloads.get(wanted, plan, source, on_fetching=lambda _: None)


class RunningGet:
    """A look-up and a get in a thread of their own.

    Attributes:
        fetchings: What was told of it so far.
    """

    def __init__(self, downloads: Downloads, source: Source, wanted: Wanted) -> None:
        self.fetchings: list[Fetching] = []
        self._arguments = (downloads, source, wanted)
        self._cancellation = Cancellation()
        self._outcome: Got | DownloadError | ProcessFailure | None = None
        self._told = threading.Condition()
        self._thread = threading.Thread(target=self._work, name="running get")
        self._thread.start()

    @property
    def running(self) -> bool:
        return self._thread.is_alive()

    def cancel(self) -> None:
        """Pauses it."""
        self._cancellation.cancel()

    def outcome(self, *, timeout: float = 30.0) -> Got | DownloadError | ProcessFailure:
        """What became of it, an error not raised.

        Raises:
            TimeoutError: It goes on.
        """
        self._thread.join(timeout)
        if self._thread.is_alive() or self._outcome is None:
            raise TimeoutError(f"not over within {timeout} s; told: {self.fetchings[-3:]}")
        return self._outcome

    def wait_until_told(
        self, condition: Callable[[Fetching], bool], *, timeout: float = 20.0
    ) -> Fetching:
        """Waits for news that fulfil a condition, and gives them.

        Raises:
            TimeoutError: None did.
        """
        found: list[Fetching] = []

        def is_there() -> bool:
            found.extend(one for one in self.fetchings if condition(one))
            return bool(found)

        with self._told:
            if not self._told.wait_for(is_there, timeout):
                raise TimeoutError(f"not told within {timeout} s; told: {self.fetchings[-3:]}")
        return found[0]

    def _work(self) -> None:
        downloads, source, wanted = self._arguments
        try:
            plan: Plan = downloads.look_up(wanted, source, cancellation=self._cancellation)
            self._outcome = downloads.get(
                wanted, plan, source, on_fetching=self._note, cancellation=self._cancellation
            )
        except (DownloadError, ProcessFailure) as error:
            self._outcome = error

    def _note(self, fetching: Fetching) -> None:
        with self._told:
            self.fetchings.append(fetching)
            self._told.notify_all()


@contextmanager
def running_get(
    downloads: Downloads, source: Source, wanted: Wanted = MODEL
) -> Iterator[RunningGet]:
    """Gets in a thread while the block runs; a get that is not over then is cancelled."""
    running = RunningGet(downloads, source, wanted)
    try:
        yield running
    finally:
        running.cancel()
        running.outcome()


def kill(downloads: Downloads) -> None:
    """Kills the download process as the system does when memory is short."""
    pid = downloads.pid
    assert pid is not None
    process = psutil.Process(pid)
    os.kill(pid, getattr(signal, "SIGKILL", signal.SIGTERM))
    process.wait(timeout=10)


def files_below(folder: Path) -> set[str]:
    """The files in a folder and below, links too, by their paths in it."""
    if not folder.is_dir():
        return set()
    return {
        path.relative_to(folder).as_posix()
        for path in folder.rglob("*")
        if path.is_symlink() or path.is_file()
    }
