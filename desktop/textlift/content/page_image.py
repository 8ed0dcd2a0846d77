"""A rendered page on disk, as the reader makes it and engines and the window take it."""

from __future__ import annotations

import msgspec


class PageImage(msgspec.Struct, frozen=True):
    """A rendered page on disk.

    Attributes:
        path: A PNG file, RGB or grey, 8 bits a channel.
        width: Pixels.
        height: Pixels.
        dpi: Dots per inch it was rendered at, 0 when not known.
        ink: Share of the page, 0 to 1, that stands out from its background; 0 is blank.
        defect: A sentence when the image is not all there is (a damaged file, an animation);
            else empty. Whoever reads the page owes its readers a PARTIAL_IMAGE warning.
    """

    path: str
    width: int
    height: int
    dpi: float = 0.0
    ink: float = 1.0
    defect: str = ""
