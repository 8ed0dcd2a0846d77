"""Weights of PP-OCR's kind, loaded into ONNX Runtime without any download."""

from __future__ import annotations

import importlib.util
import logging
from pathlib import Path
from typing import Protocol

import numpy as np
import numpy.typing as npt
import onnxruntime

from textlift.content.attempt import FailureKind
from textlift.engines.contract import EngineError

Floats = npt.NDArray[np.float32]


class Network(Protocol):
    """A loaded network: one array in, one array out. Safe to call from several threads."""

    def __call__(self, batch: Floats) -> Floats: ...


class OnnxNetwork:
    """A network in ONNX Runtime on the CPU."""

    def __init__(self, model: bytes, *, threads: int) -> None:
        """Loads it.

        Args:
            model: A serialized ``ModelProto``.
            threads: That work on one call.
        """
        settings = onnxruntime.SessionOptions()
        settings.log_severity_level = 3
        settings.intra_op_num_threads = threads
        settings.inter_op_num_threads = 1
        # Each width of line is a new shape: patterns planned for one are of no use for the next.
        settings.enable_mem_pattern = False
        # An arena keeps what the largest call took, half a gigabyte for a page. Without it each
        # call asks the system anew, which takes longer and, in pieces, more than twice as much.
        settings.enable_cpu_mem_arena = True
        # A thread that waits for work by looking for it takes the core of another page.
        settings.add_session_config_entry("session.intra_op.allow_spinning", "0")
        self._session = onnxruntime.InferenceSession(
            model, sess_options=settings, providers=["CPUExecutionProvider"]
        )
        self._input = self._session.get_inputs()[0].name

    def __call__(self, batch: Floats) -> Floats:
        (output,) = self._session.run(None, {self._input: batch})
        return np.asarray(output, dtype=np.float32)


def bundled(name: str) -> Path:
    """The file of the weights that come with Textlift.

    Raises:
        EngineError: The installed rapidocr does not carry them.
    """
    path = _folder() / name
    if path.is_file():
        return path
    raise EngineError(
        FailureKind.NOT_AVAILABLE,
        "The installed rapidocr does not carry the PP-OCRv6 weights; "
        "install Textlift again: pip install textlift",
        details=f"not found: {path}",
    )


def _folder() -> Path:
    # rapidocr logs every step to the terminal as soon as it is imported.
    logging.getLogger("RapidOCR").setLevel(logging.WARNING)
    spec = importlib.util.find_spec("rapidocr")
    if spec is None or spec.origin is None:
        raise EngineError(FailureKind.NOT_AVAILABLE, "The Python package rapidocr is missing.")
    return Path(spec.origin).parent / "models"
