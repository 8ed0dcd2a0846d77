"""The last two minutes of each device's memory, and the most that a page took."""

from __future__ import annotations

from collections import deque
from collections.abc import Hashable, Iterable, Sequence
from typing import NamedTuple

import msgspec

from textlift.ui.memory_use import DeviceUse

SPAN = 120.0
"""Seconds."""

_GAP = 12.0
"""Seconds without a measurement after which nothing is known of the time between."""
_SAME = 500
"""Of the total, the part that no graph is high enough to show."""


class Moment(NamedTuple):
    """Bytes at one moment (seconds of a clock that does not jump).

    Attributes:
        at: When.
        ours: Textlift's.
        used: Everyone's.
        after_gap: Nothing is known of the time between the moment before and this one.
    """

    at: float
    ours: int
    used: int
    after_gap: bool = False


class MemoryHistory:
    """Takes what was measured; forgets what is older than two minutes."""

    def __init__(self) -> None:
        self.latest: tuple[DeviceUse, ...] = ()
        self.at = 0.0
        self._moments: dict[str, deque[Moment]] = {}
        self._gaps: set[str] = set()
        self._pages: dict[Hashable, dict[str, int]] = {}
        self._last_page: dict[str, int] = {}

    def add(self, uses: Iterable[DeviceUse], *, at: float) -> None:
        """Takes what was measured at a moment; a lost device keeps its name and its past."""
        before = {use.key: use for use in self.latest}
        self.latest = tuple(_with_name(use, before.get(use.key)) for use in uses)
        self.at = at
        for use in self.latest:
            moments = self._moments.setdefault(use.key, deque())
            # One older than the span stays: the line comes in from the edge.
            while len(moments) > 1 and moments[1].at <= at - SPAN:
                moments.popleft()
            if use.lost:
                self._gaps.add(use.key)
                continue
            gap = use.key in self._gaps or bool(moments and at - moments[-1].at > _GAP)
            self._gaps.discard(use.key)
            _put(moments, Moment(at, use.ours, use.used, gap), unseen=use.total // _SAME)
            for peaks in self._pages.values():
                peaks[use.key] = max(peaks.get(use.key, 0), use.ours)

    def of(self, key: str) -> Sequence[Moment]:
        """What is remembered of a device, oldest first."""
        return tuple(self._moments.get(key, ()))

    def begin_page(self, page: Hashable) -> None:
        """From now on what is taken counts for this page."""
        self._pages[page] = {use.key: use.ours for use in self.latest if not use.lost}

    def tell_peak(self, key: str, size: int) -> None:
        """An engine says that the pages in hand have taken so much of a device."""
        for peaks in self._pages.values():
            peaks[key] = max(peaks.get(key, 0), size)

    def end_page(self, page: Hashable) -> None:
        """The page is read."""
        self._last_page = self._pages.pop(page, self._last_page)

    def forget_pages(self) -> None:
        """The pages in hand will not be read."""
        self._pages.clear()

    def peak(self, key: str) -> int:
        """The most Textlift took of a device for the page that was read last; 0: not known."""
        return self._last_page.get(key, 0)


def _put(moments: deque[Moment], new: Moment, *, unseen: int) -> None:
    """Takes a moment in place of the last one where both are on one level: idle costs nothing."""
    if len(moments) > 1 and not new.after_gap and not moments[-1].after_gap:
        level = moments[-2]
        if all(
            abs(one.ours - level.ours) <= unseen and abs(one.used - level.used) <= unseen
            for one in (moments[-1], new)
        ):
            moments.pop()
    moments.append(new)


def _with_name(use: DeviceUse, before: DeviceUse | None) -> DeviceUse:
    if not use.lost or before is None:
        return use
    return msgspec.structs.replace(
        use, title=use.title or before.title, total=use.total or before.total
    )
