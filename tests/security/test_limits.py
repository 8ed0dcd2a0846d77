"""What a process may take is limited by the system, not only watched."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

import pytest

from doubles.confined import confined

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="only Linux has all of them")


@pytest.mark.parametrize("role", ["reader", "inspector"])
def test_memory_ends_in_an_error_not_in_a_full_machine(role: str, tmp_path: Path):
    code = """
import mmap
reserved = []
try:
    while len(reserved) < 1000:
        reserved.append(mmap.mmap(-1, 100_000_000))  # Reserved and never touched.
except OSError as error:
    result["error"] = errno.errorcode[error.errno]
result["gigabytes"] = len(reserved) // 10
"""
    answer = confined(role, code, tmp_path)
    assert answer["error"] == "ENOMEM"
    assert answer["gigabytes"] < 50


@pytest.mark.parametrize("role", ["reader", "inspector", "engine"])
def test_no_dump_of_memory_and_no_endless_file(role: str, tmp_path: Path):
    code = """
import resource
result["core"] = resource.getrlimit(resource.RLIMIT_CORE)
result["file"] = resource.getrlimit(resource.RLIMIT_FSIZE)
def raise_again():
    try:
        resource.setrlimit(resource.RLIMIT_CORE, (1, 1))
    except ValueError:
        raise PermissionError(errno.EPERM, "refused") from None
result["raised"] = tried(raise_again) if os.getuid() else "EPERM"
"""
    answer = confined(role, code, tmp_path)
    assert answer["core"] == [0, 0]
    assert 0 < answer["file"][0] <= 8_000_000_000
    assert answer["raised"] == "EPERM"


def test_a_file_that_grows_for_ever_is_cut_short(tmp_path: Path):
    code = """
def grow():
    with (Path(sys.argv[1]) / "page.part").open("wb") as stream:
        stream.truncate(2_000_000_000)
result["grows"] = tried(grow)
"""
    assert confined("reader", code, tmp_path) == {"grows": "EFBIG"}


def test_the_reader_holds_few_files_open(tmp_path: Path):
    code = """
held = []
def hold():
    while True:
        held.append(open("/dev/null"))
result["holds"] = tried(hold)
del held[:]
"""
    assert confined("reader", code, tmp_path) == {"holds": "EMFILE"}


def test_a_request_that_computes_for_ever_ends_by_itself():
    """Though nobody waits for it: its parent may be stopped, or debugged."""
    program = """
from textlift.processes.confinement.limits import within_processor_time

def handle(body, report, cancellation):
    while body == b"for ever":
        pass
    return body

limited = within_processor_time(handle, seconds=0.2)
for _ in range(3):
    limited(b"at once", None, None)
print("answered", flush=True)
limited(b"for ever", None, None)
"""
    ended = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, timeout=60, check=False
    )
    assert ended.stdout == "answered\n"
    assert ended.returncode == -signal.SIGXCPU
