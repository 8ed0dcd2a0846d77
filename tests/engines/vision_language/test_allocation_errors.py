"""The words of torch's allocators, as their versions have them."""

from __future__ import annotations

import pytest

from textlift.engines.vision_language.allocation_errors import lacking_bytes

NEW_CUDA = (
    "CUDA out of memory. Tried to allocate 2.00 GiB. GPU 0 has a total capacity of 23.69 GiB of "
    "which 1.50 GiB is free. Including non-PyTorch memory, this process has 22.18 GiB memory in "
    "use. Of the allocated memory 20.11 GiB is allocated by PyTorch, and 1.20 GiB is reserved by "
    "PyTorch but unallocated."
)
OLD_CUDA = (
    "CUDA out of memory. Tried to allocate 20.00 MiB (GPU 0; 7.79 GiB total capacity; 5.20 GiB "
    "already allocated; 14.00 MiB free; 5.30 GiB reserved in total by PyTorch)"
)
FRAGMENTED = (
    "CUDA out of memory. Tried to allocate 1.00 GiB. GPU 1 has a total capacity of 79.10 GiB of "
    "which 3.00 GiB is free."
)
METAL = (
    "MPS backend out of memory (MPS allocated: 5.00 GB, other allocations: 1.50 GB, max allowed: "
    "6.75 GB). Tried to allocate 1.25 GB on private pool."
)
CPU = (
    "[enforce fail at alloc_cpu.cpp:121] err == 0. DefaultCPUAllocator: can't allocate memory: "
    "you tried to allocate 3000000000 bytes. Error code 12 (Cannot allocate memory)"
)


@pytest.mark.parametrize(
    ("message", "free", "lacking"),
    [
        (NEW_CUDA, 0, 512 << 20),
        (OLD_CUDA, 0, 6 << 20),
        (FRAGMENTED, 0, 0),
        (METAL, 0, 1 << 30),
        (CPU, 0, 0),
        (CPU, 1_000_000_000, 2_000_000_000),
        (CPU, 9_000_000_000, 0),
        ("CUDA error: CUBLAS_STATUS_ALLOC_FAILED when calling `cublasCreate`", 5, 0),
        ("CUDA out of memory. Tried to allocate 2.00 GiB.", 0, 0),
        ("", 0, 0),
    ],
)
def test_what_is_missing(message: str, free: int, lacking: int) -> None:
    assert lacking_bytes(message, free=free) == lacking
