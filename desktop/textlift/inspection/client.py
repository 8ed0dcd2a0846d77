"""The parent's handle on the inspector process: started when wanted, and again after a death."""

from __future__ import annotations

import threading

from textlift.content.page_image import PageImage
from textlift.inspection.messages import InspectPage, PageLook
from textlift.processes.cancellation import Cancellation
from textlift.processes.supervised import ProcessCancelled, SupervisedProcess

MEMORY_LIMIT = 2_500_000_000
"""Resident bytes; the largest page takes about half of it."""

START_DEADLINE = 60.0
LOOK_DEADLINE = 120.0


class PageInspector:
    """Has pages looked at, one after the other. Safe to use from several threads."""

    def __init__(self, *, threads: int = 0) -> None:
        """Prepares; nothing is started before the first page.

        Args:
            threads: For the detector; 0: as many as there are cores.
        """
        self._threads = threads
        self._lock = threading.Lock()
        self._process: SupervisedProcess | None = None
        self._closed = False

    @property
    def pid(self) -> int | None:
        """Process id while the inspector runs, else None."""
        process = self._process
        return process.pid if process is not None else None

    def look(self, page: PageImage, *, cancellation: Cancellation) -> PageLook:
        """Where lines and ink are on a rendered page.

        Raises:
            RequestFailed: The page or the detector cannot be had, with a sentence.
            ProcessFailure: The inspector died, took too long, or was cancelled.
        """
        with self._lock:
            process = self._running(cancellation)
            return process.call(
                InspectPage(page),
                answer=PageLook,
                deadline=LOOK_DEADLINE,
                cancellation=cancellation,
            )

    def close(self) -> None:
        """Ends the process for good, also in the middle of a page (whose look then fails)."""
        self._closed = True
        process = self._process
        if process is not None:
            process.kill()

    def _running(self, cancellation: Cancellation) -> SupervisedProcess:
        if self._closed:
            raise ProcessCancelled("Stopped.")
        if self._process is None or not self._process.alive:
            if self._process is not None:
                self._process.kill()
            self._process = SupervisedProcess(
                "The check of the page",
                arguments=["inspector", str(self._threads)],
                memory_limit=MEMORY_LIMIT,
            )
            self._process.start(deadline=START_DEADLINE, cancellation=cancellation)
        return self._process
