"""The words of an upright image, read with given language data."""

from __future__ import annotations

import time

import cv2
import msgspec
import numpy as np

from textlift.content.attempt import FailureKind
from textlift.engines.contract import EngineError
from textlift.engines.tesseract.program import TesseractProgram, run_program
from textlift.engines.tesseract.tsv import Word, parse_tsv
from textlift.engines.tesseract.upright import Pixels
from textlift.processes.cancellation import Cancellation

WHOLE_PAGE = 3
"""Page segmentation: blocks, columns and lines found by Tesseract."""
SPARSE = 11
"""As much text as possible in no particular order."""


class Budget(msgspec.Struct, frozen=True):
    """What reading one page may use.

    Attributes:
        ends_at: On the monotonic clock.
        cancellation: Stops it at once.
    """

    ends_at: float
    cancellation: Cancellation

    @property
    def seconds_left(self) -> float:
        return max(0.1, self.ends_at - time.monotonic())


def encode_image(image: Pixels) -> bytes:
    """The image as Tesseract takes it over a pipe: PNM, which costs nothing to write and read."""
    done, encoded = cv2.imencode(".pgm" if image.ndim == 2 else ".ppm", image)
    if not done:
        raise EngineError(FailureKind.MALFORMED, "The page cannot be handed to Tesseract.")
    return np.asarray(encoded, dtype=np.uint8).tobytes()


def read_words(
    program: TesseractProgram, image: bytes, data: tuple[str, ...], *, budget: Budget
) -> list[Word]:
    """The words of an upright image, in reading order.

    A page on which no layout is found (photographs, scattered labels) is read again as sparse
    text.

    Raises:
        EngineError: CANCELLED, TIMED_OUT, CRASHED, NOT_AVAILABLE or MALFORMED.
    """
    for segmentation in (WHOLE_PAGE, SPARSE):
        output = run_program(
            program,
            ["--psm", str(segmentation), "-l", "+".join(data), "tsv"],
            image=image,
            deadline=budget.seconds_left,
            cancellation=budget.cancellation,
        )
        try:
            words = parse_tsv(output)
        except ValueError as error:
            raise EngineError(
                FailureKind.MALFORMED,
                "Tesseract gave a result that cannot be understood.",
                details=str(error),
            ) from error
        if words:
            return words
    return []
