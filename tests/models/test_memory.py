"""Memory is told right without a GPU, with GPUs, and when one is lost."""

from __future__ import annotations

import os
import subprocess
import sys
from types import SimpleNamespace

import psutil
import pynvml
import pytest

from textlift.models import devices, memory


class ScriptedNvml:
    """Stands for the driver: two cards, our process on the first, a stranger on both."""

    def __init__(self, monkeypatch, *, lost: set[int] = frozenset()):
        self.lost = lost
        monkeypatch.setattr(pynvml, "nvmlInit", lambda: None)
        monkeypatch.setattr(pynvml, "nvmlDeviceGetCount", lambda: 2)
        monkeypatch.setattr(pynvml, "nvmlDeviceGetHandleByIndex", self.handle)
        monkeypatch.setattr(pynvml, "nvmlDeviceGetName", lambda index: f"Card {index}")
        monkeypatch.setattr(
            pynvml,
            "nvmlDeviceGetMemoryInfo",
            lambda index: SimpleNamespace(total=24_000, used=9_000 + index),
        )
        ours = SimpleNamespace(pid=os.getpid(), usedGpuMemory=7_000)
        stranger = SimpleNamespace(pid=1, usedGpuMemory=2_000)
        hidden = SimpleNamespace(pid=2, usedGpuMemory=None)
        monkeypatch.setattr(
            pynvml,
            "nvmlDeviceGetComputeRunningProcesses",
            lambda index: [ours, stranger] if index == 0 else [stranger, hidden],
        )
        # One process can be listed as both; it is counted once.
        monkeypatch.setattr(
            pynvml, "nvmlDeviceGetGraphicsRunningProcesses", lambda index: [ours] * (index == 0)
        )

    def handle(self, index: int) -> int:
        if index in self.lost:
            raise pynvml.NVMLError(pynvml.NVML_ERROR_GPU_IS_LOST)
        return index


@pytest.fixture(autouse=True)
def fresh_nvml():
    memory.nvml_problem.cache_clear()
    yield
    memory.nvml_problem.cache_clear()


def without_driver(monkeypatch) -> None:
    def fail() -> None:
        raise pynvml.NVMLError(pynvml.NVML_ERROR_LIBRARY_NOT_FOUND)

    monkeypatch.setattr(pynvml, "nvmlInit", fail)


def test_without_a_driver_only_ram_is_told(monkeypatch):
    without_driver(monkeypatch)
    sample = memory.sample_memory([])
    assert sample.gpus == ()
    assert sample.ram_total == psutil.virtual_memory().total
    assert 0 < sample.ram_ours < sample.ram_used < sample.ram_total


def test_children_count_as_ours_until_they_end(monkeypatch):
    without_driver(monkeypatch)
    script = "hoard = b'x' * 200_000_000; print('full', flush=True); input()"
    with subprocess.Popen(
        [sys.executable, "-c", script], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as child:
        child.stdout.readline()
        alone = memory.sample_memory([]).ram_ours
        assert memory.sample_memory([child.pid]).ram_ours - alone > 190_000_000
        child.kill()
    assert memory.sample_memory([child.pid]).ram_ours < alone + 50_000_000


def test_each_card_tells_ours_others_and_free(monkeypatch):
    ScriptedNvml(monkeypatch)
    first, second = memory.sample_memory([]).gpus
    assert (first.name, first.ours, first.others, first.free) == ("Card 0", 7_000, 2_000, 15_000)
    assert (second.name, second.ours, second.others) == ("Card 1", 0, 9_001)


def test_a_lost_card_leaves_the_other_on_display(monkeypatch):
    ScriptedNvml(monkeypatch, lost={0})
    assert [gpu.index for gpu in memory.sample_memory([]).gpus] == [1]


def test_devices_name_the_cpu_and_each_card(monkeypatch):
    ScriptedNvml(monkeypatch)
    assert [device.name for device in devices.find_devices()] == ["cpu", "cuda:0", "cuda:1"]
    assert "knows 2 GPUs" in devices.gpu_report()


def test_the_report_says_why_there_is_no_gpu(monkeypatch):
    without_driver(monkeypatch)
    assert [device.name for device in devices.find_devices()] == ["cpu"]
    assert "NVML Shared Library Not Found" in devices.gpu_report()
