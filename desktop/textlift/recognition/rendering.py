"""Page images for a run: each drawn while the page before it is read."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

from textlift.content.page_image import PageImage
from textlift.documents.client import DocumentReader
from textlift.processes.cancellation import Cancellation
from textlift.recognition.tasks import PageTask, TaskQueue


class RenderAhead:
    """Draws the next pages of a queue in a thread of its own. Safe to use from several threads.

    Attributes:
        depth: Pages to draw ahead.
    """

    def __init__(
        self, queue: TaskQueue, *, reader: DocumentReader, cancellation: Cancellation
    ) -> None:
        """Prepares.

        Args:
            queue: Looked at, never taken from.
            reader: Draws.
            cancellation: Ends drawing.
        """
        self.depth = 1
        self._queue = queue
        self._reader = reader
        self._cancellation = cancellation
        self._lock = threading.Lock()
        self._futures: dict[PageTask, Future[PageImage]] = {}
        self._executor = ThreadPoolExecutor(1, thread_name_prefix="render-ahead")

    @contextmanager
    def open(self) -> Iterator[None]:
        """Ends the thread when left; cancel first where that must not wait for a page."""
        try:
            yield
        finally:
            self._executor.shutdown(wait=True, cancel_futures=True)

    def image(self, task: PageTask) -> PageImage:
        """The image of a page taken from the queue; the pages after it are begun.

        Raises:
            DocumentError: The page cannot be had.
            ProcessCancelled: The cancellation fired.
        """
        with self._lock:
            future = self._futures.pop(task, None) or self._begin(task)
            coming = self._queue.peek(self.depth)
            self._futures = {
                waiting: self._futures.get(waiting) or self._begin(waiting) for waiting in coming
            }
        image = future.result()
        # The page cache is bounded: a page drawn long ago may be gone again.
        if not Path(image.path).exists():
            return self._render(task)
        return image

    def _begin(self, task: PageTask) -> Future[PageImage]:
        return self._executor.submit(self._render, task)

    def _render(self, task: PageTask) -> PageImage:
        return self._reader.render(
            task.document, task.page, password=task.password, cancellation=self._cancellation
        )
