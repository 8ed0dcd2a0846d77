"""Every device is listed; one that cannot be used says why and what to do."""

from __future__ import annotations

import functools
import os
import platform
import sys
from pathlib import Path

import msgspec
import pynvml
import pytest

from doubles.scripted_nvml import (
    CPU_ONLY,
    CUDA_12,
    CUDA_13,
    GB,
    ROCM_7,
    ScriptedGpu,
    ScriptedNvml,
    install_torch,
    without_nvml,
)
from doubles.sysfs import put_amd_gpu, put_device_files, put_nvidia_card, put_rocm_node
from textlift.models import apple, devices, memory
from textlift.models.devices import (
    Device,
    best_device,
    device_memory,
    find_devices,
    gpu_report,
)
from textlift.models.memory import GpuMemory, MemoryProbe, MemorySample, sample_memory
from textlift.models.nvidia import NvidiaSystem
from textlift.models.undriven import undriven_cards

TYPE = f"Type: {sys.executable} -m pip install"
PYTORCH = "https://download.pytorch.org/whl"


@pytest.fixture(autouse=True)
def pc(monkeypatch):
    """A PC whose torch is built for CUDA 13, with no variable set."""
    for name in ("CUDA_VISIBLE_DEVICES", "HIP_VISIBLE_DEVICES", "ROCR_VISIBLE_DEVICES"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(platform, "machine", lambda: "x86_64")
    install_torch(monkeypatch, CUDA_13)


def gpus() -> list[Device]:
    cpu, *rest = find_devices()
    assert (cpu.name, cpu.usable) == ("cpu", True)
    return rest


def only_gpu() -> Device:
    (gpu,) = gpus()
    return gpu


def test_no_gpu(monkeypatch):
    without_nvml(monkeypatch)
    assert gpus() == []
    assert gpu_report() == "NVIDIA driver: none that answers (NVML Shared Library Not Found)"
    assert best_device(sample_memory([])) == "cpu"


def test_one_gpu(monkeypatch):
    ScriptedNvml(ScriptedGpu()).install(monkeypatch)
    assert only_gpu() == Device("cuda:0", "NVIDIA GeForce RTX 3070", memory=8 * GB)
    assert gpu_report() == "NVIDIA driver: 580.95.05, CUDA 13.0, knows 1 GPU"


def test_two_gpus_by_name(monkeypatch):
    ScriptedNvml(ScriptedGpu(name="First"), ScriptedGpu(name="Second")).install(monkeypatch)
    assert [(gpu.name, gpu.title) for gpu in gpus()] == [("cuda:0", "First"), ("cuda:1", "Second")]
    assert gpu_report().endswith("knows 2 GPUs")


def test_without_torch_the_command_brings_all(monkeypatch):
    ScriptedNvml(ScriptedGpu()).install(monkeypatch)
    install_torch(monkeypatch, None)
    gpu = only_gpu()
    assert (gpu.name, gpu.usable) == ("cuda:0", False)
    assert gpu.problem == "PyTorch, which runs the models, is not installed."
    assert gpu.remedy == (
        f'{TYPE} "textlift[models]" "torch==2.13.0+cu130" --extra-index-url {PYTORCH}/cu130'
    )


def test_torch_for_the_cpu_only(monkeypatch):
    ScriptedNvml(ScriptedGpu()).install(monkeypatch)
    install_torch(monkeypatch, CPU_ONLY)
    gpu = only_gpu()
    assert not gpu.usable
    assert gpu.problem == "The installed PyTorch (2.13.0+cpu) is built for the CPU only."
    assert gpu.remedy == f'{TYPE} "torch==2.13.0+cu130" --index-url {PYTORCH}/cu130'
    assert best_device(sample_memory([])) == "cpu"


def test_torch_for_amd(monkeypatch):
    ScriptedNvml(ScriptedGpu()).install(monkeypatch)
    install_torch(monkeypatch, ROCM_7)
    gpu = only_gpu()
    assert gpu.name == "nvidia:0", "torch would call another GPU cuda:0"
    assert "built for AMD GPUs" in gpu.problem
    assert gpu.remedy.endswith("/cu130")


def test_a_driver_that_is_too_old_for_torch(monkeypatch):
    ScriptedNvml(ScriptedGpu(), driver="550.54.14", cuda=12040).install(monkeypatch)
    gpu = only_gpu()
    assert not gpu.usable
    assert gpu.problem == (
        "The NVIDIA driver 550.54.14 is too old for the installed PyTorch (2.13.0+cu130), "
        "which needs 580 or later."
    )
    assert gpu.remedy.startswith("Update the driver: https://www.nvidia.com/drivers, or take ")
    assert gpu.remedy.endswith(f'. {TYPE} "torch==2.13.0+cu126" --index-url {PYTORCH}/cu126')
    assert best_device(sample_memory([])) == "cpu"


def test_a_driver_that_is_too_old_for_every_build(monkeypatch):
    ScriptedNvml(ScriptedGpu(), driver="470.256.02", cuda=11040).install(monkeypatch)
    assert only_gpu().remedy == "Update the driver: https://www.nvidia.com/drivers"
    install_torch(monkeypatch, CUDA_12)
    assert "which needs 525 or later" in only_gpu().problem


def test_a_driver_of_the_same_major_version_will_do(monkeypatch):
    ScriptedNvml(ScriptedGpu(), driver="525.60.13", cuda=12000).install(monkeypatch)
    install_torch(monkeypatch, CUDA_12)
    assert only_gpu().usable


def test_a_gpu_that_is_too_old_for_the_build(monkeypatch):
    ScriptedNvml(ScriptedGpu(capability=(6, 1))).install(monkeypatch)
    gpu = only_gpu()
    assert "It is older than the GPUs that the installed PyTorch" in gpu.problem
    assert gpu.remedy.endswith("/cu126")


def test_a_gpu_that_is_too_new_for_the_build(monkeypatch):
    ScriptedNvml(ScriptedGpu(capability=(12, 0))).install(monkeypatch)
    install_torch(monkeypatch, CUDA_12)
    gpu = only_gpu()
    assert "It is newer than" in gpu.problem
    assert gpu.remedy.endswith("/cu130")


def test_a_gpu_that_no_build_is_for(monkeypatch):
    ScriptedNvml(ScriptedGpu(capability=(3, 5))).install(monkeypatch)
    assert only_gpu().problem == "It is too old: PyTorch has no build for it any more."
    assert only_gpu().remedy


def test_a_gpu_that_the_environment_hides(monkeypatch):
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "1")
    ScriptedNvml(ScriptedGpu(), ScriptedGpu()).install(monkeypatch)
    hidden, shown = gpus()
    assert (hidden.name, hidden.usable) == ("nvidia:0", False)
    assert hidden.problem == "The environment variable CUDA_VISIBLE_DEVICES=1 hides it."
    assert (shown.name, shown.usable) == ("cuda:0", True)


