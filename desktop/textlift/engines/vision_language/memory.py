"""The memory of the device a model runs on: what is free, the peak of a page, running out."""

from __future__ import annotations

import torch

_HOST_WORDS = ("can't allocate memory", "not enough memory", "out of memory")


def is_out_of_memory(error: BaseException) -> bool:
    """Whether an error says that memory ran out: on a CUDA card, on Apple's, or in the system.

    Torch has a class of its own for CUDA and MPS only; the CPU allocator raises RuntimeError.
    """
    if isinstance(error, torch.OutOfMemoryError | MemoryError):
        return True
    return isinstance(error, RuntimeError) and any(word in str(error) for word in _HOST_WORDS)
