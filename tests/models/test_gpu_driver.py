"""A driver is found by what it leaves in the file system."""

from __future__ import annotations

from pathlib import Path

import pytest

from textlift.models.gpu_driver import gpu_driver_loaded


@pytest.mark.parametrize(
    ("platform", "name"),
    [
        ("linux", "dev/nvidiactl"),
        ("linux", "dev/kfd"),
        ("linux", "dev/dxg"),
        ("win32", "System32/nvcuda.dll"),
    ],
)
def test_a_driver_is_found(tmp_path: Path, platform: str, name: str) -> None:
    assert not gpu_driver_loaded(tmp_path, platform=platform)
    (tmp_path / name).parent.mkdir()
    (tmp_path / name).touch()
    assert gpu_driver_loaded(tmp_path, platform=platform)
    assert not gpu_driver_loaded(tmp_path, platform="darwin")
