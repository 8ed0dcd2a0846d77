"""What another model reads on a page, or on a part of it, beside the reading that counts."""

from __future__ import annotations

import msgspec

from textlift.content.attempt import Attempt
from textlift.content.geometry import Box
from textlift.content.reading import PageReading


class Opinion(msgspec.Struct, frozen=True, omit_defaults=True):
    """A second opinion. It changes nothing of the page by itself.

    Attributes:
        number: Of the page, from 1.
        asked: Name of the engine that was asked; no other is asked when it fails.
        read_at: Seconds since the Unix epoch, UTC.
        reading: The last one it gave, None when it never did; boxes in pixels of the rendered page.
        attempts: Every try of the last time it was asked, oldest first; the last of them failed
            when that gave no reading.
        width: Of the rendered page in pixels.
        height: Likewise.
        box: The part that was read; None: all of the page.
    """

    number: int
    asked: str
    read_at: float
    reading: PageReading | None = None
    attempts: tuple[Attempt, ...] = ()
    width: int = 0
    height: int = 0
    box: Box | None = None
