"""What lines say: a recogniser of PP-OCR's on lines cut out of the page."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import cv2
import msgspec
import numpy as np
import numpy.typing as npt

from textlift.content.attempt import FailureKind
from textlift.engines.contract import EngineError
from textlift.engines.pp_ocr.alphabet import read_alphabet
from textlift.engines.pp_ocr.line_network import BLANK, LineNetwork
from textlift.engines.pp_ocr.lookalikes import with_words_of_one_script
from textlift.engines.pp_ocr.pixels import Pixels
from textlift.engines.pp_ocr.reading_direction import logical_order
from textlift.engines.pp_ocr.weights import Floats

LINE_HEIGHT = 48
"""Pixels; what the recogniser was trained on."""
LONGEST = 40.0
"""Width over height of the longest line read in one piece; longer ones are split first."""
_SHORTEST_WIDTH = 320
_BATCH_WIDTH = 4800
_LARGEST_BATCH = 8


class ReadText(msgspec.Struct, frozen=True):
    """What one cut-out line says.

    Attributes:
        text: As the network put it; may be empty.
        score: Mean probability of the characters, 0 to 1; 0 when there are none.
    """

    text: str
    score: float


class Recogniser:
    """Reads lines. Safe to use from several threads.

    Attributes:
        name: Of the alphabet that was added; empty for the one that comes with Textlift.
        alphabet: The character of each output.
    """

    def __init__(
        self,
        network: LineNetwork,
        *,
        name: str = "",
        right_to_left: bool = False,
        remedy: str = "install Textlift again: pip install textlift",
    ) -> None:
        """Takes a loaded network.

        Args:
            network: Of PP-OCR's kind.
            name: As the attribute.
            right_to_left: Its own letters run from right to left.
            remedy: What to do about weights that are of no use.

        Raises:
            EngineError: It does not name its characters.
        """
        self.name = name
        self.alphabet = read_alphabet(network, remedy=remedy)
        self._network = network
        self._right_to_left = right_to_left
        self._remedy = remedy

    def read(self, line: Pixels) -> ReadText:
        """Reads a line that was cut out.

        By itself: in a batch, lines are padded to the longest, which costs as much as text and
        changes what some of them say.

        Raises:
            EngineError: The network has more or fewer outputs than characters.
        """
        scaled = _scaled(line)
        width = max(_SHORTEST_WIDTH, scaled.shape[1])
        batch = np.zeros((1, 3, LINE_HEIGHT, width), dtype=np.float32)
        batch[0, :, :, : scaled.shape[1]] = _normalised(scaled)
        found = self._network(batch)
        if found.outputs != len(self.alphabet):
            raise EngineError(
                FailureKind.NOT_AVAILABLE,
                f"The weights do not fit the characters that they name; {self._remedy}",
                details=f"{found.outputs} outputs, {len(self.alphabet)} characters",
            )
        return self._decode(found.best[0], found.scores[0])

    def _decode(self, best: npt.NDArray[np.intp], scores: Floats) -> ReadText:
        """Greedy CTC: the likeliest output of each step, repeats and blanks dropped."""
        fresh = np.ones(len(best), dtype=bool)
        fresh[1:] = best[1:] != best[:-1]
        places = np.flatnonzero(fresh & (best != BLANK))
        if not len(places):
            return ReadText(text="", score=0.0)
        text = "".join(self.alphabet[index] for index in best[places])
        if self.name:
            text = with_words_of_one_script(text)
        return ReadText(
            text=logical_order(text) if self._right_to_left else text,
            score=float(scores[places].mean()),
        )


def batches(aspects: Sequence[float]) -> Iterator[list[int]]:
    """Indices of lines that are read in one go on a core: few, and not much text, short ones first.

    Args:
        aspects: Width over height of each line.
    """
    batch: list[int] = []
    for index in sorted(range(len(aspects)), key=lambda index: aspects[index]):
        width = max(_SHORTEST_WIDTH, aspects[index] * LINE_HEIGHT)
        if batch and (len(batch) >= _LARGEST_BATCH or (len(batch) + 1) * width > _BATCH_WIDTH):
            yield batch
            batch = []
        batch.append(index)
    if batch:
        yield batch


def _scaled(line: Pixels) -> Pixels:
    height, width = line.shape[:2]
    columns = max(8, round(LINE_HEIGHT * min(width / height, LONGEST * 1.5)))
    return np.asarray(cv2.resize(line, (columns, LINE_HEIGHT)), dtype=np.uint8)


def _normalised(image: Pixels) -> Floats:
    planes = image.transpose(2, 0, 1).astype(np.float32)
    planes *= np.float32(2 / 255)
    planes -= np.float32(1)
    return planes
