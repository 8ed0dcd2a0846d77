"""The command line with scripted engines: in this process, or as a program of its own."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from doubles.engine_script import EngineScript
from doubles.pages import draw_page, make_pdf
from textlift import cli
from textlift.commands import user_settings

PROGRAM = """
from textlift import cli
from textlift.commands import user_settings
from textlift.engines.contract import Availability, EngineCard
from textlift.engines.registry import EngineEntry, Registry

entry = EngineEntry(
    card=EngineCard(name="automatic", title="Engine automatic", summary=""),
    availability=lambda options: Availability(ready=True),
    factory="doubles.scripted_engine:automatic",
)
user_settings.installed_engines = lambda settings: Registry([entry])
cli.main()
"""


@pytest.fixture
def script(script: EngineScript, monkeypatch: pytest.MonkeyPatch) -> EngineScript:
    """The engines: ``automatic`` reads every page, unless a test says otherwise."""
    monkeypatch.setattr(user_settings, "installed_engines", lambda settings: script.registry)
    script.engine("automatic")
    return script


@pytest.fixture
def run(script: EngineScript) -> Callable[..., Result]:
    """Runs ``textlift ARGUMENTS`` in this process."""

    def run(*arguments: str | Path, text: str | None = None) -> Result:
        runner = CliRunner()
        return runner.invoke(
            cli.app, [str(argument) for argument in arguments], input=text, prog_name="textlift"
        )

    return run


@pytest.fixture
def files(tmp_path: Path) -> Path:
    """``a.png`` (page 1), ``b.pdf`` (pages 2 to 4), ``bad.pdf``."""
    folder = tmp_path / "files"
    folder.mkdir()
    draw_page(1).save(folder / "a.png")
    make_pdf(folder / "b.pdf", 3, first=2)
    (folder / "bad.pdf").write_bytes(b"%PDF-1.7 and then nothing of it")
    return folder


@pytest.fixture
def start_program(script: EngineScript) -> Iterator[Callable[..., subprocess.Popen]]:
    """Starts ``textlift ARGUMENTS`` as a process; its engine is a scripted ``automatic``."""
    programs = []

    def start(*arguments: str | Path, **options: object) -> subprocess.Popen:
        streams = {
            "stdin": subprocess.DEVNULL,
            "stdout": subprocess.PIPE,
            "stderr": subprocess.PIPE,
        }
        program = subprocess.Popen(
            [sys.executable, "-c", PROGRAM, *arguments], **{**streams, **options}
        )
        programs.append(program)
        return program

    yield start
    for program in programs:
        # A test that failed in the middle leaves nothing behind for those after it.
        program.kill()
        program.wait()
        for stream in (program.stdout, program.stderr):
            if stream is not None:
                stream.close()
