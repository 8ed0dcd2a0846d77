"""The Tesseract program: where it is, what it has, and running it on an image."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import msgspec

from textlift.content.attempt import FailureKind
from textlift.engines.contract import EngineError
from textlift.processes.cancellation import Cancellation

QUESTION_DEADLINE = 10.0
"""Seconds the program may take to tell its version or languages."""
OLDEST_MAJOR_VERSION = 4
"""Version 3 has none of the options used here."""

_STDERR_CHARACTERS = 2000


class TesseractProgram(msgspec.Struct, frozen=True):
    """A Tesseract that answered.

    Attributes:
        path: Of the program.
        version: Such as ``5.3.0``.
        data: Names of the language data it has (``eng``, ``chi_sim``, ``osd``, ``script/Latin``).
    """

    path: str
    version: str
    data: tuple[str, ...]


class ProgramError(Exception):
    """There is no Tesseract that can be used; the sentence says why."""


def find_program(chosen: str = "") -> Path:
    """The program's path.

    Args:
        chosen: A program, or the folder it is in, that the user named; empty: look it up.

    Raises:
        ProgramError: It is not there.
    """
    if chosen:
        for path in (Path(chosen), Path(chosen) / _file_name()):
            if path.is_file():
                return path
        raise ProgramError(f"The settings say that Tesseract is at {chosen}, but it is not there.")
    on_path = shutil.which("tesseract")
    if on_path is not None:
        return Path(on_path)
    for folder in _usual_folders():
        path = folder / _file_name()
        if path.is_file():
            return path
    raise ProgramError("Tesseract is not installed.")


def ask_program(chosen: str = "") -> TesseractProgram:
    """Finds the program and asks for its version and its languages.

    Args:
        chosen: As for ``find_program``.

    Raises:
        ProgramError: It is not there, or does not answer as Tesseract does.
    """
    path = find_program(chosen)
    found = re.search(r"tesseract\s+v?(\d+)(\.[\w.-]*)?", _ask(path, "--version"))
    if found is None:
        raise ProgramError(f"The program {path} is not Tesseract.")
    version = found.group(1) + (found.group(2) or "")
    if int(found.group(1)) < OLDEST_MAJOR_VERSION:
        raise ProgramError(f"Tesseract {version} is too old; version 5 is needed.")
    lines = _ask(path, "--list-langs").splitlines()
    data = sorted(
        line.strip().replace("\\", "/") for line in lines if re.fullmatch(r"[\w./\\-]+\s*", line)
    )
    if not any(name != "osd" for name in data):
        raise ProgramError(f"Tesseract {version} has no language data.")
    return TesseractProgram(path=str(path), version=version, data=tuple(data))


def run_program(
    program: TesseractProgram,
    arguments: list[str],
    *,
    image: bytes,
    deadline: float,
    cancellation: Cancellation,
) -> str:
    """Runs the program on an image handed over its standard input; returns what it prints.

    Nothing is written to disk. When it is cancelled the program is killed at once. It has one
    thread: two make a page no faster, and another page has the other core.

    Args:
        program: To run.
        arguments: After the names of input and output.
        image: An encoded image.
        deadline: Seconds it may take.
        cancellation: Kills it.

    Raises:
        EngineError: CANCELLED, TIMED_OUT, NOT_AVAILABLE (it does not start) or CRASHED.
    """
    try:
        process = subprocess.Popen(
            [program.path, "stdin", "stdout", *arguments],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env={**os.environ, "OMP_THREAD_LIMIT": "1"},
            creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
        )
    except OSError as error:
        raise EngineError(
            FailureKind.NOT_AVAILABLE,
            f"Tesseract does not start: {error.strerror}.",
            details=program.path,
        ) from error
    with process:
        try:
            with cancellation.watching(process.kill):
                output, errors = process.communicate(image, timeout=deadline)
        except subprocess.TimeoutExpired as error:
            raise EngineError(
                FailureKind.TIMED_OUT,
                f"Tesseract did not finish within {deadline:.0f} seconds and was stopped.",
                details=" ".join(arguments),
            ) from error
        finally:
            process.kill()
    if cancellation.cancelled:
        raise EngineError(FailureKind.CANCELLED, "Stopped.")
    complaint = errors.decode("utf-8", "replace").strip()[-_STDERR_CHARACTERS:]
    if process.returncode != 0:
        raise EngineError(
            FailureKind.CRASHED,
            "Tesseract stopped without a result.",
            details=f"exit code: {process.returncode}\n{complaint}",
        )
    return output.decode("utf-8", "replace")


def _ask(path: Path, question: str) -> str:
    try:
        answer = subprocess.run(
            [str(path), question],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            # Old versions answer on standard error.
            stderr=subprocess.STDOUT,
            timeout=QUESTION_DEADLINE,
            check=False,
            creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
        )
    except OSError as error:
        raise ProgramError(f"Tesseract at {path} does not start: {error.strerror}.") from error
    except subprocess.TimeoutExpired as error:
        raise ProgramError(f"Tesseract at {path} does not answer.") from error
    return answer.stdout.decode("utf-8", "replace")


def _file_name() -> str:
    return "tesseract.exe" if sys.platform == "win32" else "tesseract"


def _usual_folders() -> Iterator[Path]:
    """Where installers put it without adding it to the PATH that a desktop program sees."""
    if sys.platform == "win32":
        for variable in ("ProgramFiles", "ProgramFiles(x86)"):
            if folder := os.environ.get(variable):
                yield Path(folder) / "Tesseract-OCR"
        if folder := os.environ.get("LOCALAPPDATA"):
            yield Path(folder) / "Programs" / "Tesseract-OCR"
            yield Path(folder) / "Tesseract-OCR"
    elif sys.platform == "darwin":
        yield from (Path("/opt/homebrew/bin"), Path("/usr/local/bin"), Path("/opt/local/bin"))
    else:
        yield from (Path("/usr/bin"), Path("/usr/local/bin"), Path("/snap/bin"))
