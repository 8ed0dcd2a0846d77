"""A page drawn to pixels, before it is in the cache, and how large it may be."""

from __future__ import annotations

import math
from typing import Protocol

import msgspec
from PIL import Image

MAX_PAGE_PIXELS = 40_000_000
"""A page is drawn with no more; a web screenshot of 900 by 40,000 pixels stays as it is."""

MAX_SIDE = 120_000
"""Pixels of a page's longer side."""


class DrawnPage(msgspec.Struct, frozen=True):
    """A page as pixels.

    Attributes:
        image: Mode ``RGB`` or ``L``; to be looked at, not changed.
        dpi: Dots per inch, 0 when not known.
        defect: A sentence when part of the page is missing; else empty.
    """

    image: Image.Image
    dpi: float = 0.0
    defect: str = ""


class OpenedDocument(Protocol):
    """A document that is open in this process. Pages count from 1."""

    @property
    def page_count(self) -> int: ...

    @property
    def heavy(self) -> bool:
        """Whether it holds so much memory that it should not be kept open."""

    def draw(self, page: int, *, within: int = 0) -> DrawnPage:
        """Draws a page at reading size, or to fit into a square of ``within`` pixels."""

    def close(self) -> None: ...


def fitting_scale(width: float, height: float, *, within: int = 0) -> float:
    """The factor, at most 1, that brings a page of this size into what is allowed.

    Args:
        width: Pixels.
        height: Pixels.
        within: Side of a square to fit into; 0: the limits of a page to be read.
    """
    if within:
        # A hair less, so that rounding up stays inside.
        return min(1.0, within * (1 - 1e-6) / max(width, height))
    return min(1.0, math.sqrt(MAX_PAGE_PIXELS / (width * height)), MAX_SIDE / max(width, height))
