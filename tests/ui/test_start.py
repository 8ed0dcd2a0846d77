"""What the window's process does before the window is made."""

from __future__ import annotations

import builtins
import subprocess
import sys

import PySide6.QtCore  # noqa: F401 - puts its own import statement in place
import pytest

from textlift import __main__ as program
from textlift.ui.start import restore_import

_PROGRAM = """
import builtins, gc, linecache, sys
from textlift import __main__ as program
from PySide6.QtWidgets import QApplication

QApplication.exec = lambda *_: print(
    gc.isenabled(), builtins.__import__ is builtins.__orig_import__,
    any("main_window" in name for name in linecache.cache),
) or 0
sys.argv = ["textlift"]
program.main()
"""


def test_a_window_opens_without_collecting_garbage_or_reading_sources() -> None:
    done = subprocess.run(
        [sys.executable, "-c", _PROGRAM], check=True, capture_output=True, text=True, timeout=60
    )
    assert done.stdout == "False True False\n"


def test_the_import_that_reads_sources_goes(monkeypatch):
    monkeypatch.setattr(builtins, "__import__", builtins.__import__)
    restore_import()
    assert builtins.__import__ is builtins.__orig_import__


@pytest.mark.parametrize(
    ("arguments", "files"),
    [
        ([], []),
        (["window"], []),
        (["window", "a.pdf", "b"], ["a.pdf", "b"]),
    ],
)
def test_the_window_opens_without_a_look_at_the_command_line(monkeypatch, arguments, files):
    opened: list[list[str]] = []
    monkeypatch.setattr("textlift.ui.start.open_window", lambda files: opened.append(files) or 0)
    monkeypatch.setattr(sys, "argv", ["textlift", *arguments])
    monkeypatch.setitem(sys.modules, "textlift.cli", None)
    with pytest.raises(SystemExit) as end:
        program.main()
    assert (opened, end.value.code) == ([files], 0)


@pytest.mark.parametrize("arguments", [["window", "--help"], ["ocr", "a.pdf"], ["--version"]])
def test_what_has_options_is_parsed(monkeypatch, arguments):
    monkeypatch.setattr("textlift.ui.start.open_window", lambda _: pytest.fail("no window"))
    typed: list[list[str]] = []
    monkeypatch.setattr("textlift.cli.main", lambda: typed.append(sys.argv[1:]))
    monkeypatch.setattr(sys, "argv", ["textlift", *arguments])
    program.main()
    assert typed == [arguments]
