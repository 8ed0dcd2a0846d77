"""The lock file, the set-up script, and what is in a wheel."""

from __future__ import annotations

import importlib.util
import re
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path
from types import ModuleType

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parents[2]
LOCK = ROOT / "packaging" / "requirements.lock"


def locked() -> dict[str, str]:
    requirements = [Requirement(line) for line in LOCK.read_text().splitlines()]
    return {
        canonicalize_name(requirement.name): str(requirement.specifier).removeprefix("==")
        for requirement in requirements
    }


def wanted() -> list[Requirement]:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    lines = [
        *project["project"]["dependencies"],
        *project["project"]["optional-dependencies"]["models"],
        *project["project"]["optional-dependencies"]["quantization"],
        *project["dependency-groups"]["dev"],
        *project["build-system"]["requires"],
    ]
    return [Requirement(line) for line in lines]


def test_the_lock_holds_names_and_versions_only():
    line = re.compile(r"[A-Za-z0-9._-]+==[0-9][A-Za-z0-9.]*( ; [a-z_]+ [=!]= \"[A-Za-z0-9_]+\")?")
    assert [text for text in LOCK.read_text().splitlines() if not line.fullmatch(text)] == []
    assert locked()["torch"] == "2.13.0"


@pytest.mark.parametrize("requirement", wanted(), ids=lambda requirement: requirement.name)
def test_what_the_project_asks_for_is_locked(requirement):
    version = locked()[canonicalize_name(requirement.name)]
    assert requirement.specifier.contains(version)


@pytest.fixture
def dev() -> ModuleType:
    specification = importlib.util.spec_from_file_location("dev", ROOT / "packaging" / "dev.py")
    module = importlib.util.module_from_spec(specification)
    specification.loader.exec_module(module)
    return module


def test_the_set_up_script_needs_the_standard_library_only():
    text = (ROOT / "packaging" / "dev.py").read_text()
    imported = set(re.findall(r"^(?:from|import) (\w+)", text, flags=re.MULTILINE))
    assert imported <= sys.stdlib_module_names
    assert len(text.splitlines()) < 200


def test_missing_packages_are_those_not_installed(dev, monkeypatch):
    shown = "libegl1 installed\nlibglib2.0-0t64 installed\ntesseract-ocr config-files\n"

    def run(command, **options):
        return subprocess.CompletedProcess(command, 1, stdout=shown)

    monkeypatch.setattr(dev.subprocess, "run", run)
    missing = dev.missing_packages()
    assert "tesseract-ocr" in missing
    assert not {"libegl1", "libglib2.0-0", "libglib2.0-0t64"} & set(missing)


def test_the_command_to_type_is_printed_without_root(dev, monkeypatch, capsys, tmp_path):
    monkeypatch.setattr(dev.shutil, "which", lambda name: f"/usr/bin/{name}")
    monkeypatch.setattr(dev, "missing_packages", lambda: ["tesseract-ocr-rus"])
    monkeypatch.setattr(dev.os, "geteuid", lambda: 1000)
    dev.set_up_system()
    assert capsys.readouterr().out == (
        "Some system packages are missing. Type: "
        "sudo apt-get install --yes --no-install-recommends tesseract-ocr-rus\n"
    )


@pytest.mark.parametrize(
    ("environment", "expected"),
    [
        ({"DISPLAY": ":0"}, True),
        ({"WAYLAND_DISPLAY": "wayland-0"}, True),
        ({}, False),
        ({"DISPLAY": ":0", "QT_QPA_PLATFORM": "offscreen"}, False),
    ],
)
def test_display(dev, monkeypatch, environment, expected):
    monkeypatch.setattr(dev.sys, "platform", "linux")
    for name in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"):
        monkeypatch.delenv(name, raising=False)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    assert dev.has_display() is expected


@pytest.mark.parametrize("environment", [{"DISPLAY": ":0"}, {}], ids=["window", "terminal"])
def test_run_starts_the_program(dev, monkeypatch, capsys, environment):
    started = []
    monkeypatch.setattr(dev, "has_display", lambda: bool(environment))
    monkeypatch.setattr(dev.os, "execv", lambda program, command: started.append(command))
    monkeypatch.setattr(dev.subprocess, "run", lambda *_, **__: pytest.fail("started twice"))
    with pytest.raises(pytest.fail.Exception):
        dev.run_textlift(["a b.pdf"])
    ((_, *command),) = started
    assert command[:2] == ["-m", "textlift"]
    assert command[2] == ("window" if environment else "ocr")
    assert command[-2:] == ["--", "a b.pdf"]
    assert bool(capsys.readouterr().out) is not bool(environment)


def test_the_wheel_holds_the_package_and_its_resources(tmp_path):
    build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path)]
    subprocess.run(build, cwd=ROOT, check=True, capture_output=True)
    (wheel,) = tmp_path.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        names = set(archive.namelist())
    assert {
        "textlift/__main__.py",
        "textlift/models/alphabets.toml",
        "textlift/models/catalogue.toml",
        "textlift/py.typed",
        "textlift/resources/sample.pdf",
        "textlift/resources/textlift.svg",
    } <= names
    assert {name.split("/")[0].split("-")[0] for name in names} == {"textlift"}


def test_the_sample_document_is_there_and_small():
    from textlift.shipped import sample_document

    assert 10_000 < sample_document().stat().st_size < 300_000
