"""The filter of system calls, run by a machine of the test's own on both kinds of processors."""

from __future__ import annotations

import errno
import re
from pathlib import Path

import pytest

from textlift.processes.confinement.seccomp import CallFilter, encoded, filter_code
from textlift.processes.confinement.system_calls import PROCESSORS, Processor

READER = CallFilter()
ENGINE = CallFilter(starts_programs=True, changes_rights=True, local_sockets=True)

ALLOWED = 0x7FFF0000
AF_UNIX, AF_INET = 1, 2
SOCK_STREAM, SOCK_DGRAM = 1, 2
SOCK_CLOEXEC = 0o2000000
THREAD = 0x003D0F00
"""Flags of ``clone`` by which the C library starts a thread."""
VFORK = 0x00004111
READ = {"x86_64": 0, "aarch64": 63}


def outcome(
    code: list, processor: Processor, number: int, *arguments: int, audit: int | None = None
) -> str:
    """What the kernel would do: "allowed", or the name of the error."""
    words = {0: number, 4: processor.audit if audit is None else audit}
    words.update({16 + 8 * place: value for place, value in enumerate(arguments)})
    loaded, place = 0, 0
    while True:
        operation, holds, else_, value = code[place]
        place += 1
        match operation:
            case 0x20:
                loaded = words.get(value, 0)
            case 0x54:
                loaded &= value
            case 0x15:
                place += holds if loaded == value else else_
            case 0x35:
                place += holds if loaded >= value else else_
            case 0x45:
                place += holds if loaded & value else else_
            case 0x06:
                return "allowed" if value == ALLOWED else errno.errorcode[value & 0xFFFF]
            case _:
                raise AssertionError(hex(operation))


@pytest.fixture(params=PROCESSORS)
def name(request: pytest.FixtureRequest) -> str:
    return request.param


@pytest.fixture
def processor(name: str) -> Processor:
    return PROCESSORS[name]


@pytest.mark.parametrize("chosen", [READER, ENGINE])
def test_ordinary_calls_pass(name: str, processor: Processor, chosen: CallFilter):
    code = filter_code(chosen, processor)
    assert outcome(code, processor, READ[name], 3) == "allowed"
    assert outcome(code, processor, processor.numbers["clone"], THREAD) == "allowed"


@pytest.mark.parametrize("chosen", [READER, ENGINE])
def test_calls_of_another_kind_of_program_are_refused(processor: Processor, chosen: CallFilter):
    """Number 41 is ``socket`` here and ``dup`` there: their numbers cannot be told apart."""
    code = filter_code(chosen, processor)
    for audit in (0x40000003, 0x40000028):  # 32-bit x86 and ARM
        assert outcome(code, processor, 3, audit=audit) == "EPERM"


def test_x32_calls_are_refused():
    processor = PROCESSORS["x86_64"]
    code = filter_code(ENGINE, processor)
    assert outcome(code, processor, 0x40000000 | processor.numbers["socket"], AF_INET) == "EPERM"


@pytest.mark.parametrize("chosen", [READER, ENGINE])
def test_networks_are_refused_whatever_the_flags(processor: Processor, chosen: CallFilter):
    code = filter_code(chosen, processor)
    for family in [*range(2, 46), 0xFFFF]:
        for kind in (SOCK_STREAM, SOCK_DGRAM, SOCK_STREAM | SOCK_CLOEXEC):
            answer = outcome(code, processor, processor.numbers["socket"], family, kind)
            assert answer == "EACCES"
        assert outcome(code, processor, processor.numbers["socketpair"], family) == "EACCES"


def test_local_sockets(processor: Processor):
    socket, connect = processor.numbers["socket"], processor.numbers["connect"]
    engine, reader = filter_code(ENGINE, processor), filter_code(READER, processor)
    stream = (AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC)
    assert outcome(engine, processor, socket, *stream) == "allowed"
    assert outcome(engine, processor, socket, AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC) == "EACCES"
    assert outcome(reader, processor, socket, *stream) == "EACCES"
    assert outcome(engine, processor, connect, 3) == "EACCES"
    service = filter_code(CallFilter(local_sockets=True, local_connections=True), processor)
    assert outcome(service, processor, connect, 3) == "allowed"


def test_processes_are_for_engines(processor: Processor):
    clone = processor.numbers["clone"]
    engine, reader = filter_code(ENGINE, processor), filter_code(READER, processor)
    assert outcome(engine, processor, clone, VFORK) == "allowed"
    assert outcome(reader, processor, clone, VFORK) == "EACCES"
    assert outcome(engine, processor, clone, VFORK | 0x10000000) == "EPERM"
    for number in processor.known("execve", "fork", "vfork", "execveat"):
        assert outcome(engine, processor, number) == "allowed"
        assert outcome(reader, processor, number) == "EACCES"


@pytest.mark.parametrize("chosen", [READER, ENGINE])
def test_clone3_is_said_to_be_unknown(processor: Processor, chosen: CallFilter):
    code = filter_code(chosen, processor)
    assert outcome(code, processor, processor.numbers["clone3"]) == "ENOSYS"


@pytest.mark.parametrize("chosen", [READER, ENGINE])
def test_every_refused_call_is_refused(processor: Processor, chosen: CallFilter):
    code = filter_code(chosen, processor)
    names = "io_uring_setup ptrace process_vm_writev pidfd_getfd keyctl unshare setns bpf"
    for number in processor.known(*names.split()):
        assert outcome(code, processor, number) == "EACCES"


def test_the_program_is_one_that_the_kernel_takes(processor: Processor):
    for chosen in (READER, ENGINE):
        code = filter_code(chosen, processor)
        assert len(encoded(code)) == 8 * len(code)
        assert len(code) < 4096
        assert all(place + 1 + max(step[1:3]) < len(code) for place, step in enumerate(code[:-1]))


@pytest.mark.parametrize(
    ("name", "header"),
    [
        ("x86_64", Path("/usr/include/x86_64-linux-gnu/asm/unistd_64.h")),
        ("aarch64", Path("/usr/include/asm-generic/unistd.h")),
    ],
)
def test_numbers_are_those_of_the_kernels_headers(name: str, header: Path):
    if not header.exists():
        pytest.skip("the kernel's headers are not installed")
    known = dict(re.findall(r"#define __NR_(\w+) (\d+)\b", header.read_text()))
    numbers = PROCESSORS[name].numbers
    compared = {call: number for call, number in numbers.items() if call in known}
    assert len(compared) > 20
    assert {call: int(known[call]) for call in compared} == compared
