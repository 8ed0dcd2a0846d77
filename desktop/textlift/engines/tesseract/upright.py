"""Making a page upright before it is read, and finding the way back to its pixels."""

from __future__ import annotations

import math

import cv2
import msgspec
import numpy as np
import numpy.typing as npt

from textlift.content.geometry import Box, Quad, quad_box
from textlift.engines.page_pixels import load_page_pixels

Pixels = npt.NDArray[np.uint8]
"""Height x width (grey) or height x width x 3 (blue, green, red), 8 bits a channel."""
Matrix = npt.NDArray[np.float64]

SMALLEST_SKEW = 0.3
"""Degrees; less is not worth the blur of turning by it."""
LARGEST_SKEW = 15.0

_SKEW_SIDE = 900
_COARSE_STEP = 1.0
_FINE_STEP = 0.1
_LEAST_GAIN = 1.08
_LEAST_PEAK = 1.3

_SMALL_LETTERS = 12
_GOOD_LETTERS = 18
_MOST_ENLARGEMENT = 3.0
_MOST_PIXELS = 12_000_000
_FEWEST_LETTERS = 10


class UprightPage(msgspec.Struct, frozen=True):
    """A page turned and straightened.

    Attributes:
        image: What is to be read.
        rotation: Degrees clockwise, a multiple of 90, that the page was turned by.
        skew: Degrees the text ran off the horizontal after that, clockwise positive.
        back: 2 x 3 matrix from pixels of ``image`` to pixels of the page.
    """

    image: Pixels
    rotation: int
    skew: float
    back: Matrix

    def page_quad(self, box: Box) -> Quad:
        """The corners, on the page as rendered, of a box in ``image``."""
        corners = np.array(
            [(box.x0, box.y0, 1), (box.x1, box.y0, 1), (box.x1, box.y1, 1), (box.x0, box.y1, 1)]
        )
        a, b, c, d = ((float(x), float(y)) for x, y in corners @ self.back.T)
        return (a, b, c, d)

    def page_box(self, box: Box) -> Box:
        """The box around a box in ``image``, on the page as rendered."""
        return quad_box(self.page_quad(box))


def load_page(path: str) -> Pixels:
    """The page at ``path``, in grey where it is stored so.

    Raises:
        EngineError: The file is gone or is not an image.
    """
    return load_page_pixels(path, colour=False)


