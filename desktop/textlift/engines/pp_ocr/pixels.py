"""Page images as arrays: opening, turning, padding and cutting lines out."""

from __future__ import annotations

import cv2
import numpy as np
import numpy.typing as npt

from textlift.content.geometry import Point, Quad
from textlift.engines.page_pixels import load_page_pixels

Pixels = npt.NDArray[np.uint8]
"""Height x width x 3, 8 bits a channel."""


def load_pixels(path: str) -> Pixels:
    """The page at ``path`` in the channel order of the networks (blue, green, red).

    Raises:
        EngineError: The file is gone or is not an image.
    """
    return load_page_pixels(path, colour=True)


def turned(image: Pixels, rotation: int) -> Pixels:
    """The image turned clockwise by 0, 90, 180 or 270 degrees."""
    return np.ascontiguousarray(np.rot90(image, k=-(rotation // 90)))


def padded(image: Pixels, *, width: int, height: int) -> Pixels:
    """The image with its border colour added right and below, to at least this size."""
    right = max(0, width - image.shape[1])
    below = max(0, height - image.shape[0])
    if not right and not below:
        return image
    return np.asarray(
        cv2.copyMakeBorder(image, 0, below, 0, right, cv2.BORDER_REPLICATE), dtype=np.uint8
    )


def cut_out(image: Pixels, quad: Quad, *, max_height: int) -> Pixels:
    """The text inside ``quad``, straightened, no higher than ``max_height`` pixels."""
    corners = np.asarray(quad, dtype=np.float32)
    width = max(_distance(quad[0], quad[1]), _distance(quad[3], quad[2]))
    height = max(_distance(quad[0], quad[3]), _distance(quad[1], quad[2]))
    shrink = min(1.0, max_height / max(height, 1.0))
    columns, rows = max(1, round(width * shrink)), max(1, round(height * shrink))
    # Only the neighbourhood is looked at: OpenCV refuses to warp out of an image with a side
    # of more than 32,767 pixels.
    left, top = np.maximum(np.floor(corners.min(axis=0)).astype(int) - 2, 0)
    right, bottom = np.ceil(corners.max(axis=0)).astype(int) + 3
    part = image[top:bottom, left:right]
    target = np.asarray([(0, 0), (columns, 0), (columns, rows), (0, rows)], dtype=np.float32)
    origin = np.asarray([left, top], dtype=np.float32)
    matrix = cv2.getPerspectiveTransform(corners - origin, target)
    return np.asarray(
        cv2.warpPerspective(
            part, matrix, (columns, rows), borderMode=cv2.BORDER_REPLICATE, flags=cv2.INTER_CUBIC
        ),
        dtype=np.uint8,
    )


def _distance(a: Point, b: Point) -> float:
    return float(np.hypot(a[0] - b[0], a[1] - b[1]))
