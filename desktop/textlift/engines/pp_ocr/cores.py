"""The cores that the pages in flight share: their work takes turns, a page that came first first.

A network is quicker on two pages with a core each than on one page with two cores, and where the
next page waits already no core is idle while a page is put together. A page alone has its lines
read on all cores.
"""

from __future__ import annotations

import heapq
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import TypeVar

T = TypeVar("T")
Item = TypeVar("Item")


class Cores:
    """So many pieces of work at once, of whichever page. Safe to use from several threads.

    Attributes:
        count: How many.
    """

    def __init__(self, count: int) -> None:
        self.count = count
        self._changed = threading.Condition()
        self._free = count
        self._waiting: list[int] = []
        self._pages = 0

    @contextmanager
    def page(self, check: Callable[[], None] = lambda: None) -> Iterator[PageWork]:
        """What one page has done; pages take their turns in the order of these calls.

        Args:
            check: Called before each piece of work; raises to give up.
        """
        with self._changed:
            self._pages += 1
            number = self._pages
        with ThreadPoolExecutor(self.count, thread_name_prefix=f"page-{number}") as threads:
            yield PageWork(self, number, threads, check)

    @contextmanager
    def turn(self, page: int) -> Iterator[None]:
        """A core, for as long as the block goes on.

        Args:
            page: Number of the page; of those that wait the lowest is next.
        """
        with self._changed:
            heapq.heappush(self._waiting, page)
            self._changed.notify_all()
            self._changed.wait_for(lambda: self._free > 0 and self._waiting[0] == page)
            heapq.heappop(self._waiting)
            self._free -= 1
            if self._free:
                self._changed.notify_all()
        try:
            yield
        finally:
            with self._changed:
                self._free += 1
                self._changed.notify_all()


class PageWork:
    """Has the work of one page done on the cores."""

    def __init__(
        self, cores: Cores, page: int, threads: ThreadPoolExecutor, check: Callable[[], None]
    ) -> None:
        """Takes its place among the pages.

        Args:
            cores: That it shares.
            page: Its number.
            threads: As many as there are cores.
            check: Raises to give up.
        """
        self._cores = cores
        self._page = page
        self._threads = threads
        self.check = check

    def one(self, work: Callable[[], T]) -> T:
        """Does a piece of work, which must not wait for another one, when it is its turn."""
        with self._cores.turn(self._page):
            self.check()
            return work()

    def each(self, work: Callable[[Item], T], items: Sequence[Item]) -> Iterator[T]:
        """Does some work for each item, on several cores where they are free; in their order."""
        if len(items) <= 1 or self._cores.count == 1:
            for item in items:
                yield self.one(lambda item=item: work(item))  # type: ignore[misc]
            return
        results = [self._threads.submit(self.one, lambda item=item: work(item)) for item in items]
        try:
            for result in results:
                yield result.result()
        finally:
            for result in results:
                result.cancel()
