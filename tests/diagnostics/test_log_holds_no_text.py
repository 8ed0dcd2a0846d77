"""The log of the real window and of the real command line: what happened, and no word read."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from doubles.engine_script import EngineScript
from doubles.secret_pages import SECRET
from doubles.window_process import WindowProcess
from textlift.diagnostics.log_file import NAME
from textlift.settings import user_folders

_PROGRAM = """
import sys
from pathlib import Path
from doubles.engine_script import EngineScript
from textlift import cli
from textlift.commands import user_settings

registry = EngineScript.load(Path(sys.argv.pop(1))).registry
user_settings.installed_engines = lambda settings: registry
cli.main()
"""


@pytest.fixture
def start_window(tmp_path: Path) -> Iterator[Callable[..., WindowProcess]]:
    """Starts windows; ends those that a test which failed leaves behind."""
    windows: list[WindowProcess] = []

    def start(*arguments: object) -> WindowProcess:
        windows.append(WindowProcess(*arguments))
        return windows[-1]

    yield start
    for window in windows:
        if window.process.poll() is None:
            window.kill()


def _log() -> str:
    folder = user_folders().log
    for path in folder.iterdir():
        assert SECRET not in path.read_text("utf-8", "replace"), path
        assert SECRET not in path.name
    return (folder / NAME).read_text()


def _assert_told(log: str) -> None:
    for told in (
        "(PDF), page 1: automatic, read it, ",
        "(PDF), page 2: automatic, failed: crashed, ",
        "(PDF), page 3: automatic, failed: crashed, ",
        "(PDF), page 4: automatic, failed: ran-away, ",
        "(PDF), page 4: tesseract, failed: malformed, ",
        "(PDF), page 4: failed, ",
        "(PDF), page 5: automatic, failed: out-of-memory, ",
        "    exit code: 3\n",
        "    ValueError\n",
        "died: process ",
        "(1 line is left out: text of the page might be in there.)",
    ):
        assert told in log, told


def test_the_log_of_the_command_line(troubled: EngineScript, secret_pdf: Path, tmp_path: Path):
    out = tmp_path / "out.txt"
    done = subprocess.run(
        [
            *(sys.executable, "-c", _PROGRAM, str(troubled.folder)),
            *("ocr", "--no-check", str(secret_pdf), "-o", str(out)),
        ],
        check=False,
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == 1, done.stderr
    assert SECRET in out.read_text()
    log = _log()
    assert "textlift ocr" in log
    _assert_told(log)


@pytest.mark.skipif(sys.platform == "win32", reason="ends the window by a signal")
def test_the_log_of_the_window(troubled: EngineScript, secret_pdf: Path, start_window):
    window = start_window(troubled, secret_pdf)
    window.wait_for("ready")
    for page in range(1, 6):
        window.wait_for(lambda line, page=page: line.endswith(f" {page}") and "finished" in line)
    assert window.close() == 0
    log = _log()
    assert "window of Textlift" in log
    assert "the window was closed" in log
    _assert_told(log)


@pytest.mark.skipif(sys.platform == "win32", reason="ends the window by a signal")
def test_a_crash_leaves_its_stack_and_is_told_of_at_the_next_start(
    script: EngineScript, start_window
):
    script.engine("automatic")
    window = start_window(script)
    window.wait_for("ready")
    os.kill(window.pid, signal.SIGSEGV)
    assert window.wait() == -signal.SIGSEGV
    crash = user_folders().log / "crash.log"
    assert "most recent call first" in crash.read_text()
    window = start_window(script)
    window.wait_for("ready")
    assert window.close() == 0
    assert crash.read_bytes() == b""
    assert "most recent call first" in crash.with_name("crash-before.log").read_text()
    assert "Textlift crashed when it ran the last time." in _log()
