"""A network in OpenVINO, for processors on which that is quicker than ONNX Runtime."""

from __future__ import annotations

import importlib.util
from collections import deque

import numpy as np

from textlift.engines.pp_ocr.weights import Floats


def openvino_is_installed() -> bool:
    """Whether the package can be had; imports nothing."""
    return importlib.util.find_spec("openvino") is not None


class OpenVinoNetwork:
    """A network in OpenVINO on the CPU. Each call runs in one thread; several go side by side."""

    def __init__(self, model: bytes, *, side_by_side: int) -> None:
        """Loads it.

        Args:
            model: A serialized ONNX ``ModelProto``.
            side_by_side: Calls from different threads that run at once.
        """
        import openvino

        core = openvino.Core()
        self._compiled = core.compile_model(
            core.read_model(model=model),
            "CPU",
            {
                "NUM_STREAMS": str(side_by_side),
                "INFERENCE_NUM_THREADS": str(side_by_side),
                # Else it takes bfloat16 where the processor has it, and reads another text.
                "INFERENCE_PRECISION_HINT": "f32",
            },
        )
        # Threads that call come and go with the pages; what a request holds is kept for the next.
        self._idle = deque([self._compiled.create_infer_request()])

    def __call__(self, batch: Floats) -> Floats:
        try:
            request = self._idle.pop()
        except IndexError:
            request = self._compiled.create_infer_request()
        request.infer({0: batch})
        # What it shows is overwritten by the next call.
        output = np.array(request.get_output_tensor(0).data, dtype=np.float32)
        self._idle.append(request)
        return output
