"""Weights of PP-OCR's kind, loaded into ONNX Runtime without any download."""

from __future__ import annotations

import importlib.util
import logging
import os
from pathlib import Path
from typing import Protocol

import numpy as np
import numpy.typing as npt
import onnxruntime
from onnxruntime.capi.onnxruntime_pybind11_state import (
    Fail,
    InvalidArgument,
    InvalidGraph,
    InvalidProtobuf,
    NoSuchFile,
    NotImplemented,  # noqa: A004 - the runtime's name for an operation that it lacks
    RuntimeException,
)

from textlift.content.attempt import FailureKind
from textlift.engines.contract import EngineError, EngineOptions

DETECTOR = "PP-OCRv6_det_small.onnx"
RECOGNISER = "PP-OCRv6_rec_small.onnx"

_UNUSABLE = (
    Fail,
    InvalidArgument,
    InvalidGraph,
    InvalidProtobuf,
    NoSuchFile,
    NotImplemented,
    RuntimeException,
)
"""What the runtime raises for a file that is gone, damaged or none of its own."""

Floats = npt.NDArray[np.float32]


class Network(Protocol):
    """A loaded network: one array in, one array out."""

    def __call__(self, batch: Floats) -> Floats: ...

    def metadata(self, key: str) -> str:
        """Text stored beside the weights."""


class OnnxNetwork:
    """A network in ONNX Runtime on the CPU."""

    def __init__(self, path: Path, *, threads: int) -> None:
        settings = onnxruntime.SessionOptions()
        settings.log_severity_level = 3
        settings.intra_op_num_threads = threads
        settings.inter_op_num_threads = 1
        # Each width of line is a new shape: patterns planned for one are of no use for the next.
        settings.enable_mem_pattern = False
        # The arena would keep the largest page's memory for ever.
        settings.enable_cpu_mem_arena = False
        self._session = onnxruntime.InferenceSession(
            str(path), sess_options=settings, providers=["CPUExecutionProvider"]
        )
        self._input = self._session.get_inputs()[0].name

    def __call__(self, batch: Floats) -> Floats:
        (output,) = self._session.run(None, {self._input: batch})
        return np.asarray(output, dtype=np.float32)

    def metadata(self, key: str) -> str:
        return str(self._session.get_modelmeta().custom_metadata_map.get(key, ""))


def load_network(name: str, options: EngineOptions) -> OnnxNetwork:
    """Loads one of the bundled networks.

    Raises:
        EngineError: The installed rapidocr does not carry it.
    """
    path = _folder() / name
    if not path.is_file():
        raise EngineError(
            FailureKind.NOT_AVAILABLE,
            "The installed rapidocr does not carry the PP-OCRv6 weights; "
            "install Textlift again: pip install textlift",
            details=f"not found: {path}",
        )
    return OnnxNetwork(path, threads=_threads(options))


def load_added_network(path: Path, options: EngineOptions, *, remedy: str) -> OnnxNetwork:
    """Loads a network that the user added.

    Args:
        path: Of its file.
        options: For the number of threads.
        remedy: What to do about a file that is of no use.

    Raises:
        EngineError: It is gone or is no network.
    """
    try:
        return OnnxNetwork(path, threads=_threads(options))
    except _UNUSABLE as error:
        raise EngineError(
            FailureKind.NOT_AVAILABLE,
            f"The file {path} is gone or damaged; {remedy}",
            details=f"{type(error).__name__}: {error}",
        ) from error


def _threads(options: EngineOptions) -> int:
    return options.threads or os.cpu_count() or 1


def _folder() -> Path:
    # rapidocr logs every step to the terminal as soon as it is imported.
    logging.getLogger("RapidOCR").setLevel(logging.WARNING)
    spec = importlib.util.find_spec("rapidocr")
    if spec is None or spec.origin is None:
        raise EngineError(FailureKind.NOT_AVAILABLE, "The Python package rapidocr is missing.")
    return Path(spec.origin).parent / "models"
