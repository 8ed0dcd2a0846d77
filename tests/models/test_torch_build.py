"""Which PyTorch is installed, what it runs on, and how to get another."""

from __future__ import annotations

import importlib.machinery
import importlib.metadata
import importlib.util
import platform
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from doubles.scripted_nvml import CPU_ONLY, CUDA_12, CUDA_13, ROCM_7
from textlift.models.torch_build import (
    CUDA_NEW,
    CUDA_OLD,
    ROCM,
    TORCH,
    TorchBuild,
    fitting_build,
    install_command,
    installed_torch,
    runs_on,
)

ROOT = Path(__file__).resolve().parents[2]

TURING, AMPERE, ADA, PASCAL, KEPLER, BLACKWELL, LATER = (
    (7, 5), (8, 6), (8, 9), (6, 1), (3, 5), (12, 0), (13, 0),
)  # fmt: skip


@pytest.fixture
def put_torch(tmp_path: Path, monkeypatch):
    """Puts a torch of a few lines into the place of the installed one."""

    def put(version_file: str | None) -> None:
        package = tmp_path / "torch"
        package.mkdir(exist_ok=True)
        (package / "__init__.py").write_text("raise ImportError('nobody loads torch here')\n")
        if version_file is not None:
            (package / "version.py").write_text(version_file)
        spec = importlib.machinery.PathFinder.find_spec("torch", [str(tmp_path)])
        find_spec = importlib.util.find_spec
        monkeypatch.setattr(
            importlib.util, "find_spec", lambda name: spec if name == "torch" else find_spec(name)
        )

    return put


@pytest.fixture
def on_a_pc(monkeypatch):
    monkeypatch.setattr(platform, "machine", lambda: "x86_64")


def test_the_installed_one_is_what_torch_says_of_itself():
    ask = "import torch; v = torch.version; print(v.__version__, v.cuda or '-', v.hip or '-')"
    said = subprocess.run([sys.executable, "-c", ask], capture_output=True, text=True, check=True)
    found = installed_torch()
    assert said.stdout.split() == [found.version, found.cuda or "-", found.hip or "-"]


@pytest.mark.parametrize(
    ("lines", "build"),
    [
        ("__version__ = '2.13.0+cu130'\ncuda: Optional[str] = '13.0'\nhip = None\n", CUDA_13),
        ("__version__ = '2.13.0+rocm7.2'\ncuda = None\nhip = '7.2.53211'\n", ROCM_7),
        ("__version__ = '2.13.0+cpu'\ncuda: str | None = None\n", CPU_ONLY),
    ],
)
def test_a_build_is_known_without_loading_it(put_torch, lines, build):
    put_torch(lines)
    assert installed_torch() == build


@pytest.mark.parametrize(
    ("version", "cuda", "hip"),
    [("2.13.0+cu126", "12.6", ""), ("2.13.0+rocm7.2", "", "7.2"), ("2.13.0", "", "")],
)
def test_without_its_file_the_version_has_to_do(put_torch, monkeypatch, version, cuda, hip):
    put_torch(None)
    monkeypatch.setattr(importlib.metadata, "version", lambda name: version)
    assert installed_torch() == TorchBuild(version=version, cuda=cuda, hip=hip)


def test_a_file_that_cannot_be_read_is_passed_over(put_torch, monkeypatch):
    put_torch("__version__ = (\n")
    monkeypatch.setattr(importlib.metadata, "version", lambda name: "2.13.0+cpu")
    assert installed_torch() == CPU_ONLY


def test_there_may_be_none(monkeypatch):
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    assert installed_torch() is None


def test_titles(on_a_pc):
    assert CUDA_13.title == "2.13.0+cu130, built for CUDA 13.0"
    assert ROCM_7.title == "2.13.0+rocm7.2, built for ROCm (HIP 7.2.53211)"
    assert CPU_ONLY.title == "2.13.0+cpu, built for the CPU only"


@pytest.mark.parametrize(
    ("build", "capability", "runs"),
    [
        (CUDA_13, AMPERE, True),
        (CUDA_13, ADA, True),
        (CUDA_13, TURING, True),
        (CUDA_13, BLACKWELL, True),
        (CUDA_13, PASCAL, False),
        (CUDA_13, LATER, None),
        (CUDA_12, PASCAL, True),
        (CUDA_12, KEPLER, False),
        (CUDA_12, BLACKWELL, False),
        (TorchBuild(version="2.12.0+cu130", cuda="13.0"), PASCAL, None),
        (TorchBuild(version="2.13.0a0+git123", cuda="13.0"), PASCAL, None),
    ],
)
def test_what_a_build_runs_on(on_a_pc, build, capability, runs):
    assert runs_on(build, capability) is runs


@pytest.mark.parametrize(
    ("capability", "driver_cuda", "build"),
    [
        (AMPERE, 13, CUDA_NEW),
        (AMPERE, 12, CUDA_OLD),
        (AMPERE, 11, CUDA_NEW),
        (PASCAL, 13, CUDA_OLD),
        (BLACKWELL, 12, CUDA_NEW),
        (KEPLER, 11, ""),
        (None, 13, CUDA_NEW),
        (None, 0, CUDA_NEW),
    ],
)
def test_the_build_that_fits_card_and_driver(on_a_pc, capability, driver_cuda, build):
    assert fitting_build(capability, driver_cuda=driver_cuda) == build


def test_the_arm_builds_begin_later(monkeypatch):
    monkeypatch.setattr(platform, "machine", lambda: "aarch64")
    assert fitting_build(PASCAL, driver_cuda=13) == ""
    assert fitting_build((9, 0), driver_cuda=13) == CUDA_NEW
    assert runs_on(CUDA_13, (11, 0)) is True
    assert runs_on(CUDA_13, TURING) is False


def test_the_command_names_the_build_or_pip_would_keep_what_is_there(monkeypatch):
    monkeypatch.setattr(sys, "executable", "/venv/bin/python")
    assert install_command(CUDA_NEW, installed=CPU_ONLY) == (
        '/venv/bin/python -m pip install "torch==2.13.0+cu130" '
        "--index-url https://download.pytorch.org/whl/cu130"
    )
    assert install_command(ROCM, installed=CPU_ONLY).endswith("/whl/rocm7.2")


def test_without_torch_the_other_packages_are_asked_for_too(monkeypatch):
    monkeypatch.setattr(sys, "executable", "/venv/bin/python")
    assert install_command(CUDA_NEW, installed=None) == (
        '/venv/bin/python -m pip install "textlift[models]" "torch==2.13.0+cu130" '
        "--extra-index-url https://download.pytorch.org/whl/cu130"
    )
    assert install_command(installed=None) == ('/venv/bin/python -m pip install "textlift[models]"')


def test_a_python_in_a_folder_with_a_space_is_quoted(monkeypatch):
    monkeypatch.setattr(sys, "executable", r"C:\Program Files\Python\python.exe")
    command = install_command(CUDA_NEW, installed=CPU_ONLY)
    assert command.startswith(r'"C:\Program Files\Python\python.exe" -m pip')


def test_the_version_is_the_one_that_textlift_asks_for():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    models = project["project"]["optional-dependencies"]["models"]
    assert f"torch=={TORCH}" in models
    # What is known of the wheels is known of this version only.
    assert re.fullmatch(r"2\.13\.\d+", TORCH)
