"""Where a system has less, what there is holds and nothing fails."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from doubles.confined import confined, needs_filter, needs_landlock
from textlift.processes.confinement import bytecode
from textlift.processes.confinement.bytecode import keep_bytecode

LESS = """
import json, sys
from pathlib import Path
from textlift.processes.confinement import confining, kernel, landlock, seccomp
from textlift.processes.confinement.limits import Limits
from textlift.processes.confinement.seccomp import CallFilter

def refused(number, *arguments):
    raise kernel.KernelError(38, "Function not implemented")

{less}
held = confining.confine(
    limits=Limits(open_files=200), calls=CallFilter(), writes=[Path("/not/there")]
)
print(json.dumps([list(held.limits), held.calls, held.writes, list(held.missing)]))
"""


def holds(less: str) -> list:
    answer = subprocess.run(
        [sys.executable, "-c", LESS.format(less=less)], capture_output=True, text=True, check=True
    )
    return json.loads(answer.stdout)


@needs_filter
@needs_landlock
def test_everything_holds_here():
    limits, calls, writes, missing = holds("")
    assert limits == ["core dumps", "open files"]
    assert calls
    assert writes >= 1
    assert missing == []


@needs_filter
def test_without_landlock_the_filter_holds():
    _, calls, writes, missing = holds("landlock.system_call = refused")
    assert calls
    assert writes == 0
    assert missing == ["writes: no Landlock"]


@needs_filter
@needs_landlock
def test_without_filters_landlock_holds():
    _, calls, writes, missing = holds("seccomp.system_call = refused")
    assert not calls
    assert writes >= 1
    assert missing == ["network: Function not implemented"]


def test_on_another_processor_the_limits_hold():
    limits, calls, writes, missing = holds("confining.this_processor = lambda: None")
    assert (limits, calls, writes) == (["core dumps", "open files"], False, 0)
    assert missing == ["not on this kind of processor"]


def test_on_another_system_the_limits_hold():
    limits, calls, writes, missing = holds("confining.sys = type('sys', (), {'platform': 'mac'})")
    assert (limits, calls, writes) == (["core dumps", "open files"], False, 0)
    assert missing == ["only Linux has the rest"]


def test_it_can_be_switched_off(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    monkeypatch.setenv("TEXTLIFT_CONFINEMENT", "off")
    code = """
socket.socket(socket.AF_INET, socket.SOCK_DGRAM).close()
(Path(sys.argv[1]) / "elsewhere").write_text("x")
"""
    for role in ("reader", "inspector", "engine"):
        assert confined(role, code, tmp_path) == {}
        (tmp_path / "elsewhere").unlink()


def test_modules_that_nobody_compiled_are_compiled_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    package = tmp_path / "site" / "raw_package"
    package.mkdir(parents=True)
    (package / "__init__.py").write_text("")
    monkeypatch.syspath_prepend(str(package.parent))
    monkeypatch.setattr(bytecode.sys, "dont_write_bytecode", False)
    monkeypatch.setattr(bytecode.sys, "pycache_prefix", None)
    keep_bytecode(tmp_path / "own", of="raw_package")
    assert bytecode.sys.pycache_prefix == str(tmp_path / "own")


def test_modules_that_are_compiled_are_used_as_they_are(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(bytecode.sys, "dont_write_bytecode", False)
    monkeypatch.setattr(bytecode.sys, "pycache_prefix", None)
    keep_bytecode(Path("/own"), of="msgspec")
    keep_bytecode(Path("/own"), of="no_such_package_at_all")
    assert bytecode.sys.pycache_prefix is None