def test_a_lost_gpu_says_so(monkeypatch):
    card = ScriptedGpu()
    ScriptedNvml(card, ScriptedGpu(used=2 * GB)).install(monkeypatch)
    assert best_device(sample_memory([])) == "cuda:0"
    card.lost = True
    lost, other = gpus()
    assert (lost.name, lost.usable, lost.memory) == ("cuda:0", False, 8 * GB)
    assert lost.problem == "It does not answer any more."
    assert other.usable
    assert best_device(sample_memory([])) == "cuda:1"


@pytest.mark.skipif(os.name != "posix" or os.geteuid() == 0, reason="root may open everything")
def test_a_device_file_that_this_account_may_not_use(monkeypatch, tmp_path):
    put_device_files(tmp_path, "nvidia0")
    (tmp_path / "dev/nvidia0").chmod(0)
    check_forbidden(monkeypatch, tmp_path)


def test_a_device_file_that_may_not_be_used_is_named(monkeypatch, tmp_path):
    put_device_files(tmp_path, "nvidia0")
    monkeypatch.setattr(os, "access", lambda path, mode: False)
    check_forbidden(monkeypatch, tmp_path)


def check_forbidden(monkeypatch, root: Path) -> None:
    ScriptedNvml(ScriptedGpu()).install(monkeypatch)
    use_root(monkeypatch, root)
    gpu = only_gpu()
    assert gpu.problem == "Your account may not use /dev/nvidia0."
    assert "right to use" in gpu.remedy


