"""Where the text of a page is: quads around lines, from PP-OCRv6's detector."""

from __future__ import annotations

import statistics
from collections.abc import Callable, Iterator

import cv2
import numpy as np
from rapidocr.ch_ppocr_det.utils import DBPostProcess

from textlift.content.geometry import Quad, quad_box
from textlift.engines.contract import EngineOptions
from textlift.engines.pp_ocr.merged_lines import without_merged_lines
from textlift.engines.pp_ocr.openvino_network import OpenVinoNetwork
from textlift.engines.pp_ocr.pixels import Pixels, padded
from textlift.engines.pp_ocr.runtimes import Runtime, known_runtime
from textlift.engines.pp_ocr.tiles import Tile, closer_scale, first_scale, join_tiles, tiles_of
from textlift.engines.pp_ocr.weights import Floats, Network, OnnxNetwork, bundled
from textlift.engines.usable_cores import usable_cores

_WEIGHTS = "PP-OCRv6_det_small.onnx"
_MULTIPLE = 32
_SMALLEST = 64
_FAINTEST_INK = 40
"""Difference between the darkest and the lightest value of a page that is not blank."""


class Detector:
    """Finds lines of text."""

    def __init__(self, network: Network) -> None:
        self._network = network
        self._boxes = _boxes_over(0.3, unclip=1.6)
        # On a curved page lines that nearly touch run together in the map; at a higher threshold
        # they stand apart.
        self._apart = _boxes_over(0.6, unclip=1.9)

    def find(self, image: Pixels, *, check: Callable[[], None] = lambda: None) -> list[Quad]:
        """Quads around the lines of ``image``, in its pixels, in no particular order.

        Args:
            image: Of any size and shape.
            check: Called before each tile; raises to give up.
        """
        height, width = image.shape[:2]
        scale = first_scale(width, height)
        quads = self._find_at(scale, image, check)
        heights = [min(quad_box(quad).width, quad_box(quad).height) for quad in quads]
        if not heights and np.ptp(image) < _FAINTEST_INK:
            return quads
        # Where there is ink and no line was found, its letters may be too small to see.
        line = statistics.median(heights) if heights else 1.0
        closer = closer_scale(scale, line, pixels=width * height)
        return self._find_at(closer, image, check) if closer > scale else quads

    def _find_at(self, scale: float, image: Pixels, check: Callable[[], None]) -> list[Quad]:
        found: list[tuple[Tile, list[Quad]]] = []
        for tile in tiles_of(image.shape[1], image.shape[0], scale):
            check()
            part = image[tile.y0 : tile.y1, tile.x0 : tile.x1]
            found.append((tile, self._find_in(part, scale)))
        return join_tiles(found)

    def _find_in(self, part: Pixels, scale: float) -> list[Quad]:
        height, width = part.shape[:2]
        scaled = part
        if scale != 1.0:
            size = (max(1, round(width * scale)), max(1, round(height * scale)))
            scaled = np.asarray(cv2.resize(part, size), dtype=np.uint8)
        rows, columns = scaled.shape[:2]
        canvas = padded(scaled, width=_rounded(columns), height=_rounded(rows))
        map_ = self._network(_normalised(canvas))
        usual, apart = (
            list(_in_part(boxes(map_, canvas.shape[:2])[0], (columns, rows), (width, height)))
            for boxes in (self._boxes, self._apart)
        )
        return without_merged_lines(usual, apart)


def load_detector(options: EngineOptions) -> Network:
    """Loads the bundled detector.

    Args:
        options: With the number of threads that work on one page; 0: all cores.

    Raises:
        EngineError: The installed rapidocr does not carry it.
    """
    model = bundled(_WEIGHTS).read_bytes()
    # Not measured for its own sake: that is left to the recogniser, which takes most of the time.
    if known_runtime() is Runtime.OPENVINO:
        # One thread for each call in any case; pages may have their lines found side by side.
        return OpenVinoNetwork(model, side_by_side=usable_cores())
    return OnnxNetwork(model, threads=options.threads or usable_cores())


def _boxes_over(threshold: float, *, unclip: float) -> DBPostProcess:
    return DBPostProcess(
        thresh=threshold,
        box_thresh=0.5,
        max_candidates=3000,
        unclip_ratio=unclip,
        score_mode="fast",
        use_dilation=False,
    )


def _rounded(length: int) -> int:
    return max(_SMALLEST, -(-length // _MULTIPLE) * _MULTIPLE)


def _normalised(image: Pixels) -> Floats:
    planes = image.transpose(2, 0, 1).astype(np.float32)
    planes *= np.float32(2 / 255)
    planes -= np.float32(1)
    return planes[np.newaxis]


def _in_part(quads: Floats, scaled: tuple[int, int], full: tuple[int, int]) -> Iterator[Quad]:
    """Quads of the scaled, padded canvas in pixels of the part; widths before heights."""
    x_scale, y_scale = scaled[0] / full[0], scaled[1] / full[1]
    for quad in quads:
        points = [
            (min(max(float(x) / x_scale, 0.0), full[0]), min(max(float(y) / y_scale, 0.0), full[1]))
            for x, y in quad
        ]
        xs, ys = zip(*points, strict=True)
        if max(xs) - min(xs) >= 2 and max(ys) - min(ys) >= 2:
            yield (points[0], points[1], points[2], points[3])
