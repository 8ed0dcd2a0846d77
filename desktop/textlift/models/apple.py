"""The GPU of an Apple computer: it has no memory of its own and uses the system's."""

from __future__ import annotations

import functools
import platform
import subprocess


@functools.cache
def apple_gpu() -> str:
    """Its name, such as “Apple M3 Pro”; empty where there is none that models run on."""
    if platform.system() != "Darwin" or platform.machine() != "arm64":
        return ""
    try:
        answer = subprocess.run(
            ["/usr/sbin/sysctl", "-n", "machdep.cpu.brand_string"],
            capture_output=True, text=True, timeout=5, check=True,
        )  # fmt: skip
    except (OSError, subprocess.SubprocessError):
        return "Apple GPU"
    return answer.stdout.strip() or "Apple GPU"