def use_root(monkeypatch, root: Path) -> None:
    """The kernel tells of other cards than those of this machine."""
    probe = functools.cache(lambda: MemoryProbe(root=root))
    monkeypatch.setattr(memory, "memory_probe", probe)
    monkeypatch.setattr(devices, "undriven_cards", functools.partial(undriven_cards, root=root))


def test_a_card_without_its_driver_is_listed(monkeypatch, tmp_path):
    without_nvml(monkeypatch)
    put_nvidia_card(tmp_path, driver="nouveau")
    (tmp_path / "usr/share/misc").mkdir(parents=True)
    (tmp_path / "usr/share/misc/pci.ids").write_text(
        "# A comment\n1002  Another\n\t2484  Wrong\n10de  NVIDIA Corporation\n"
        "\t2482  Other\n\t2484  GA104 [GeForce RTX 3070]\n\t\t1043 87c1  Board\n"
        "10df  Next\n"
    )
    (tmp_path / "etc").mkdir()
    (tmp_path / "etc/os-release").write_text('NAME="Mint"\nID=linuxmint\nID_LIKE="ubuntu debian"\n')
    use_root(monkeypatch, tmp_path)
    gpu = only_gpu()
    assert gpu.title == "NVIDIA GA104 [GeForce RTX 3070]"
    assert (gpu.name, gpu.usable, gpu.memory) == ("nvidia:0", False, 0)
    assert gpu.problem == "The NVIDIA driver is not installed."
    assert gpu.remedy == "Install it, and restart the computer. Type: sudo ubuntu-drivers install"


@pytest.mark.parametrize(
    ("error", "driver", "file", "problem", "remedy"),
    [
        (pynvml.NVML_ERROR_LIBRARY_NOT_FOUND, "", "", "not installed", "of your distribution"),
        (pynvml.NVML_ERROR_DRIVER_NOT_LOADED, "nouveau", "", "nouveau is in its", "Secure Boot"),
        (pynvml.NVML_ERROR_DRIVER_NOT_LOADED, "", "", "but not loaded.", "Restart"),
        (pynvml.NVML_ERROR_LIB_RM_VERSION_MISMATCH, "nvidia", "", "was updated", "Restart"),
        (pynvml.NVML_ERROR_NO_PERMISSION, "nvidia", "", "may not use it", "right to use"),
        (pynvml.NVML_ERROR_LIBRARY_NOT_FOUND, "", ".dockerenv", "container", "--gpus all"),
        (pynvml.NVML_ERROR_LIBRARY_NOT_FOUND, "vfio-pci", "", "virtual machines", "another"),
        (pynvml.NVML_ERROR_UNKNOWN, "nvidia", "", "does not tell of it (odd)", "that knows this"),
        (0, "nvidia", "", "does not tell of it.", "that knows this"),
    ],
)
def test_a_card_that_no_driver_tells_of(tmp_path, *, error, driver, file, problem, remedy):
    put_nvidia_card(tmp_path, driver=driver)
    if file:
        (tmp_path / file).touch()
    words = "odd" if error else ""
    (card,) = undriven_cards(NvidiaSystem(error=error, problem=words), root=tmp_path)
    assert card.title == "NVIDIA GPU 2484"
    assert problem in card.problem
    assert remedy in card.remedy


