"""What a model takes of its device travels from the engine's process to those who watch."""

from __future__ import annotations

import psutil

from textlift.models.engine_memory import EngineMemory
from textlift.recognition.events import EngineLoaded, PageProgressed

TAKEN = EngineMemory("cuda:1", weights=7_000, cache=300, rest=20, peak=8_000, free=9, total=10_000)


def test_an_engine_tells_it_when_it_is_loaded_and_with_a_page(desk):
    desk.script.engine("alpha", device="cuda:1", memory=TAKEN)
    desk.run(1, "alpha")
    (loaded,) = desk.log.all(EngineLoaded)
    assert (loaded.device, loaded.memory) == ("cuda:1", TAKEN)
    told = [event.progress.memory for event in desk.log.all(PageProgressed)]
    assert TAKEN in told


def test_an_engine_need_not_know_it(desk):
    desk.script.engine("alpha")
    desk.run(1, "alpha")
    (loaded,) = desk.log.all(EngineLoaded)
    assert loaded.memory is None


def test_engines_count_gpus_as_the_driver_does(desk, monkeypatch):
    monkeypatch.setenv("CUDA_DEVICE_ORDER", "FASTEST_FIRST")
    desk.script.engine("alpha")
    desk.run(1, "alpha")
    (pid,) = desk.pool.pids()
    assert psutil.Process(pid).environ()["CUDA_DEVICE_ORDER"] == "PCI_BUS_ID"
