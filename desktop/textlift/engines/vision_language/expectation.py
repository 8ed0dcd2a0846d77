"""How long a page will take on a CPU, said before it starts, learnt from the pages before."""

from __future__ import annotations

import time
from collections.abc import Callable

import torch

from textlift.engines.vision_language.family import Placement

_TOKENS_OF_A_PAGE = 800
"""Of an ordinary page of text; a page in small print has three times as many."""

_PATCH_PIXELS = 14 * 14
_PATCHES_OF_A_TOKEN = 4
"""As in dots.ocr and Qwen-VL; others are near enough for a first guess."""

_MATRIX = 1024
_ROUNDS = 3
_MINUTE = 60.0


class Expectation:
    """Seconds a page takes: the work counted, the machine measured, then corrected by the last.

    A multiplication of matrices stands for reading the image, where each weight is used many
    times; one of a matrix by a vector for writing, where each weight is fetched for each token.
    """

    def __init__(self, model: torch.nn.Module, placement: Placement) -> None:
        """Measures the machine, which takes about a tenth of a second."""
        sizes = {name: weight.numel() for name, weight in model.named_parameters()}
        self._vision = sum(size for name, size in sizes.items() if "vis" in name)
        self._text = sum(sizes.values()) - self._vision
        self._dtype = placement.dtype
        self._flops = _matrix_flops(placement.dtype)
        self._bandwidth = _vector_bandwidth(placement.dtype)
        self._correction = 1.0

    def seconds(self, *, pixels: int) -> float:
        """For a page of so many pixels."""
        patches = pixels / _PATCH_PIXELS
        work = 2 * self._vision * patches + 2 * self._text * patches / _PATCHES_OF_A_TOKEN
        fetched = self._text * self._dtype.itemsize * _TOKENS_OF_A_PAGE
        return self._correction * (work / self._flops + fetched / self._bandwidth)

    def learn(self, *, expected: float, taken: float) -> None:
        """Takes in how long a page really took."""
        if expected > 0:
            self._correction *= min(max(taken / expected, 0.1), 10.0)


def duration_words(seconds: float) -> str:
    """A duration for the status bar, such as "About 6 min on this CPU"."""
    if seconds < _MINUTE:
        return f"About {max(round(seconds / 10) * 10, 10)} s on this CPU"
    return f"About {round(seconds / _MINUTE)} min on this CPU"


def _matrix_flops(dtype: torch.dtype) -> float:
    """Floating-point operations a second in a product of matrices."""
    matrix = torch.ones(_MATRIX, _MATRIX, dtype=dtype)
    return 2 * _MATRIX**3 / _best_time(lambda: matrix @ matrix)


def _vector_bandwidth(dtype: torch.dtype) -> float:
    """Bytes of weights a second in a product of a matrix by a vector."""
    matrix = torch.ones(4 * _MATRIX, 4 * _MATRIX, dtype=dtype)
    vector = torch.ones(4 * _MATRIX, dtype=dtype)
    return matrix.nbytes / _best_time(lambda: matrix @ vector)


def _best_time(work: Callable[[], object]) -> float:
    times = []
    for _ in range(_ROUNDS):
        begun = time.perf_counter()
        work()
        times.append(time.perf_counter() - begun)
    return max(min(times), 1e-9)