def test_a_container_that_was_given_no_nvml(tmp_path):
    put_nvidia_card(tmp_path, driver="nvidia")
    for file in (".dockerenv", "dev/nvidiactl"):
        (tmp_path / file).parent.mkdir(exist_ok=True)
        (tmp_path / file).touch()
    system = NvidiaSystem(error=pynvml.NVML_ERROR_LIBRARY_NOT_FOUND)
    (card,) = undriven_cards(system, root=tmp_path)
    assert "without the library" in card.problem
    assert "compute,utility" in card.remedy


def test_cards_that_the_driver_tells_of_are_not_listed_twice(monkeypatch, tmp_path):
    ScriptedNvml(ScriptedGpu()).install(monkeypatch)
    put_nvidia_card(tmp_path, driver="nvidia")
    use_root(monkeypatch, tmp_path)
    assert only_gpu().usable


@pytest.fixture
def amd(monkeypatch, tmp_path):
    """A machine with two AMD cards that ROCm knows, the second first."""
    without_nvml(monkeypatch)
    install_torch(monkeypatch, ROCM_7)
    put_rocm_node(tmp_path, 0, gpu_id=0, minor=0)
    put_amd_gpu(tmp_path, 0, address="0000:03:00.0", product="First", node=2, unique="aa11")
    put_amd_gpu(tmp_path, 1, address="0000:43:00.0", product="Second", node=1, unique="bb22")
    put_device_files(tmp_path, "kfd", "dri/renderD128", "dri/renderD129")
    use_root(monkeypatch, tmp_path)
    return tmp_path


def test_amd_gpus_in_the_order_of_rocm(amd):
    assert [(gpu.name, gpu.title, gpu.usable) for gpu in gpus()] == [
        ("cuda:0", "Second", True),
        ("cuda:1", "First", True),
    ]
    assert gpus()[0].memory == 16 * 2**30


@pytest.mark.parametrize(
    ("variables", "names"),
    [
        ({"HIP_VISIBLE_DEVICES": "1"}, ["amd:0", "cuda:0"]),
        ({"CUDA_VISIBLE_DEVICES": "1,0"}, ["cuda:1", "cuda:0"]),
        ({"ROCR_VISIBLE_DEVICES": "1", "HIP_VISIBLE_DEVICES": "0"}, ["amd:0", "cuda:0"]),
        ({"ROCR_VISIBLE_DEVICES": "GPU-aa11"}, ["amd:0", "cuda:0"]),
    ],
)
def test_amd_gpus_that_the_environment_hides(amd, monkeypatch, variables, names):
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    found = gpus()
    assert [gpu.name for gpu in found] == names
    for gpu in found:
        assert gpu.usable is gpu.name.startswith("cuda")
        assert gpu.usable or "hides it" in gpu.problem


def test_amd_gpus_and_a_torch_that_is_not_for_them(amd, monkeypatch):
    for build, words in ((CPU_ONLY, "the CPU only"), (CUDA_13, "NVIDIA GPUs"), (None, "not inst")):
        install_torch(monkeypatch, build)
        first, second = gpus()
        assert (first.name, second.name) == ("amd:0", "amd:1")
        assert words in first.problem
        assert first.remedy.endswith(f"{PYTORCH}/rocm7.2")


def test_amd_gpus_without_what_rocm_needs(amd, monkeypatch):
    monkeypatch.setattr(os, "access", lambda path, mode: False)
    assert "may not use /dev/kfd" in gpus()[0].problem
    assert gpus()[0].remedy.endswith('Type: sudo usermod -aG render,video "$USER"')
    (amd / "dev/kfd").unlink()
    assert "has no /dev/kfd" in gpus()[0].problem


def test_an_amd_gpu_that_rocm_does_not_know(monkeypatch, tmp_path):
    without_nvml(monkeypatch)
    install_torch(monkeypatch, ROCM_7)
    put_amd_gpu(tmp_path, node=None)
    put_device_files(tmp_path, "kfd", "dri/renderD128")
    use_root(monkeypatch, tmp_path)
    gpu = only_gpu()
    assert (gpu.title, gpu.name) == ("AMD GPU 744c", "amd:0")
    assert "does not know it" in gpu.problem


