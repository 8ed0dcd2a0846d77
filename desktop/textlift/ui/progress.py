"""How far reading is, and how long it will take still."""

from __future__ import annotations

from collections import deque

import msgspec

from textlift.engines.contract import ReadProgress

_WINDOW = 12
"""Pages that the estimate looks back on: long enough to be steady, short enough to follow."""


class ReadingProgress:
    """Counts the pages of a batch and estimates the time left. Times are in seconds."""

    def __init__(self) -> None:
        self.total = 0
        self.finished = 0
        self._moments: deque[float] = deque(maxlen=_WINDOW + 1)

    def begin(self, now: float) -> None:
        """Reading goes on; time in which nothing was read does not count."""
        self._moments.clear()
        self._moments.append(now)

    def add(self, pages: int) -> None:
        """More pages wait."""
        self.total += pages

    def finish(self, now: float) -> None:
        """A page is read."""
        self.finished += 1
        self._moments.append(now)

    def drop(self, pages: int) -> None:
        """Pages wait no longer."""
        self.total = max(self.total - pages, self.finished)

    def reset(self) -> None:
        """A new batch begins."""
        self.total = self.finished = 0
        self._moments.clear()

    def remaining(self, now: float) -> float | None:
        """Seconds left, or None while too little is known."""
        pages = len(self._moments) - 1
        left = self.total - self.finished
        if pages < 2 or left <= 0:
            return None
        pace = (self._moments[-1] - self._moments[0]) / pages
        since = now - self._moments[-1]
        return max(left * pace - min(since, pace), 0.0)

    def sentence(self, now: float) -> str:
        """Such as “12 of 40 pages, about 3 min left”."""
        pages = "page" if self.total == 1 else "pages"
        words = f"{self.finished:,} of {self.total:,} {pages}"
        remaining = self.remaining(now)
        return words if remaining is None else f"{words}, {time_words(remaining)} left"


def time_words(seconds: float) -> str:
    """A duration as people say it, rounded the more the longer it is."""
    if seconds < 10:
        return "a few seconds"
    if seconds < 55:
        return f"about {round(seconds / 5) * 5} s"
    minutes = round(seconds / 60)
    if minutes < 60:
        return f"about {max(minutes, 1)} min"
    hours, minutes = divmod(round(seconds / 300) * 5, 60)
    return f"about {hours} h {minutes} min" if minutes else f"about {hours} h"


def joined_progress(before: ReadProgress, new: ReadProgress) -> ReadProgress:
    """All that was read of a page, and what its engine does now."""
    return msgspec.structs.replace(
        new,
        stage=new.stage or before.stage,
        lines=before.lines + new.lines,
        text=before.text + new.text,
        fraction=_newer(before.fraction, new.fraction),
        tokens_per_second=_newer(before.tokens_per_second, new.tokens_per_second),
        token_share=_newer(before.token_share, new.token_share),
        pixels=new.pixels or before.pixels,
        memory=new.memory or before.memory,
        generation=new.generation or before.generation,
    )


def _newer(before: float | None, new: float | None) -> float | None:
    return new if new is not None else before


def place_written(progress: ReadProgress) -> int | None:
    """The place whose text is being written: the last one told by an engine that writes."""
    writes = progress.tokens_per_second is not None or progress.token_share is not None
    if writes and progress.lines and not progress.lines[-1].text:
        return len(progress.lines) - 1
    return None


def activity_words(progress: ReadProgress, *, engine: str, page: int) -> str:
    """What an engine does: the speed of one that writes, else the stage it names.

    Args:
        progress: The latest of the page.
        engine: Its title.
        page: The page's number.
    """
    figures = _figures(progress)
    return f"{engine}, page {page}: {figures}" if figures else progress.stage


def opinion_words(progress: ReadProgress, *, engine: str, page: int) -> str:
    """Likewise, of an engine that gives a second opinion."""
    doing = _figures(progress) or progress.stage
    words = f"Second opinion by {engine}, page {page}"
    return f"{words}: {doing}" if doing else words


def _figures(progress: ReadProgress) -> str:
    figures = []
    if progress.tokens_per_second is not None:
        figures.append(f"{speed_words(progress.tokens_per_second)} tokens/s")
    if progress.token_share is not None:
        figures.append(f"{progress.token_share * 100:.0f} % of its limit")
    return ", ".join(figures)


def speed_words(per_second: float) -> str:
    """A speed with as many digits as tell two apart."""
    return f"{per_second:.0f}" if per_second >= 10 else f"{per_second:.1f}"
