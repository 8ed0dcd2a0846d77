"""Finding, asking and running the program, with small scripts in its place."""

from __future__ import annotations

import os
import stat
import sys
import threading
import time
from pathlib import Path

import pytest

from textlift.content.attempt import FailureKind
from textlift.engines.contract import EngineError, EngineOptions
from textlift.engines.tesseract import card
from textlift.engines.tesseract.program import (
    ProgramError,
    TesseractProgram,
    ask_program,
    find_program,
    run_program,
)
from textlift.processes.cancellation import Cancellation

pytestmark = pytest.mark.skipif(os.name == "nt", reason="the stand-ins are shell scripts")


def stand_in(folder: Path, body: str) -> Path:
    path = folder / "tesseract"
    path.write_text(f"#!/bin/sh\n{body}\n")
    path.chmod(path.stat().st_mode | stat.S_IXUSR)
    return path


def answering(folder: Path, *, version: str = "tesseract 5.3.0", data: str = "eng osd rus") -> Path:
    names = "\\n".join(data.split())
    return stand_in(
        folder,
        f"""case "$1" in
        --version) echo '{version}';;
        --list-langs) printf 'List of available languages in "/x/" (3):\\n{names}\\n';;
        esac""",
    )


def program(path: Path) -> TesseractProgram:
    return TesseractProgram(path=str(path), version="5.3.0", data=("eng",))


def run(path: Path, *, deadline: float = 20.0, cancellation: Cancellation | None = None) -> str:
    return run_program(
        program(path),
        ["tsv"],
        image=b"image" * 100_000,
        deadline=deadline,
        cancellation=cancellation or Cancellation(),
    )


def test_it_is_found_where_the_user_says(tmp_path: Path) -> None:
    path = answering(tmp_path)
    assert find_program(str(path)) == path
    assert find_program(str(tmp_path)) == path
    with pytest.raises(ProgramError, match="not there"):
        find_program(str(tmp_path / "elsewhere"))


def test_it_is_found_on_the_path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = answering(tmp_path)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=os.pathsep)
    assert find_program() == path


def test_it_tells_its_version_and_languages(tmp_path: Path) -> None:
    answer = ask_program(str(answering(tmp_path)))
    assert answer.version == "5.3.0"
    assert answer.data == ("eng", "osd", "rus")


@pytest.mark.parametrize(
    ("version", "data", "sentence"),
    [
        ("tesseract 3.04.01", "eng", "too old"),
        ("GNU bash, version 5.2", "eng", "is not Tesseract"),
        ("tesseract v5.4.0.20240606", "osd", "no language data"),
    ],
)
def test_one_that_is_of_no_use_is_refused(
    tmp_path: Path, version: str, data: str, sentence: str
) -> None:
    with pytest.raises(ProgramError, match=sentence):
        ask_program(str(answering(tmp_path, version=version, data=data)))


def test_its_availability_is_a_sentence(tmp_path: Path) -> None:
    options = EngineOptions(tesseract_path=str(answering(tmp_path)))
    there = card.availability(options)
    assert there.ready
    assert there.sentence == "Version 5.3.0 with English, Russian."


def test_its_absence_is_a_sentence_with_a_remedy(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr("textlift.engines.tesseract.program._usual_folders", lambda: iter(()))
    absent = card.availability(EngineOptions())
    assert not absent.ready
    assert absent.sentence == "Tesseract is not installed."
    assert absent.remedy.startswith("Install it")
    misplaced = card.availability(EngineOptions(tesseract_path=str(tmp_path / "no")))
    assert not misplaced.ready
    assert "settings" in misplaced.remedy


def test_what_it_prints_is_the_answer(tmp_path: Path) -> None:
    path = stand_in(tmp_path, 'wc -c | tr -d " "; echo "$1 $2 $3 $OMP_THREAD_LIMIT"')
    assert run(path).split() == ["500000", "stdin", "stdout", "tsv", "1"]


def test_its_complaints_are_kept(tmp_path: Path) -> None:
    with pytest.raises(EngineError) as caught:
        run(stand_in(tmp_path, "echo no such language >&2; exit 3"))
    assert caught.value.failure is FailureKind.CRASHED
    assert "no such language" in caught.value.details
    assert "3" in caught.value.details


def test_one_that_hangs_is_ended(tmp_path: Path) -> None:
    started = time.monotonic()
    with pytest.raises(EngineError) as caught:
        run(stand_in(tmp_path, "exec sleep 30"), deadline=0.3)
    assert caught.value.failure is FailureKind.TIMED_OUT
    assert time.monotonic() - started < 5


def test_stopping_ends_it_at_once(tmp_path: Path) -> None:
    cancellation = Cancellation()
    started = time.monotonic()
    timer = threading.Timer(0.3, cancellation.cancel)
    timer.start()
    with pytest.raises(EngineError) as caught:
        run(stand_in(tmp_path, "exec sleep 30"), cancellation=cancellation)
    timer.join()
    assert caught.value.failure is FailureKind.CANCELLED
    assert time.monotonic() - started < 5


def test_one_that_is_gone_says_so(tmp_path: Path) -> None:
    with pytest.raises(EngineError) as caught:
        run(tmp_path / "gone")
    assert caught.value.failure is FailureKind.NOT_AVAILABLE


@pytest.mark.parametrize(
    ("platform", "manager", "program_command", "language_command"),
    [
        ("linux", "apt-get", "sudo apt install tesseract-ocr", "tesseract-ocr-chi-sim"),
        ("linux", "dnf", "sudo dnf install tesseract", "tesseract-langpack-chi_sim"),
        ("linux", "pacman", "sudo pacman -S tesseract", "tesseract-data-chi_sim"),
        ("linux", "", "package manager", "chi_sim.traineddata"),
        ("darwin", "brew", "brew install tesseract", "brew install tesseract-lang"),
        ("win32", "", "winget install UB-Mannheim.TesseractOCR", "winget install"),
    ],
)
def test_each_platform_has_its_command(
    monkeypatch: pytest.MonkeyPatch,
    platform: str,
    manager: str,
    program_command: str,
    language_command: str,
) -> None:
    from textlift.engines.tesseract import installing

    monkeypatch.setattr(sys, "platform", platform)
    monkeypatch.setattr(installing.shutil, "which", lambda name: name if name == manager else None)
    assert program_command in installing.install_program_remedy()
    assert language_command in installing.install_language_remedy(["chi_sim"])
