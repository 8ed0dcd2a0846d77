"""Pages to read, and the queue they wait in."""

from __future__ import annotations

import itertools
import threading
from collections import OrderedDict
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager

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

    @property
    def identity(self) -> tuple[object, ...]:
        """Of two tasks with the same one, the later takes the place of the earlier."""
        return (*self.key, self.order, self.box) if self.opinion else self.key


class TaskQueue:
    """Pages waiting to be read, in order. Safe to use from several threads.

    Second opinions wait before all pages: somebody looks at the page and waits for them. Taking
    and adding a page cost the same however many wait.
    """

    def __init__(self, tasks: Iterable[PageTask] = ()) -> None:
        self._lock = threading.Lock()
        self._opinions: OrderedDict[tuple[object, ...], PageTask] = OrderedDict()
        self._pages: OrderedDict[tuple[object, ...], PageTask] = OrderedDict()
        self._watchers: list[Callable[[tuple[PageTask, ...]], None]] = []
        for task in tasks:
            self._of(task)[task.identity] = task

    def __len__(self) -> int:
        return len(self._opinions) + len(self._pages)

    @property
    def pages(self) -> int:
        """How many wait, second opinions not counted."""
        return len(self._pages)

    def add(self, tasks: Iterable[PageTask]) -> int:
        """Puts pages at the end; one that waits already keeps its place and is read as said now.

        Second opinions are put before the pages, after those that wait already.

        Returns:
            How many pages wait now that did not before, second opinions not counted.
        """
        new = tuple(tasks)
        with self._lock:
            before = len(self._pages)
            for task in new:
                self._of(task)[task.identity] = task
            added = len(self._pages) - before
            watchers = tuple(self._watchers)
        for watcher in watchers:
            watcher(new)
        return added

    @contextmanager
    def watching(self, watcher: Callable[[tuple[PageTask, ...]], None]) -> Iterator[None]:
        """Inside the block, tells of what was added, in the thread that adds it."""
        with self._lock:
            self._watchers.append(watcher)
        try:
            yield
        finally:
            with self._lock:
                self._watchers.remove(watcher)

    def take(self) -> PageTask | None:
        """The next page, or None when none waits."""
        with self._lock:
            first = self._opinions or self._pages
            return first.popitem(last=False)[1] if first else None

    def peek(self, count: int) -> tuple[PageTask, ...]:
        """The next pages, at most ``count``, which go on waiting."""
        with self._lock:
            return tuple(itertools.islice(self._everything(), count))

    def put_back(self, tasks: Iterable[PageTask]) -> None:
        """Puts pages that were taken to the front again, in the order given."""
        with self._lock:
            for task in reversed(tuple(tasks)):
                waiting = self._of(task)
                if task.identity not in waiting:
                    waiting[task.identity] = task
                    waiting.move_to_end(task.identity, last=False)

    def remove_document(self, document_id: int) -> None:
        """Forgets the waiting pages of a document."""
        with self._lock:
            for waiting in (self._opinions, self._pages):
                gone = [name for name in waiting if name[0] == document_id]
                for name in gone:
                    del waiting[name]

    def remove_opinion(self, task: PageTask) -> None:
        """Forgets a second opinion that waits, if it does."""
        with self._lock:
            self._opinions.pop(task.identity, None)

    def clear(self) -> tuple[PageTask, ...]:
        """Forgets all waiting pages and returns them."""
        with self._lock:
            tasks = tuple(self._everything())
            self._opinions.clear()
            self._pages.clear()
            return tasks

    def _of(self, task: PageTask) -> OrderedDict[tuple[object, ...], PageTask]:
        return self._opinions if task.opinion else self._pages

    def _everything(self) -> Iterator[PageTask]:
        return itertools.chain(self._opinions.values(), self._pages.values())
