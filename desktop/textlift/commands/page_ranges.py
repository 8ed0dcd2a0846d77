"""Page numbers as typed on the command line: ``1-5,9,20-``."""

from __future__ import annotations

import re

import msgspec

_RANGE = re.compile(r"(\d{0,9})\s*([-–]?)\s*(\d{0,9})")


class PageRangeError(Exception):
    """The pages are not written as they should be; the sentence says how."""


class PageRanges(msgspec.Struct, frozen=True):
    """Ranges of pages, first and last included; a last of None is the document's last."""

    ranges: tuple[tuple[int, int | None], ...] = ((1, None),)

    def within(self, page_count: int) -> list[int]:
        """The pages asked for that a document has, in its order, each once."""
        wanted: set[int] = set()
        for first, last in self.ranges:
            wanted.update(range(first, min(last or page_count, page_count) + 1))
        return sorted(wanted)


def parse_page_ranges(text: str) -> PageRanges:
    """Reads ``1-5,9``; ``3-`` goes to the end and ``-3`` begins at the first page.

    Raises:
        PageRangeError: It is no list of pages.
    """
    ranges = []
    for part in text.split(","):
        match = _RANGE.fullmatch(part.strip())
        if match is None or not (match.group(1) or match.group(3)):
            raise PageRangeError(f"“{part.strip()}” is no page or range of pages, such as 1-5,9.")
        first = int(match.group(1) or 1)
        last: int | None = int(match.group(3)) if match.group(3) else None
        if not match.group(2):
            last = first
        if first < 1 or last == 0:
            raise PageRangeError("Pages are counted from 1.")
        if last is not None and last < first:
            raise PageRangeError(f"“{part.strip()}” runs backwards: write {last}-{first}.")
        ranges.append((first, last))
    return PageRanges(tuple(ranges))
