"""Whether a GPU's driver is loaded, seen from outside: to ask it could take a second."""

from __future__ import annotations

import os
import sys
from pathlib import Path

_FILES = {
    # Of NVIDIA, of AMD's compute driver, and of Windows' GPUs under WSL.
    "linux": ("dev/nvidiactl", "dev/kfd", "dev/dxg"),
    "win32": ("System32/nvcuda.dll", "System32/amdhip64.dll"),
}


def gpu_driver_loaded(root: Path | None = None, *, platform: str = sys.platform) -> bool:
    """Whether there may be a GPU that CUDA or ROCm drives. Whoever finds one may yet not use it.

    Args:
        root: Of the file system; on Windows its own folder.
        platform: As ``sys.platform``.
    """
    if root is None:
        root = Path(os.environ.get("SYSTEMROOT", "C:/Windows") if platform == "win32" else "/")
    return any((root / name).exists() for name in _FILES.get(platform, ()))
