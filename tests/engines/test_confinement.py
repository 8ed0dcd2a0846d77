"""Where an engine may write, and what is done before it is confined."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from doubles.confined import confined, needs_landlock
from textlift.engines import confinement
from textlift.engines.confinement import confine_engine
from textlift.processes.confinement.limits import Limits

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="engines are confined on Linux")


@needs_landlock
def test_an_engine_has_a_folder_for_temporary_files_until_it_ends(
    tmp_path: Path, private_home: Path
):
    temporary = private_home / "cache" / "engines" / "temporary"
    code = "import os, tempfile; result = {name: os.environ[name] for name in ('TMPDIR',)}"
    first = Path(confined("engine", code, tmp_path)["TMPDIR"])
    assert first.parent == temporary
    second = Path(confined("engine", code, tmp_path)["TMPDIR"])
    assert [folder.name for folder in temporary.iterdir()] == [second.name]


def test_a_tesseract_from_a_snap_is_started_as_it_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    """It needs the rights that confined processes cannot give; the limits hold nevertheless."""
    (tmp_path / "snap").write_text("")
    (tmp_path / "snap").chmod(0o755)
    (tmp_path / "tesseract").symlink_to(tmp_path / "snap")
    monkeypatch.setenv("PATH", str(tmp_path))
    asked = []
    monkeypatch.setattr(confinement, "LIMITS", Limits())
    monkeypatch.setattr(
        confinement,
        "confine",
        lambda **given: asked.append(given) or confinement.Protections(limits=("core dumps",)),
    )
    held = confine_engine("textlift.engines.tesseract.engine:TesseractEngine", "{}")
    assert held.limits == ("core dumps",)
    assert "snap" in held.missing[0]
    assert [(one["calls"], one["writes"]) for one in asked] == [(None, None)]


def test_only_a_folder_of_the_user_or_the_system_is_taken_for_the_service_of_cuda(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.delenv("CUDA_MPS_PIPE_DIRECTORY", raising=False)
    usual = tmp_path / "nvidia-mps"
    monkeypatch.setattr(confinement, "_USUAL_SHARED_GPU", usual)
    assert confinement._shared_gpu() is None
    usual.mkdir()
    assert confinement._shared_gpu() == usual
    monkeypatch.setattr(confinement.os, "getuid", lambda: usual.stat().st_uid + 1)
    assert (confinement._shared_gpu() == usual) is (usual.stat().st_uid == 0)
    usual.rmdir()
    (tmp_path / "elsewhere").mkdir()
    usual.symlink_to(tmp_path / "elsewhere")
    assert confinement._shared_gpu() is None


def test_a_folder_that_somebody_else_made_is_not_taken_for_the_service_of_cuda(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    if os.getuid() != 0:
        pytest.skip("only root can give a folder away")
    monkeypatch.delenv("CUDA_MPS_PIPE_DIRECTORY", raising=False)
    usual = tmp_path / "nvidia-mps"
    usual.mkdir()
    os.chown(usual, 12345, 12345)
    monkeypatch.setattr(confinement, "_USUAL_SHARED_GPU", usual)
    assert confinement._shared_gpu() is None


@pytest.mark.parametrize("service", [True, False])
def test_the_multi_process_service_of_cuda_is_reached(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, service: bool
):
    pipe = tmp_path / "mps"
    if service:
        pipe.mkdir()
    monkeypatch.setenv("CUDA_MPS_PIPE_DIRECTORY", str(pipe))
    monkeypatch.setattr(confinement, "keep_bytecode", lambda folder, of: None)
    for name in ("TMPDIR", *confinement._CACHES):
        monkeypatch.setenv(name, "as before")
    asked = []
    monkeypatch.setattr(
        confinement, "confine", lambda **given: asked.append(given) or confinement.Protections()
    )
    confine_engine("x:Y", "{}")
    (given,) = asked
    assert given["calls"].local_connections is service
    assert (pipe in given["writes"]) is service


def test_the_driver_makes_its_files_before_rights_are_gone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    said = tmp_path / "said"
    program = tmp_path / "nvidia-modprobe"
    program.write_text(f'#!/bin/sh\necho "$@" > {said}\n')
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    there = Path.exists

    def exists(path: Path) -> bool:
        named = {"/proc/driver/nvidia": True, "/dev/nvidia-uvm": False}
        return named.get(str(path), there(path))

    monkeypatch.setattr(Path, "exists", exists)
    monkeypatch.setattr(confinement.sys, "stderr", sys.__stderr__)
    confinement._wake_nvidia()
    assert said.read_text() == "-u -c=0\n"
