"""The rendered page as an array, for engines."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt

from textlift.content.attempt import FailureKind
from textlift.engines.contract import EngineError


def load_page_pixels(path: str, *, colour: bool) -> npt.NDArray[np.uint8]:
    """The page at ``path``.

    Args:
        path: Of the rendered page.
        colour: Always height x width x 3 (blue, green, red); else height x width where the
            page is stored in grey.

    Raises:
        EngineError: The file is gone or is not an image.
    """
    try:
        encoded = np.frombuffer(Path(path).read_bytes(), np.uint8)
    except OSError as error:
        raise EngineError(
            FailureKind.DOCUMENT,
            "The rendered page is gone; read the page again.",
            details=str(error),
        ) from error
    flags = cv2.IMREAD_COLOR if colour else cv2.IMREAD_ANYCOLOR
    image = cv2.imdecode(encoded, flags) if encoded.size else None
    if image is None:
        raise EngineError(
            FailureKind.DOCUMENT, "The rendered page is damaged; read the page again.", details=path
        )
    return np.asarray(image, dtype=np.uint8)
