"""The look itself: PP-OCRv6's detector over the page, and a coarse map of its ink."""

from __future__ import annotations

import cv2
from PIL import Image

from textlift.content.block import Line
from textlift.content.geometry import quad_box
from textlift.documents.ink import ink_mask
from textlift.engines.contract import EngineOptions
from textlift.engines.pp_ocr.detection import Detector, load_detector
from textlift.engines.pp_ocr.page import find_lines
from textlift.engines.pp_ocr.pixels import Pixels, load_pixels
from textlift.inspection.messages import InkMap, PageLook

_CELL = 8
"""Pixels of the ink mask, which has about 1200 on its longer side: a cell is half a line high."""


class Look:
    """Looks at pages; holds the detector."""

    def __init__(self, options: EngineOptions) -> None:
        """Loads the detector.

        Raises:
            EngineError: Its weights are not installed.
        """
        self._detector = Detector(load_detector(options))

    def at(self, path: str) -> PageLook:
        """Finds lines and ink.

        Args:
            path: Of the rendered page.

        Raises:
            EngineError: The file is gone or is not an image.
        """
        image = load_pixels(path)
        quads, _ = find_lines(image, detector=self._detector)
        return PageLook(
            lines=tuple(Line(text="", box=quad_box(quad), quad=quad) for quad in quads),
            ink=ink_map(image),
        )


def ink_map(image: Pixels) -> InkMap:
    """Where the ink of a page is; one empty cell when there is none."""
    height, width = image.shape[:2]
    mask = ink_mask(Image.fromarray(cv2.cvtColor(image, cv2.COLOR_BGR2GRAY)))
    if mask is None:
        return InkMap(cell=float(max(width, height)), columns=1, rows=1, shares=b"\0")
    cells = mask.reduce(_CELL)
    step = max(width, height) / max(mask.size)
    return InkMap(cell=_CELL * step, columns=cells.width, rows=cells.height, shares=cells.tobytes())
