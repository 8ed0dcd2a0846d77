"""``textlift models`` and ``textlift doctor``."""

from __future__ import annotations

import json
import sys
from pathlib import Path

from doubles.scripted_nvml import (
    CUDA_13,
    GB,
    ScriptedGpu,
    ScriptedNvml,
    install_torch,
    without_nvml,
)
from textlift import __version__
from textlift.engines.contract import Availability
from textlift.models.devices import find_devices


def test_models_say_their_state(run, script):
    script.engine(
        "tesseract",
        title="Tesseract 5",
        available=Availability(
            ready=False, sentence="It is not installed.", remedy="Type: apt install tesseract-ocr"
        ),
    )
    result = run("models")
    assert result.exit_code == 0
    assert result.stdout.splitlines() == [
        "automatic  Engine automatic: ready",
        "           Does what the test says.",
        "           Scripted.",
        "tesseract  Tesseract 5: not available",
        "           Does what the test says.",
        "           It is not installed.",
        "           Type: apt install tesseract-ocr",
    ]


def test_doctor_says_what_a_bug_report_needs(run, script, private_home, monkeypatch):
    monkeypatch.setattr(Path, "home", lambda: private_home)
    lost = Availability(ready=False, sentence=f"The folder {private_home}/lost is not there.")
    script.engine("lost", available=lost)
    settings = {
        "model_folders": [f"{private_home}/mine"],
        "modes": {"mine": "text"},
        "max_pixels": 9,
    }
    (private_home / "config").mkdir()
    (private_home / "config" / "settings.json").write_text(json.dumps(settings))
    result = run("doctor")
    assert result.exit_code == 0
    assert f"Textlift {__version__}\n" in result.stdout
    for word in (
        "Python 3",
        "onnxruntime",
        "PyTorch: ",
        "Device cpu:",
        "Device auto: now ",
        "automatic",
        "page cache: ~/",
        "The folder ~/lost is not there.",
        "Settings: large models in auto, pixels 9, tokens automatic, seconds for a page automatic",
        "Settings: modes mine text\n",
        "Settings: own model in ~/mine\n",
    ):
        assert word in result.stdout
    assert str(private_home) not in result.stdout


def test_doctor_says_of_devices_what_the_settings_say(run, script, monkeypatch, private_home):
    monkeypatch.delenv("CUDA_VISIBLE_DEVICES", raising=False)
    monkeypatch.setattr(Path, "home", lambda: private_home)
    monkeypatch.setattr(sys, "executable", f"{private_home}/venv/bin/python")
    nvml = ScriptedNvml(
        ScriptedGpu(name="NVIDIA RTX A", used=3 * GB),
        ScriptedGpu(name="NVIDIA RTX B", temperature=None, load=None, capability=(6, 1)),
    )
    nvml.install(monkeypatch)
    install_torch(monkeypatch, CUDA_13)
    lines = run("doctor").stdout.splitlines()
    assert "PyTorch: 2.13.0+cu130, built for CUDA 13.0" in lines
    assert "NVIDIA driver: 580.95.05, CUDA 13.0, knows 2 GPUs" in lines
    assert "Device cuda:0: NVIDIA RTX A: 5.0 GB of 8.0 GB free, 45 °C, 10 % busy" in lines
    (other,) = (line for line in lines if line.startswith("Device cuda:1:"))
    assert other.startswith("Device cuda:1: NVIDIA RTX B: 8.0 GB, cannot be used. It is older")
    assert 'Type: ~/venv/bin/python -m pip install "torch==2.13.0+cu126"' in other
    assert "Device auto: now cuda:0" in lines
    shown = " ".join(f"{device.problem} {device.remedy}" for device in find_devices())
    assert other.partition("used. ")[2].replace("~", str(private_home)) in shown


def test_doctor_without_gpu_and_torch(run, script, monkeypatch):
    without_nvml(monkeypatch)
    install_torch(monkeypatch, None)
    stdout = run("doctor").stdout
    assert "PyTorch: not installed\n" in stdout
    assert "NVIDIA driver: none that answers (NVML Shared Library Not Found)\n" in stdout
    assert "Device auto: now cpu\n" in stdout


def test_damaged_settings_are_told_and_left_out(run, private_home, files):
    (private_home / "config").mkdir()
    (private_home / "config" / "settings.json").write_text("{damaged")
    result = run("ocr", files / "a.png")
    assert result.stdout == "Page 1 read by automatic.\n"
    assert "are damaged" in result.stderr
    assert "are damaged" in run("doctor").stdout


def test_settings_choose_the_model(run, script, private_home, files):
    script.engine("tesseract")
    (private_home / "config").mkdir()
    (private_home / "config" / "settings.json").write_text('{"model": "tesseract"}')
    assert run("ocr", files / "a.png").stdout == "Page 1 read by tesseract.\n"
