"""No process that touches a document or a model reaches a network, or another process."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from doubles.confined import confined, needs_filter, needs_landlock, needs_scopes

pytestmark = needs_filter

ROLES = ("reader", "inspector", "engine")

NETWORKS = """
for family in ("AF_INET", "AF_INET6", "AF_NETLINK", "AF_PACKET", "AF_VSOCK", "AF_ALG"):
    for kind in (socket.SOCK_STREAM, socket.SOCK_DGRAM, socket.SOCK_RAW):
        number = getattr(socket, family)
        result[f"{family} {kind}"] = tried(lambda: socket.socket(number, kind))
"""


@pytest.mark.parametrize("role", ROLES)
def test_no_socket_of_a_network_is_made(role: str, tmp_path: Path):
    answer = confined(role, NETWORKS, tmp_path)
    assert set(answer.values()) == {"EACCES"}


@pytest.mark.parametrize("role", ROLES)
def test_nor_by_the_calls_that_go_past_a_filter(role: str, tmp_path: Path):
    code = """
library = ctypes.CDLL(None, use_errno=True)
def call(number, *arguments):
    if library.syscall(number, *arguments) < 0:
        raise OSError(ctypes.get_errno(), "refused")
buffer = ctypes.create_string_buffer(256)
result["io_uring"] = tried(lambda: call(425, 4, buffer))
"""
    assert confined(role, code, tmp_path) == {"io_uring": "EACCES"}


def test_a_program_that_an_engine_starts_has_no_network_either(tmp_path: Path):
    code = """
inner = "import socket; socket.socket(socket.AF_INET, socket.SOCK_STREAM)"
ended = subprocess.run([sys.executable, "-c", inner], capture_output=True, text=True)
result["said"] = ended.stderr.splitlines()[-1]
"""
    assert "PermissionError" in confined("engine", code, tmp_path)["said"]


@pytest.mark.parametrize("role", ["reader", "inspector"])
def test_reader_and_inspector_start_no_program_and_no_process(role: str, tmp_path: Path):
    code = """
result["program"] = tried(lambda: subprocess.run(["true"]))
result["process"] = tried(os.fork)
result["in its place"] = tried(lambda: os.execv("/bin/true", ["true"]))
thread = threading.Thread(target=lambda: result.update(thread="done"))
thread.start()
thread.join()
"""
    answer = confined(role, code, tmp_path)
    assert answer.pop("thread") == "done"
    assert set(answer.values()) == {"EACCES"}


@pytest.mark.parametrize("role", ROLES)
def test_sockets_of_this_machine_are_not_connected(role: str, tmp_path: Path):
    """The session's bus starts programs for whoever asks, and the display takes keys."""
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(str(tmp_path / "bus"))
        listening.listen()
        code = """
def connect(kind):
    with socket.socket(socket.AF_UNIX, kind) as own:
        own.connect(sys.argv[1] + "/bus")
result["stream"] = tried(lambda: connect(socket.SOCK_STREAM))
result["datagram"] = tried(lambda: connect(socket.SOCK_DGRAM))
"""
        answer = confined(role, code, tmp_path)
    assert answer == {"stream": "EACCES", "datagram": "EACCES"}


def test_an_engine_may_make_the_local_sockets_that_cuda_makes(tmp_path: Path):
    code = """
def listen():
    with socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET) as own:
        own.bind(f"\\0textlift-test-{os.getpid()}")
        own.listen()
result["listens"] = tried(listen)
result["pair"] = tried(lambda: [end.close() for end in socket.socketpair()])
"""
    assert confined("engine", code, tmp_path) == {"listens": "done", "pair": "done"}


@needs_landlock
@pytest.mark.parametrize("role", ROLES)
def test_other_processes_cannot_be_traced_or_read(role: str, tmp_path: Path):
    victim = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    try:
        code = f"""
library = ctypes.CDLL(None, use_errno=True)
def attach():
    if library.ptrace(16, {victim.pid}, None, None) < 0:
        raise OSError(ctypes.get_errno(), "refused")
result["attach"] = tried(attach)
result["memory"] = tried(lambda: open("/proc/{victim.pid}/mem", "rb"))
"""
        answer = confined(role, code, tmp_path)
    finally:
        victim.communicate(b"\n")
    assert answer == {"attach": "EACCES", "memory": "EACCES"}


@needs_scopes
@pytest.mark.parametrize("role", ROLES)
def test_other_processes_cannot_be_ended(role: str, tmp_path: Path):
    code = f"result['signal'] = tried(lambda: os.kill({os.getpid()}, 0))"
    assert confined(role, code, tmp_path) == {"signal": "EPERM"}


@needs_scopes
def test_an_engine_may_still_end_the_programs_it_started(tmp_path: Path):
    code = """
started = subprocess.Popen(["sleep", "60"])
started.kill()
result["ended by"] = started.wait()
"""
    assert confined("engine", code, tmp_path) == {"ended by": -9}


@pytest.mark.parametrize("role", ROLES)
def test_no_program_gains_rights_by_being_started(role: str, tmp_path: Path):
    code = "result['status'] = Path('/proc/self/status').read_text()"
    status = confined(role, code, tmp_path)["status"]
    assert "NoNewPrivs:\t1" in status
    assert "Seccomp:\t2" in status
