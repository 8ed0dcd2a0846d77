"""The network of a recogniser: what stands at each step of a line, and how sure that is."""

from __future__ import annotations

from pathlib import Path

import msgspec
import numpy as np
import numpy.typing as npt
import onnx
from google.protobuf.message import DecodeError
from onnxruntime.capi.onnxruntime_pybind11_state import (
    Fail,
    InvalidArgument,
    InvalidGraph,
    InvalidProtobuf,
    NotImplemented,  # noqa: A004 - the runtime's name for an operation that it lacks
    RuntimeException,
)

from textlift.content.attempt import FailureKind
from textlift.engines.contract import EngineError
from textlift.engines.pp_ocr.last_layer import body_and_head, certainty
from textlift.engines.pp_ocr.openvino_network import OpenVinoNetwork
from textlift.engines.pp_ocr.runtimes import Runtime, quicker_runtime
from textlift.engines.pp_ocr.weights import Floats, Network, OnnxNetwork, bundled
from textlift.engines.usable_cores import usable_cores

BLANK = 0
"""Index of "no character here" among the outputs."""

_RECOGNISER = "PP-OCRv6_rec_small.onnx"
_BLOCK = 32
"""Steps whose scores for all characters are made at once: 2.4 MB, which stay near the core."""

_UNUSABLE = (
    OSError,
    DecodeError,
    Fail,
    InvalidArgument,
    InvalidGraph,
    InvalidProtobuf,
    NotImplemented,
    RuntimeException,
)
"""What is raised for a file that is gone, damaged or none of a network."""


class Likeliest(msgspec.Struct, frozen=True):
    """What a network makes of a batch of lines.

    Attributes:
        outputs: Characters it can tell apart, the blank among them.
        best: Index of the likeliest one, shape (lines, steps).
        scores: Its probability, same shape, where it is not the blank; 0 at blanks.
    """

    outputs: int
    best: npt.NDArray[np.intp]
    scores: Floats


class LineNetwork:
    """A recogniser's network, run in two parts where its last layer can be had apart.

    That layer has an output for each character, 18,710 in PP-OCRv6, and written out as
    probabilities for all steps of a batch they are tens of megabytes of which one in 18,710
    counts. Apart, it is run a few steps at a time, and probabilities are made where a character
    stands only: the text is the same. Safe to call from several threads.

    Attributes:
        characters: As its metadata name them; empty when they do not.
    """

    def __init__(self, model: onnx.ModelProto) -> None:
        """Loads it.

        Args:
            model: From lines (lines, 3, height, width) to probabilities (lines, steps, outputs).
        """
        named = {one.key: one.value for one in model.metadata_props}
        self.characters = tuple(named.get("character", "").splitlines())
        body, head = body_and_head(model) or (model, None)
        self._body = _body(body.SerializeToString())
        self._head: Network | None = None
        if head is not None:
            self._head = OnnxNetwork(head.SerializeToString(), threads=1)
            self._certainty = OnnxNetwork(certainty().SerializeToString(), threads=1)

    def __call__(self, batch: Floats) -> Likeliest:
        """What stands on lines of shape (lines, 3, height, width), scaled to -1 to 1."""
        output = self._body(batch)
        if self._head is None:
            best = output.argmax(axis=2)
            scores = np.where(best == BLANK, np.float32(0), output.max(axis=2))
            return Likeliest(outputs=output.shape[2], best=best, scores=scores)
        return self._by_head(output, self._head)

    def _by_head(self, features: Floats, head: Network) -> Likeliest:
        lines, steps, channels = features.shape
        flat = features.reshape(1, lines * steps, channels)
        best = np.empty(lines * steps, dtype=np.intp)
        scores = np.zeros(lines * steps, dtype=np.float32)
        outputs = 0
        for start in range(0, lines * steps, _BLOCK):
            logits = head(flat[:, start : start + _BLOCK])[0]
            outputs = logits.shape[1]
            likeliest = logits.argmax(axis=1)
            best[start : start + _BLOCK] = likeliest
            written = np.flatnonzero(likeliest != BLANK)
            if len(written):
                scores[start + written] = self._certainty(logits[written])
        return Likeliest(
            outputs=outputs, best=best.reshape(lines, steps), scores=scores.reshape(lines, steps)
        )


def load_recogniser() -> LineNetwork:
    """Loads the network of the bundled recogniser.

    Raises:
        EngineError: The installed rapidocr does not carry it.
    """
    return LineNetwork(_read(bundled(_RECOGNISER)))


def load_added_recogniser(path: Path, *, remedy: str) -> LineNetwork:
    """Loads the network of a recogniser that the user added.

    Args:
        path: Of its file.
        remedy: What to do about a file that is of no use.

    Raises:
        EngineError: It is gone or is no network.
    """
    try:
        return LineNetwork(_read(path))
    except _UNUSABLE as error:
        raise EngineError(
            FailureKind.NOT_AVAILABLE,
            f"The file {path} is gone or damaged; {remedy}",
            details=f"{type(error).__name__}: {error}",
        ) from error


def _read(path: Path) -> onnx.ModelProto:
    return onnx.load(path, load_external_data=False)


def _body(model: bytes) -> Network:
    # Batches of lines go through side by side, each in a thread of its own: that keeps all cores
    # busy, where threads that share a batch wait for each other a third of the time.
    if quicker_runtime(model) is Runtime.OPENVINO:
        return OpenVinoNetwork(model, side_by_side=usable_cores())
    return OnnxNetwork(model, threads=1)
