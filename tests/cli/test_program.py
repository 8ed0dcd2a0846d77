"""``textlift`` as a program of its own: signals, closed pipes, terminals."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest

from doubles.engine_script import HANG, stream
from doubles.pages import make_pdf
from textlift import __version__

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="POSIX signals and terminals")


def wait_until_told(script, page: int) -> None:
    deadline = time.monotonic() + 60
    while not script.told(page=page):
        assert time.monotonic() < deadline, "the engine was never asked"
        time.sleep(0.02)


def test_interruption_keeps_what_was_read(script, start_program, tmp_path):
    script.engine("automatic", pages={3: HANG})
    make_pdf(tmp_path / "book.pdf", 5)
    program = start_program("ocr", tmp_path / "book.pdf", "-o", tmp_path / "book.txt")
    wait_until_told(script, 3)
    children = psutil.Process(program.pid).children(recursive=True)
    began = time.monotonic()
    program.send_signal(signal.SIGINT)
    _, errors = program.communicate(timeout=60)
    assert time.monotonic() - began < 5
    assert program.returncode == 130
    assert errors.decode().splitlines() == [
        f"Stopped. 2 of 5 pages had been read. Kept in {tmp_path}/book.txt."
    ]
    assert (tmp_path / "book.txt").read_text() == (
        "Page 1 read by automatic.\n\nPage 2 read by automatic.\n\n"
        "[Pages 3 to 5 have not been read.]\n"
    )
    assert children
    assert not any(child.is_running() for child in children)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_the_end_of_the_session_is_an_interruption(script, start_program, tmp_path, number):
    script.engine("automatic", pages={1: HANG})
    make_pdf(tmp_path / "book.pdf", 1)
    program = start_program("ocr", tmp_path / "book.pdf", "-o", f"{tmp_path}/out/")
    wait_until_told(script, 1)
    program.send_signal(number)
    _, errors = program.communicate(timeout=60)
    assert (program.returncode, errors) == (130, b"Stopped. 0 of 1 page had been read.\n")
    assert list((tmp_path / "out").iterdir()) == []


def test_a_terminal_stops_the_whole_group(script, start_program, tmp_path):
    """Ctrl-C reaches the engine too; it must not look as if the engine had crashed."""
    script.engine("automatic", pages={1: HANG})
    make_pdf(tmp_path / "book.pdf", 2)
    program = start_program("ocr", tmp_path / "book.pdf", start_new_session=True)
    wait_until_told(script, 1)
    os.killpg(program.pid, signal.SIGINT)
    output, errors = program.communicate(timeout=60)
    assert program.returncode == 130
    assert output == b"[Pages 1 to 2 have not been read.]\n"
    assert errors == b"Stopped. 0 of 2 pages had been read.\n"


def test_a_reader_that_leaves_is_no_error_to_shout_about(script, start_program, tmp_path):
    make_pdf(tmp_path / "book.pdf", 40)
    program = start_program("ocr", tmp_path / "book.pdf")
    assert program.stdout.readline() == b"Page 1 read by automatic.\n"
    program.stdout.close()
    errors = program.stderr.read()
    program.stderr.close()
    assert (program.wait(timeout=60), errors) == (1, b"")
    assert len(script.told()) < 40


def test_text_appears_while_the_rest_is_being_read(script, start_program, tmp_path):
    gate = script.make_gate("gate")
    script.engine("automatic", pages={3: stream(["slow"], gate)})
    make_pdf(tmp_path / "book.pdf", 3)
    program = start_program("ocr", tmp_path / "book.pdf")
    shown = b"Page 1 read by automatic.\n\nPage 2 read by automatic."
    first = program.stdout.read(len(shown))
    assert first == shown
    script.open_gate("gate")
    output, _ = program.communicate(timeout=60)
    assert program.returncode == 0
    assert output == b"\n\nslow\n"


def test_bar_and_text_share_a_terminal(script, tmp_path, start_program):
    make_pdf(tmp_path / "book.pdf", 3)
    ours, theirs = os.openpty()
    try:
        program = start_program_on(theirs, start_program, tmp_path / "book.pdf")
        os.close(theirs)
        shown = read_all(ours)
        program.wait(timeout=60)
    finally:
        os.close(ours)
    text = shown.decode()
    for number in (1, 2, 3):
        # Nothing else on the line, and the cursor back at its beginning.
        assert f"Page {number} read by automatic.\r\n" in text
    assert "Reading" in text
    assert "3 pages read." in text
    assert program.returncode == 0


def start_program_on(terminal: int, start_program, *files: Path) -> subprocess.Popen:
    return start_program(
        "ocr", *files, stdin=terminal, stdout=terminal, stderr=terminal, start_new_session=True
    )


def read_all(terminal: int) -> bytes:
    shown = b""
    while True:
        try:
            part = os.read(terminal, 65536)
        except OSError:
            return shown
        if not part:
            return shown
        shown += part


def test_version_and_help():
    def ask(*arguments: str) -> str:
        done = subprocess.run(
            [sys.executable, "-m", "textlift", *arguments],
            check=True,
            capture_output=True,
            text=True,
        )
        assert done.stderr == ""
        return done.stdout

    assert ask("--version") == f"Textlift {__version__}\n"
    assert "--password-file" in ask("ocr", "--help")


def test_the_command_line_loads_nothing_heavy():
    program = (
        "import sys, textlift.cli\n"
        "heavy = {'torch', 'transformers', 'rapidocr', 'onnxruntime', 'pypdfium2', 'PIL',"
        " 'numpy', 'cv2', 'PySide6', 'huggingface_hub', 'httpx2', 'keyring', 'truststore'}\n"
        "print(sorted(heavy & set(sys.modules)))"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], check=True, capture_output=True, text=True
    )
    assert done.stdout == "[]\n"
