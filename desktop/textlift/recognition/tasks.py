"""Pages to read, and the queue they wait in."""

from __future__ import annotations

import itertools
import threading
from collections import deque
from collections.abc import Iterable

import msgspec

from textlift.content.geometry import Box
from textlift.documents.messages import DocumentInfo


class PageTask(msgspec.Struct, frozen=True):
    """One page to read.

    Attributes:
        document_id: In the session.
        document: As opened.
        page: From 1.
        order: Names of engines, the chosen one first, then those to fall back on.
        languages: ISO 639-3 codes; empty: find out.
        rotation: Degrees clockwise the user turned the page; None: find out.
        use_text_layer: Take the PDF page's own text where it is good.
        password: Of the document.
        modes: Names of engines, each with the name of the mode it is to read in; others read
            in their first one.
        box: The part of the page to read, in pixels of the rendered page; None: all of it.
        opinion: What is read is a second opinion: it changes nothing of the page.
    """

    document_id: int
    document: DocumentInfo
    page: int
    order: tuple[str, ...]
    languages: tuple[str, ...] = ()
    rotation: int | None = None
    use_text_layer: bool = False
    password: str = ""
    modes: tuple[tuple[str, str], ...] = ()
    box: Box | None = None
    opinion: bool = False

    @property
    def key(self) -> tuple[int, int]:
        """Document id and page number."""
        return (self.document_id, self.page)


class TaskQueue:
    """Pages waiting to be read, in order. Safe to use from several threads."""

    def __init__(self, tasks: Iterable[PageTask] = ()) -> None:
        self._lock = threading.Lock()
        self._waiting: deque[PageTask] = deque(tasks)

    def __len__(self) -> int:
        return len(self._waiting)

    def add(self, tasks: Iterable[PageTask]) -> int:
        """Puts pages at the end; one that waits already keeps its place and is read as said now.

        Returns:
            How many wait now that did not before.
        """
        with self._lock:
            before = len(self._waiting)
            places = {task.key: place for place, task in enumerate(self._waiting)}
            for task in tasks:
                place = places.setdefault(task.key, len(self._waiting))
                if place < len(self._waiting):
                    self._waiting[place] = task
                else:
                    self._waiting.append(task)
            return len(self._waiting) - before

    def take(self) -> PageTask | None:
        """The next page, or None when none waits."""
        with self._lock:
            return self._waiting.popleft() if self._waiting else None

    def peek(self, count: int) -> tuple[PageTask, ...]:
        """The next pages, at most ``count``, which go on waiting."""
        with self._lock:
            return tuple(itertools.islice(self._waiting, count))

    def put_back(self, tasks: Iterable[PageTask]) -> None:
        """Puts pages that were taken to the front again, in the order given."""
        with self._lock:
            waiting = {task.key for task in self._waiting}
            again = [task for task in tasks if task.key not in waiting]
            self._waiting.extendleft(reversed(again))

    def remove_document(self, document_id: int) -> None:
        """Forgets the waiting pages of a document."""
        with self._lock:
            self._waiting = deque(task for task in self._waiting if task.document_id != document_id)

    def clear(self) -> tuple[PageTask, ...]:
        """Forgets all waiting pages and returns them."""
        with self._lock:
            tasks = tuple(self._waiting)
            self._waiting.clear()
            return tasks
