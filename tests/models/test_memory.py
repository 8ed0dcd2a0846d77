"""Memory is told right without a GPU, with GPUs, and when one is lost."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pynvml
import pytest

from doubles.scripted_nvml import (
    CUDA_13,
    GB,
    ScriptedGpu,
    ScriptedNvml,
    install_torch,
    without_nvml,
)
from textlift.models import own_processes
from textlift.models.memory import MemoryProbe, gpu_states, sample_memory
from textlift.processes import descendants


class Clock:
    def __init__(self):
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture(autouse=True)
def torch_for_cuda(monkeypatch):
    monkeypatch.delenv("CUDA_VISIBLE_DEVICES", raising=False)
    install_torch(monkeypatch, CUDA_13)


def test_without_a_driver_only_ram_is_told(monkeypatch):
    without_nvml(monkeypatch)
    sample = sample_memory([])
    assert sample.gpus == ()
    assert 0 < sample.ram_ours < sample.ram_used < sample.ram_total <= psutil.virtual_memory().total
    assert sample.ram_free == sample.ram_total - sample.ram_used


def test_children_count_as_ours_until_they_end(monkeypatch):
    without_nvml(monkeypatch)
    script = "hoard = b'x' * 200_000_000; print('full', flush=True); input()"
    alone = sample_memory([]).ram_ours
    with subprocess.Popen(
        [sys.executable, "-c", script], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as child:
        child.stdout.readline()
        assert sample_memory([child.pid]).ram_ours - alone > 190_000_000
        child.kill()
    assert sample_memory([child.pid]).ram_ours < alone + 50_000_000


def test_what_a_child_starts_is_ours_too(monkeypatch):
    gpu = ScriptedGpu(used=5 * GB)
    ScriptedNvml(gpu).install(monkeypatch)
    script = (
        "import subprocess, sys\n"
        "child = subprocess.Popen([sys.executable, '-c', 'input()'], stdin=subprocess.PIPE)\n"
        "print(child.pid, flush=True)\n"
        "input()\n"
    )
    with subprocess.Popen(
        [sys.executable, "-c", script], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as child:
        grandchild = int(child.stdout.readline())
        gpu.processes = {grandchild: 3 * GB, 1: GB}
        (seen,) = sample_memory([child.pid]).gpus
        psutil.Process(grandchild).kill()
        child.kill()
    assert (seen.ours, seen.others) == (3 * GB, 2 * GB)


def test_where_the_kernel_lists_no_children_all_processes_are_searched(monkeypatch):
    without_nvml(monkeypatch)
    monkeypatch.setattr(descendants, "_told_by_kernel", lambda pid: None)
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as child:
        assert child.pid in own_processes.OwnProcesses().pids([])
        child.kill()
    assert own_processes.OwnProcesses().pids([]) == {os.getpid()}


def test_one_card_tells_ours_others_and_free(monkeypatch):
    gpu = ScriptedGpu(total=24 * GB, used=9 * GB, processes={os.getpid(): 7 * GB, 1: GB})
    # One process can be listed as both; it is counted once.
    gpu.draws = {os.getpid()}
    ScriptedNvml(gpu).install(monkeypatch)
    (seen,) = sample_memory([]).gpus
    assert (seen.ours, seen.others, seen.free) == (7 * GB, 2 * GB, 15 * GB)
    assert (seen.name, seen.device, seen.index) == (gpu.name, "cuda:0", 0)
    assert (seen.temperature, seen.load, seen.ours_told) == (45, 0.1, True)


def test_two_cards_are_told_apart(monkeypatch):
    first = ScriptedGpu(name="Same", processes={os.getpid(): GB // 2})
    second = ScriptedGpu(name="Same", used=3 * GB, processes={1: 3 * GB})
    ScriptedNvml(first, second).install(monkeypatch)
    seen = sample_memory([]).gpus
    assert [(gpu.ours, gpu.others) for gpu in seen] == [(GB // 2, GB // 2), (0, 3 * GB)]
    assert [gpu.device for gpu in seen] == ["cuda:0", "cuda:1"]
    assert seen[0].key != seen[1].key


def test_a_card_without_sensors_is_shown_without(monkeypatch):
    ScriptedNvml(ScriptedGpu(temperature=None, load=None, capability=None)).install(monkeypatch)
    (seen,) = sample_memory([]).gpus
    assert (seen.temperature, seen.load) == (None, None)
    assert seen.total == 8 * GB


def test_a_driver_that_does_not_tell_of_processes_says_so(monkeypatch):
    gpu = ScriptedGpu(processes={os.getpid(): None, 1: None})
    ScriptedNvml(gpu).install(monkeypatch)
    (seen,) = sample_memory([]).gpus
    assert (seen.ours, seen.ours_told) == (0, False)
    gpu.processes = {1: None}
    (seen,) = sample_memory([]).gpus
    assert seen.ours_told, "nothing of ours is on the card"


def test_a_driver_that_lists_no_processes_says_so(monkeypatch):
    ScriptedNvml(ScriptedGpu(used=3 * GB, processes=None)).install(monkeypatch)
    (seen,) = sample_memory([]).gpus
    assert (seen.used, seen.ours, seen.ours_told) == (3 * GB, 0, False)


def test_in_a_container_the_driver_may_tell_of_other_numbers(monkeypatch):
    gpu = ScriptedGpu(used=3 * GB, processes={123_456: 2 * GB})
    ScriptedNvml(gpu).install(monkeypatch)
    monkeypatch.setattr(own_processes, "numbered_apart", lambda: True)
    (seen,) = sample_memory([]).gpus
    assert (seen.ours, seen.ours_told) == (0, False)
    gpu.processes = {os.getpid(): 2 * GB}
    (seen,) = sample_memory([]).gpus
    assert (seen.ours, seen.ours_told) == (2 * GB, True)


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux has namespaces")
def test_numbers_of_processes_are_those_of_the_machine_outside_of_containers(monkeypatch):
    for link, apart in (("pid:[4026531836]", False), ("pid:[4026532211]", True)):
        monkeypatch.setattr(Path, "readlink", lambda path, link=link: Path(link))
        own_processes.numbered_apart.cache_clear()
        assert own_processes.numbered_apart() is apart
    own_processes.numbered_apart.cache_clear()


def test_a_card_that_this_account_may_not_open_hides_no_other(monkeypatch):
    ScriptedNvml(ScriptedGpu(forbidden=True), ScriptedGpu(name="Other")).install(monkeypatch)
    assert [gpu.name for gpu in sample_memory([]).gpus] == ["Other"]


def test_a_lost_card_stays_in_the_list_and_comes_back(monkeypatch):
    first = ScriptedGpu(name="First", processes={os.getpid(): GB})
    nvml = ScriptedNvml(first, ScriptedGpu(name="Second")).install(monkeypatch)
    clock = Clock()
    probe = MemoryProbe(clock=clock)
    assert not any(gpu.lost for gpu in probe.sample([]).gpus)
    first.lost = True
    clock.now += 0.5
    lost, other = probe.sample([]).gpus
    assert (lost.name, lost.total, lost.lost, lost.device) == ("First", 8 * GB, True, "")
    assert (lost.used, lost.ours, lost.temperature, lost.load) == (0, 0, None, None)
    assert (other.name, other.lost, other.device) == ("Second", False, "cuda:1")
    first.lost = False
    clock.now += 0.5
    back, other = probe.sample([]).gpus
    assert (back.name, back.lost, back.ours, back.device) == ("First", False, GB, "cuda:0")
    assert nvml.starts == 1


def test_a_card_that_was_reset_is_found_again_by_a_new_start(monkeypatch):
    first = ScriptedGpu(name="First")
    nvml = ScriptedNvml(first, ScriptedGpu(name="Second")).install(monkeypatch)
    clock = Clock()
    probe = MemoryProbe(clock=clock)
    probe.sample([])
    first.lost = True
    clock.now += 30
    probe.sample([])
    clock.now += 30
    # Now NVML is started anew, and does not know the card at all.
    assert [(gpu.name, gpu.lost) for gpu in probe.sample([]).gpus] == [
        ("First", True),
        ("Second", False),
    ]
    first.lost = False
    clock.now += 30
    assert not any(gpu.lost for gpu in probe.sample([]).gpus)
    starts = nvml.starts
    clock.now += 30
    probe.sample([])
    assert nvml.starts == starts, "with all cards there it is left alone"


def test_a_driver_that_was_reloaded_is_opened_anew(monkeypatch):
    nvml = ScriptedNvml(ScriptedGpu()).install(monkeypatch)
    clock = Clock()
    probe = MemoryProbe(clock=clock)
    probe.sample([])
    nvml.reload_driver()
    clock.now += 0.5
    assert [gpu.lost for gpu in probe.sample([]).gpus] == [True]
    clock.now += 30
    assert [gpu.lost for gpu in probe.sample([]).gpus] == [False]


def test_a_driver_that_comes_later_is_found(monkeypatch):
    nvml = ScriptedNvml(ScriptedGpu(), error=pynvml.NVML_ERROR_DRIVER_NOT_LOADED)
    nvml.install(monkeypatch)
    clock = Clock()
    probe = MemoryProbe(clock=clock)
    assert probe.sample([]).gpus == ()
    nvml.error = 0
    clock.now += 30
    assert len(probe.sample([]).gpus) == 1


def test_what_does_not_change_is_asked_once(monkeypatch):
    nvml = ScriptedNvml(ScriptedGpu(), ScriptedGpu()).install(monkeypatch)
    for _ in range(5):
        sample_memory([])
    assert nvml.asked["nvmlDeviceGetMemoryInfo"] == 10
    for name in ("nvmlDeviceGetName", "nvmlDeviceGetUUID", "nvmlDeviceGetHandleByIndex"):
        assert nvml.asked[name] == 2


def test_a_card_that_torch_cannot_use_is_measured_all_the_same(monkeypatch):
    install_torch(monkeypatch, None)
    ScriptedNvml(ScriptedGpu(used=3 * GB)).install(monkeypatch)
    (seen,) = sample_memory([]).gpus
    assert (seen.device, seen.used) == ("", 3 * GB)


def test_the_names_follow_what_cuda_is_shown(monkeypatch):
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "2,0")
    ScriptedNvml(ScriptedGpu(), ScriptedGpu(), ScriptedGpu()).install(monkeypatch)
    assert [gpu.device for gpu in sample_memory([]).gpus] == ["cuda:1", "", "cuda:0"]


def divided_card() -> ScriptedGpu:
    return ScriptedGpu(
        name="NVIDIA H100",
        total=80 * GB,
        used=30 * GB,
        divided=True,
        parts=[
            ScriptedGpu(uuid="MIG-aa", total=10 * GB, used=4 * GB, processes={os.getpid(): 3 * GB}),
            ScriptedGpu(uuid="MIG-bb", total=20 * GB, used=GB),
        ],
    )


def test_of_a_divided_card_the_part_that_models_get_is_told(monkeypatch):
    ScriptedNvml(divided_card()).install(monkeypatch)
    (seen,) = sample_memory([]).gpus
    assert (seen.name, seen.device) == ("NVIDIA H100 (divided by MIG, one part)", "cuda:0")
    assert (seen.total, seen.ours, seen.others, seen.free) == (10 * GB, 3 * GB, GB, 6 * GB)
    assert seen.temperature == 45


def test_the_environment_can_name_the_part_of_a_divided_card(monkeypatch):
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "MIG-bb")
    ScriptedNvml(divided_card()).install(monkeypatch)
    (seen,) = sample_memory([]).gpus
    assert (seen.device, seen.total, seen.free) == ("cuda:0", 20 * GB, 19 * GB)


def test_a_divided_card_without_parts_cannot_be_used(monkeypatch):
    ScriptedNvml(ScriptedGpu(divided=True)).install(monkeypatch)
    ((seen, use),) = gpu_states()
    assert seen.device == ""
    assert "there is no part of it" in use.problem


def test_measuring_twice_a_second_costs_less_than_a_hundredth_of_a_core(monkeypatch):
    ScriptedNvml(ScriptedGpu(processes={1: GB}), ScriptedGpu()).install(monkeypatch)
    sample_memory([])
    began = time.process_time()
    for _ in range(100):
        sample_memory([])
    seconds = (time.process_time() - began) / 100
    assert 2 * seconds < 0.01
