"""What is shown of each device, made of samples."""

from __future__ import annotations

import msgspec
import pytest

from textlift.models.engine_memory import EngineMemory
from textlift.models.memory import GpuMemory, MemorySample
from textlift.ui.memory_use import RAM, devices_in, home_of
from textlift.ui.memory_words import condition_words, free_words, full_words, use_sentence

GB = 10**9


def sample(*gpus: GpuMemory, ram_gpu: str = "") -> MemorySample:
    return MemorySample(ram_total=16 * GB, ram_used=8 * GB, ram_ours=GB, gpus=gpus, ram_gpu=ram_gpu)


def card(index: int = 0, **fields: object) -> GpuMemory:
    given = {"total": 8 * GB, "used": 6 * GB, "ours": 5 * GB, "device": f"cuda:{index}", **fields}
    return GpuMemory(index=index, name=f"Card {index}", **given)


def test_a_machine_without_a_gpu_has_its_ram():
    (ram,) = devices_in(sample())
    assert (ram.key, ram.short, ram.devices) == (RAM, "RAM", ("cpu",))
    assert use_sentence(ram) == (
        "Memory of this computer: Textlift 1.0 GB, others 7.0 GB, free 8.0 GB of 16.0 GB"
    )


def test_one_gpu_needs_no_number():
    gpu, ram = devices_in(sample(card()))
    assert gpu.short == "GPU"
    assert use_sentence(gpu) == (
        "GPU, Card 0: Textlift 5.0 GB, others 1.0 GB, free 2.0 GB of 8.0 GB"
    )
    assert full_words(gpu) == "Textlift 5.0 GB, others 1.0 GB, 2.0 GB free of 8.0 GB"
    assert free_words(gpu) == "2.0 GB free of 8.0 GB"
    assert ram.is_ram


def test_two_gpus_have_the_drivers_numbers():
    uses = devices_in(sample(card(1), card(3)))
    assert [use.short for use in uses] == ["GPU 1", "GPU 3", "RAM"]


def test_gpus_of_two_makers_are_counted_through():
    uses = devices_in(sample(card(0, key="nvidia"), card(0, key="amd")))
    assert [use.short for use in uses] == ["GPU 0", "GPU 1", "RAM"]


def test_memory_shared_with_the_gpu_is_named_so():
    (ram,) = devices_in(sample(ram_gpu="Apple M3 Pro"))
    assert ram.short == "Unified memory"
    assert ram.title == "Unified memory of this computer and its GPU, Apple M3 Pro"
    assert home_of("mps", (ram,)) is ram


def test_what_a_model_has_of_shared_memory_is_not_taken_for_that_of_others():
    (ram,) = devices_in(sample(ram_gpu="Apple M3 Pro"), [EngineMemory("mps", weights=5 * GB)])
    assert (ram.ours, ram.others, ram.free) == (5 * GB, 3 * GB, 8 * GB)
    (ram,) = devices_in(sample(), [EngineMemory("cpu", weights=5 * GB)])
    assert ram.ours == GB, "all of it is resident, and counted"


def test_what_the_driver_does_not_tell_is_taken_from_the_engines():
    untold = card(ours=0, ours_told=False)
    gpu, _ = devices_in(sample(untold), [EngineMemory("cuda:0", weights=4 * GB)])
    assert (gpu.ours, gpu.others, gpu.free) == (4 * GB, 2 * GB, 2 * GB)
    gpu, _ = devices_in(sample(untold), [EngineMemory("cuda:0", weights=7 * GB)])
    assert gpu.ours == gpu.used == 6 * GB
    gpu, _ = devices_in(sample(card()), [EngineMemory("cuda:0", weights=5 * GB + 1)])
    assert gpu.ours == 5 * GB


def test_a_gpu_of_which_only_its_models_tell():
    first = EngineMemory("cuda:0", weights=3 * GB, rest=GB, free=10 * GB, total=16 * GB)
    again = msgspec.structs.replace(first, weights=GB, rest=0, free=9 * GB)
    gpu, ram = devices_in(sample(), [first, again, EngineMemory("cpu", weights=GB, total=GB)])
    assert (gpu.ours, gpu.others, gpu.free) == (5 * GB, 2 * GB, 9 * GB)
    assert use_sentence(gpu).startswith("GPU, cuda:0, as its model told when it last read: ")
    assert (home_of("cuda:0", (gpu, ram)), ram.is_ram) == (gpu, True)
    uses = devices_in(sample(), [first, msgspec.structs.replace(first, device="cuda:1")])
    assert [use.short for use in uses] == ["GPU 0", "GPU 1", "RAM"]
    lost = card(lost=True, used=0, ours=0, device="")
    assert [use.title for use in devices_in(sample(lost), [first])][:-1] == ["Card 0"]


def test_a_model_is_at_home_where_its_device_is_and_else_in_the_ram():
    uses = devices_in(sample(card(0), card(1)))
    assert [home_of(name, uses).short for name in ("cuda:1", "cpu", "")] == ["GPU 1", "RAM", "RAM"]
    assert home_of("cpu", ()) is None


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({}, ""),
        ({"temperature": 64}, "64 °C"),
        ({"temperature": 88, "load": 0.934}, "88 °C, hot · 93 % busy"),
        ({"load": 0.0}, "0 % busy"),
    ],
)
def test_temperature_and_load_are_said_where_they_are_told(fields, words):
    gpu, _ = devices_in(sample(card(**fields)))
    assert condition_words(gpu) == words