def test_an_amd_gpu_has_the_name_that_libdrm_gives_it(monkeypatch, tmp_path):
    without_nvml(monkeypatch)
    (tmp_path / "usr/share/libdrm").mkdir(parents=True)
    (tmp_path / "usr/share/libdrm/amdgpu.ids").write_text(
        "# List\n1.0.0\n744C,\tC4,\tAMD Radeon RX 7900 XT\n744C,\tC8,\tAMD Radeon RX 7900 XTX\n"
    )
    put_amd_gpu(tmp_path)
    use_root(monkeypatch, tmp_path)
    assert only_gpu().title == "AMD Radeon RX 7900 XTX"


def test_what_an_amd_gpu_does(amd):
    processes = amd / "sys/class/kfd/kfd/proc"
    for pid, size in ((os.getpid(), 5 * 2**20), (1, 7 * 2**20)):
        (processes / str(pid)).mkdir(parents=True)
        (processes / str(pid) / "vram_40001").write_text(f"{size}\n")
    first, second = sample_memory([]).gpus
    assert (first.name, first.device, first.total, first.used) == (
        "Second", "cuda:0", 16 * 2**30, 2**30,
    )  # fmt: skip
    assert (first.ours, second.ours) == (5 * 2**20, 0)
    assert (first.temperature, first.load, first.lost) == (51, 0.37, False)


def test_an_amd_gpu_that_is_lost(amd):
    sample_memory([])
    (amd / "sys/bus/pci/devices/0000:43:00.0/mem_info_vram_used").unlink()
    lost, other = sample_memory([]).gpus
    assert (lost.name, lost.lost, lost.device) == ("Second", True, "")
    assert (other.name, other.lost) == ("First", False)


def test_an_apple_gpu_uses_the_systems_memory(monkeypatch):
    without_nvml(monkeypatch)
    for module in (devices, memory):
        monkeypatch.setattr(module, "apple_gpu", lambda: "Apple M3 Pro")
    install_torch(monkeypatch, msgspec.structs.replace(CPU_ONLY, version="2.13.0"))
    gpu = only_gpu()
    assert (gpu.name, gpu.title, gpu.usable) == ("mps", "Apple M3 Pro GPU", True)
    sample = sample_memory([])
    assert (sample.ram_gpu, gpu.memory) == ("Apple M3 Pro", sample.ram_total)
    assert best_device(sample) == "mps"
    install_torch(monkeypatch, None)
    assert only_gpu().remedy == f'{TYPE} "textlift[models]"'


def test_the_name_of_an_apple_gpu_is_asked_on_macos_only(monkeypatch):
    apple.apple_gpu.cache_clear()
    monkeypatch.setattr(platform, "system", lambda: "Linux")
    assert apple.apple_gpu() == ""
    apple.apple_gpu.cache_clear()


SAMPLE = MemorySample(
    ram_total=16 * GB,
    ram_used=6 * GB,
    ram_ours=GB,
    gpus=(
        GpuMemory(index=0, name="A", total=8 * GB, used=GB, ours=0, device="cuda:0"),
        GpuMemory(index=1, name="B", total=24 * GB, used=20 * GB, ours=0, device="cuda:1"),
        GpuMemory(index=2, name="C", total=80 * GB, used=0, ours=0),
    ),
)


@pytest.mark.parametrize(
    ("setting", "device", "total", "free"),
    [
        ("auto", "cuda:0", 8 * GB, 7 * GB),
        ("cuda", "cuda:0", 8 * GB, 7 * GB),
        ("cuda:1", "cuda:1", 24 * GB, 4 * GB),
        ("cpu", "cpu", 16 * GB, 10 * GB),
    ],
)
def test_the_memory_that_a_setting_means(setting, device, total, free):
    found = device_memory(setting, SAMPLE)
    assert found is not None
    assert (found.device, found.total, found.free) == (device, total, free)


def test_the_memory_of_what_is_not_known(monkeypatch):
    assert device_memory("cuda:2", SAMPLE) is None
    assert device_memory("xpu", SAMPLE) is None
