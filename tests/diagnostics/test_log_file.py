"""The log: bounded, shared by processes, written behind everybody's back, and free of text."""

from __future__ import annotations

import logging
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from textlift.diagnostics.log_file import close_log, log_files, open_log

_WRITER = """
import logging, sys
from pathlib import Path
from textlift.diagnostics.log_file import close_log, open_log

handler = open_log(Path(sys.argv[1]))
for number in range(200):
    logging.getLogger("textlift.test").info("line %s-%03d", sys.argv[2], number)
close_log(handler)
"""


@pytest.fixture
def log():
    return logging.getLogger("textlift.test")


def test_nothing_is_made_before_there_is_something_to_say(tmp_path, log):
    handler = open_log(tmp_path / "log")
    log.debug("not worth a line")
    assert not (tmp_path / "log").exists()
    assert "log" not in {thread.name for thread in threading.enumerate()}
    log.info("a line")
    close_log(handler)
    (line,) = handler.path.read_text().splitlines()
    assert line.endswith("textlift.test: a line")
    log.info("after the end")
    assert len(handler.path.read_text().splitlines()) == 1


def test_of_an_exception_the_stack_stays_and_the_message_goes(tmp_path, log):
    handler = open_log(tmp_path)
    text = "Dear Mrs Aldous"
    try:
        int(text)
    except ValueError:
        log.exception("it failed")
    log.warning("it died", extra={"output": "Dear Mrs Aldous\nexit code: 3"})
    close_log(handler)
    written = handler.path.read_text()
    assert "Aldous" not in written
    assert "    ValueError\n" in written
    assert "exit code: 3" in written
    assert "int(text)" in written


def test_it_never_grows_beyond_its_bounds(tmp_path, log):
    handler = open_log(tmp_path)
    handler._limit, handler._kept = 2_000, 2
    for number in range(200):
        log.info("line %d", number)
        if number % 10 == 0:
            # Lines that come together are written together.
            handler.close()
    close_log(handler)
    files = log_files(tmp_path, kept=2)
    assert all(0 < path.stat().st_size <= 2_000 for path in files)
    assert {path.name for path in tmp_path.iterdir()} <= {
        *(path.name for path in files),
        "textlift.lock",
    }
    assert "line 199" in files[0].read_text()


def test_two_processes_write_whole_lines(tmp_path):
    writers = [
        subprocess.Popen([sys.executable, "-c", _WRITER, str(tmp_path), name]) for name in "ab"
    ]
    assert [writer.wait(60) for writer in writers] == [0, 0]
    written = "".join(path.read_text() for path in log_files(tmp_path) if path.exists())
    said = sorted(line.split("line ")[1] for line in written.splitlines())
    assert said == [f"{name}-{number:03d}" for name in "ab" for number in range(200)]


def test_what_could_not_be_written_is_counted(tmp_path, log):
    blocked = tmp_path / "log"
    blocked.write_text("a file where the folder should be")
    handler = open_log(blocked)
    log.info("lost")
    handler.close()
    blocked.unlink()
    log.info("kept")
    close_log(handler)
    first, second = handler.path.read_text().splitlines()
    assert first == "Lines that could not be written: 1."
    assert second.endswith("kept")


@pytest.mark.skipif(sys.platform == "win32", reason="permissions are other there")
def test_nobody_else_can_read_it(tmp_path: Path, log):
    handler = open_log(tmp_path / "log")
    log.info("a line")
    close_log(handler)
    assert handler.path.stat().st_mode & 0o077 == 0
    assert handler.path.parent.stat().st_mode & 0o077 == 0
