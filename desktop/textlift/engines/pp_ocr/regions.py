"""The regions of a page, found and not read: for models that read one region at a time."""

from __future__ import annotations

import cv2
import msgspec
import numpy as np
from PIL import Image

from textlift.content.block import BlockKind
from textlift.content.geometry import Box, Point, Quad, quad_box, union_box
from textlift.content.reading_order import order_blocks
from textlift.engines.contract import EngineOptions
from textlift.engines.pp_ocr.detection import Detector, load_detector
from textlift.engines.pp_ocr.layout import place_quad
from textlift.engines.pp_ocr.orientation import length_and_height, skew_of
from textlift.engines.pp_ocr.page import levelled

_LETTERS_PER_HEIGHT = 2.0
"""Latin letters in a length of one line height; a Chinese character takes the place of two."""


class Region(msgspec.Struct, frozen=True):
    """A paragraph, heading or table of a page.

    Attributes:
        kind: What its size makes it look like: text or a heading.
        box: Around its lines, in pixels of the page.
        line_height: Of its lines, in pixels.
    """

    kind: BlockKind
    box: Box
    line_height: float


class RegionFinder:
    """PP-OCRv6's detector with the reading order of its lines."""

    def __init__(self, *, threads: int = 0) -> None:
        """Loads the detector.

        Raises:
            EngineError: The bundled weights are missing.
        """
        self._detector = Detector(load_detector(EngineOptions(threads=threads)))

    def find(self, page: Image.Image) -> tuple[Region, ...]:
        """The regions of an upright page, in reading order; none where there is no text."""
        pixels = np.asarray(cv2.cvtColor(np.asarray(page), cv2.COLOR_RGB2BGR), dtype=np.uint8)
        quads = self._detector.find(pixels)
        skew = skew_of(quads)

        def straight(point: Point) -> Point:
            return levelled(point, skew=skew)

        placed = [place_quad(quad, straight, text=_stand_in(quad)) for quad in quads]
        return tuple(
            _region(block.kind, [quads[index] for row in block.rows for index in row])
            for block in order_blocks(placed)
        )


def _stand_in(quad: Quad) -> str:
    """Letters to the length of a line that nobody has read yet.

    Columns are told from tables by how long their lines are, too. No sentence flows on in
    capitals, so lines are taken for columns only where they fill their side of the page.
    """
    length, height = length_and_height(quad)
    return "N" * max(1, round(_LETTERS_PER_HEIGHT * length / max(height, 1.0)))


def _region(kind: BlockKind, quads: list[Quad]) -> Region:
    heights = sorted(length_and_height(quad)[1] for quad in quads)
    return Region(
        kind=kind,
        box=union_box(quad_box(quad) for quad in quads),
        line_height=heights[len(heights) // 2],
    )