def make_upright(
    page: Pixels, *, rotation: int, skew: float | None = None, scale: float = 1.0
) -> UprightPage:
    """Turns, straightens and scales a page in one step, keeping all of it.

    Args:
        page: As rendered.
        rotation: Degrees clockwise, a multiple of 90.
        skew: Degrees clockwise that the text then runs off the horizontal; None: find out.
        scale: Of the result.
    """
    turned = np.ascontiguousarray(np.rot90(page, k=-(rotation // 90)))
    if skew is None:
        skew = find_skew(turned)
    if abs(skew) < SMALLEST_SKEW:
        skew = 0.0
    height, width = page.shape[:2]
    turning = _turning(rotation, width, height)
    if skew == 0.0 and scale == 1.0:
        return UprightPage(turned, rotation, skew, _inverse(turning))
    straightening, size = _straightening(skew, turned.shape[1], turned.shape[0], scale)
    image = cv2.warpAffine(
        turned,
        straightening[:2],
        size,
        flags=cv2.INTER_AREA if scale < 1.0 else cv2.INTER_CUBIC,
        borderMode=cv2.BORDER_REPLICATE,
    )
    back = _inverse(straightening @ turning)
    return UprightPage(np.asarray(image, dtype=np.uint8), rotation, skew, back)


def find_skew(page: Pixels) -> float:
    """Degrees that lines of text run off the horizontal, clockwise positive; 0 when unclear.

    The angle at which the rows of ink differ most from their neighbours (Postl's method).
    """
    ink = _ink(page)
    if ink.shape[0] < 32 or ink.shape[1] < 32:
        return 0.0
    coarse = np.arange(-LARGEST_SKEW, LARGEST_SKEW + _COARSE_STEP / 2, _COARSE_STEP)
    scores = [_sharpness(ink, angle) for angle in coarse]
    best = coarse[int(np.argmax(scores))]
    fine = np.arange(best - _COARSE_STEP, best + _COARSE_STEP + _FINE_STEP / 2, _FINE_STEP)
    best = max(fine, key=lambda angle: _sharpness(ink, angle))
    clear = max(_LEAST_GAIN * _sharpness(ink, 0.0), _LEAST_PEAK * float(np.median(scores)))
    if abs(best) >= LARGEST_SKEW or _sharpness(ink, best) < clear:
        return 0.0
    return round(float(best), 2)


def reading_scale(page: Pixels) -> float:
    """How much to enlarge a page so that small print is large enough to be read well.

    Tesseract wants letters of twenty pixels; screenshots and low resolutions have ten.
    """
    ink = _strokes(_grey(page))
    _, _, stats, _ = cv2.connectedComponentsWithStats(ink)
    heights, widths = stats[1:, cv2.CC_STAT_HEIGHT], stats[1:, cv2.CC_STAT_WIDTH]
    letters = heights[(heights >= 4) & (heights < 100) & (widths < 5 * heights)]
    if letters.size < _FEWEST_LETTERS:
        return 1.0
    height = float(np.median(letters))
    if height >= _SMALL_LETTERS:
        return 1.0
    room = math.sqrt(_MOST_PIXELS / ink.size)
    return max(1.0, min(_GOOD_LETTERS / height, _MOST_ENLARGEMENT, room))


def _ink(page: Pixels) -> Pixels:
    """A small picture of the page, ink bright on black, whatever the lighting."""
    grey = _grey(page)
    scale = min(1.0, _SKEW_SIDE / max(grey.shape))
    size = (max(1, round(grey.shape[1] * scale)), max(1, round(grey.shape[0] * scale)))
    return _strokes(np.asarray(cv2.resize(grey, size, interpolation=cv2.INTER_AREA), np.uint8))


def _strokes(grey: Pixels) -> Pixels:
    # The background is what a wide median leaves; the difference keeps thin strokes of
    # either polarity.
    difference = cv2.absdiff(grey, cv2.medianBlur(grey, 21))
    _, ink = cv2.threshold(difference, 0, 255, cv2.THRESH_BINARY + cv2.THRESH_OTSU)
    return np.asarray(ink, dtype=np.uint8)


def _grey(page: Pixels) -> Pixels:
    if page.ndim == 2:
        return page
    return np.asarray(cv2.cvtColor(page, cv2.COLOR_BGR2GRAY), dtype=np.uint8)


def _sharpness(ink: Pixels, angle: float) -> float:
    height, width = ink.shape
    matrix = cv2.getRotationMatrix2D((width / 2, height / 2), angle, 1.0)
    straight = cv2.warpAffine(ink, matrix, (width, height), flags=cv2.INTER_NEAREST)
    rows = cv2.reduce(straight, 1, cv2.REDUCE_SUM, dtype=cv2.CV_32F).ravel()
    return float(np.square(np.diff(rows)).sum())


def _turning(rotation: int, width: int, height: int) -> Matrix:
    """From pixels of the page to pixels of the page turned clockwise."""
    rows = {
        90: [(0, -1, height), (1, 0, 0)],
        180: [(-1, 0, width), (0, -1, height)],
        270: [(0, 1, 0), (-1, 0, width)],
    }.get(rotation % 360, [(1, 0, 0), (0, 1, 0)])
    return np.array([*rows, (0, 0, 1)], dtype=np.float64)


def _straightening(
    skew: float, width: int, height: int, scale: float
) -> tuple[Matrix, tuple[int, int]]:
    """From pixels of the turned page to the straight one, and the size that holds all of it."""
    # OpenCV's positive angles turn counter-clockwise, which undoes a clockwise skew.
    matrix = np.vstack([cv2.getRotationMatrix2D((0, 0), skew, scale), (0, 0, 1)])
    corners = np.array([(0, 0, 1), (width, 0, 1), (width, height, 1), (0, height, 1)]) @ matrix.T
    low, high = corners.min(axis=0), corners.max(axis=0)
    matrix[0, 2] -= low[0]
    matrix[1, 2] -= low[1]
    size = (max(1, round(high[0] - low[0])), max(1, round(high[1] - low[1])))
    return np.asarray(matrix, dtype=np.float64), size


def _inverse(matrix: Matrix) -> Matrix:
    return np.asarray(np.linalg.inv(matrix)[:2], dtype=np.float64)
