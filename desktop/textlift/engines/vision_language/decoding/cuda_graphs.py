"""Records work on a CUDA device as a graph of kernels."""

# Torch's functions for CUDA are not all typed.
# mypy: disable-error-code="no-untyped-call"

from __future__ import annotations

from collections.abc import Callable

import torch

from textlift.engines.vision_language.decoding.recorded_steps import Play

_TIMED = 20
"""Plays that a record is timed with."""

_WARM_UPS = 2
"""Runs before the record: libraries choose kernels and take workspaces in the first."""


class CudaGraphs:
    """Records on one device; what its records need in between they share."""

    def __init__(self, device: torch.device) -> None:
        self._stream = torch.cuda.Stream(device)
        self._pool = torch.cuda.graph_pool_handle()
        self._device = device

    def record(self, work: Play, *, before: Callable[[], None]) -> Play:
        """Records; see ``Recorder``."""
        with torch.cuda.device(self._device):
            self._stream.wait_stream(torch.cuda.current_stream())
            with torch.cuda.stream(self._stream):
                for _ in range(_WARM_UPS):
                    before()
                    work()
            torch.cuda.current_stream().wait_stream(self._stream)
            graph = torch.cuda.CUDAGraph()
            usual = torch.cuda.current_stream()
            try:
                # Other threads may ask for memory of the device meanwhile.
                with torch.cuda.graph(
                    graph,
                    pool=self._pool,
                    stream=self._stream,
                    capture_error_mode="thread_local",
                ):
                    result = work()
            finally:
                # Torch stays on the other stream when the record fails at its end.
                torch.cuda.set_stream(usual)

        def play() -> torch.Tensor:
            graph.replay()
            return result

        return play

    def seconds(self, play: Play) -> float:
        """Times a record; see ``Recorder``."""
        with torch.cuda.device(self._device):
            begin, end = (torch.cuda.Event(enable_timing=True) for _ in range(2))
            play()
            begin.record()
            for _ in range(_TIMED):
                play()
            end.record()
            end.synchronize()
            return float(begin.elapsed_time(end)) / 1000 / _TIMED
