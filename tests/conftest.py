"""Fixtures of every test: a private home, and nothing left running behind."""

from __future__ import annotations

import gc
import os
import signal
import sys
import tempfile
import threading
import time
import traceback
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import psutil
import pytest
from hypothesis import HealthCheck, settings

from doubles.own_network import forget_network

if TYPE_CHECKING:
    from doubles.engine_script import EngineScript
    from doubles.loopback_hub import LoopbackHub

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

# What is started with nohup, or in the background of a script, inherits that these are ignored,
# and so would the programs under test, which would then wait for ever for a Ctrl-C.
for _name, _usual in (("SIGINT", signal.default_int_handler), ("SIGHUP", signal.SIG_DFL)):
    _number = getattr(signal, _name, None)
    if _number is not None and signal.getsignal(_number) is signal.SIG_IGN:
        signal.signal(_number, _usual)

# How long an example takes, or is thought of, says something of the machine and not of the program.
# Each run tries others: half as many as usual find the same in twice the runs.
settings.register_profile(
    "untimed",
    settings.default,
    deadline=None,
    max_examples=50,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile("untimed")

ENDS_WITHIN = 10.0
"""Seconds for what is ending: on a busy machine a thread may wait for its turn for some."""

SHARED = Path(__file__).resolve().parents[2] / "shared"


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Iterator[None]:
    """Looks for no garbage among modules: they stay, and there are a million objects in them."""
    gc.disable()
    try:
        return (yield)
    finally:
        gc.enable()
        gc.freeze()


@pytest.fixture(autouse=True)
def private_home(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Settings, sessions and caches of a test never touch the user's own."""
    homes = tmp_path_factory.getbasetemp() / "homes"
    homes.mkdir(exist_ok=True)
    # mktemp would count up, and for that look through what all the tests before left.
    home = Path(tempfile.mkdtemp(dir=homes))
    monkeypatch.setenv("TEXTLIFT_HOME", str(home))
    return home


@pytest.fixture
def script(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[EngineScript]:
    """What the scripted engines of a test do; their processes find it."""
    from doubles.engine_script import EngineScript

    script = EngineScript(tmp_path / "script")
    for name, value in script.environment.items():
        monkeypatch.setenv(name, value)
    yield script
    script.close()


@pytest.fixture(autouse=True)
def nothing_left_running():
    """Fails a test that leaves a thread or a process behind.

    Fixtures of a wider scope (a loaded engine) are made before this one and may stay.
    """
    threads_before = set(threading.enumerate())
    processes_before = _processes_below()
    yield
    threads = [
        thread
        for thread in threading.enumerate()
        if thread not in threads_before and thread.is_alive() and not _ends_soon(thread)
    ]
    left = _processes_below() - processes_before
    _, processes = psutil.wait_procs(left, timeout=ENDS_WITHIN)
    assert not threads, "\n".join(["threads left running:", *map(_where, threads)])
    assert not processes, f"processes left running: {processes}"


def _processes_below() -> set[psutil.Process]:
    """The children of this process, and theirs."""
    if hasattr(os, "waitid"):
        # psutil looks at each process of the machine, twice a test; mostly there is no child.
        try:
            os.waitid(os.P_ALL, 0, os.WEXITED | os.WNOHANG | os.WNOWAIT)
        except ChildProcessError:
            return set()
    return set(psutil.Process().children(recursive=True))


def _ends_soon(thread: threading.Thread) -> bool:
    if isinstance(thread, threading._DummyThread):
        # A thread of Qt's that ran Python once: it cannot be joined, and Python 3.11 keeps its
        # record after it ended.
        return not _runs_within(ENDS_WITHIN, thread.native_id)
    thread.join(timeout=ENDS_WITHIN)
    return not thread.is_alive()


def _where(thread: threading.Thread) -> str:
    """A thread, and what it is doing now."""
    frame = sys._current_frames().get(thread.ident or 0)
    stack = traceback.format_stack(frame) if frame is not None else ["runs no Python\n"]
    return f"{thread}, {thread.native_id}:\n{''.join(stack)}"


def _runs_within(seconds: float, native_id: int | None) -> bool:
    """Whether the system still knows the thread after waiting for its end that long."""
    end = time.monotonic() + seconds
    while any(thread.id == native_id for thread in psutil.Process().threads()):
        if time.monotonic() > end:
            return True
        time.sleep(0.02)
    return False


@pytest.fixture
def hub_cache(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The Hugging Face cache of processes that the test starts; nothing of the user's is seen.

    Neither their token, keyring, proxy and certificates.
    """
    home = tmp_path_factory.mktemp("huggingface")
    forget_network(monkeypatch, home=str(home))
    return home / "hub"


@pytest.fixture
def hub(hub_cache: Path) -> Iterator[LoopbackHub]:
    """A hub of the test's own on the loopback interface."""
    from doubles.loopback_hub import LoopbackHub

    with LoopbackHub() as running:
        yield running


@pytest.fixture
def shared() -> Path:
    """The folder of measuring material beside the repository; the test is skipped without it."""
    if not SHARED.is_dir():
        pytest.skip("needs the folder shared/ beside the repository")
    return SHARED
