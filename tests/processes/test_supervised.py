"""A supervised process answers, and every way it can fail is told apart."""

from __future__ import annotations

import contextlib
import subprocess
import sys
import threading
import time
from pathlib import Path

import msgspec
import psutil
import pytest

from textlift.processes import supervised
from textlift.processes.cancellation import Cancellation
from textlift.processes.supervised import (
    ProcessCancelled,
    ProcessDied,
    ProcessTimedOut,
    ProcessTookTooMuchMemory,
    RequestFailed,
    SupervisedProcess,
)

CHILDREN = Path(__file__).with_name("children.py")


class Ask(msgspec.Struct, tag=True):
    what: str
    amount: int = 0


class Say(msgspec.Struct, tag=True):
    text: str


@pytest.fixture
def child(monkeypatch):
    monkeypatch.setattr(
        supervised,
        "process_command",
        lambda arguments: [sys.executable, str(CHILDREN), *arguments],
    )
    started = []

    def start(*arguments: str, **options) -> SupervisedProcess:
        process = SupervisedProcess("The child", arguments=arguments, **options)
        started.append(process)
        process.start(deadline=20)
        return process

    yield start
    for process in started:
        process.kill()


def ask(process: SupervisedProcess, what: str, *, amount: int = 0, **options) -> str:
    options.setdefault("deadline", 20)
    return process.call(Ask(what=what, amount=amount), answer=Say, **options).text


def test_answers_and_tells_its_device(child):
    process = child()
    assert ask(process, "echo") == "echo"
    assert process.device == "cpu:test"
    assert process.alive


def test_parts_arrive_before_the_answer_in_order(child):
    parts = []

    def on_progress(body: bytes) -> None:
        parts.append(msgspec.msgpack.decode(body, type=Say).text)

    assert ask(child(), "parts", amount=50, on_progress=on_progress) == "whole"
    assert parts == [str(number) for number in range(50)]


def test_a_refusal_leaves_the_child_alive(child):
    process = child()
    with pytest.raises(RequestFailed) as failure:
        ask(process, "refuse")
    assert (failure.value.kind, failure.value.sentence) == ("no", "It does not want to.")
    assert ask(process, "echo") == "echo"


def test_an_unexpected_error_costs_one_request_and_is_told(child):
    process = child()
    with pytest.raises(RequestFailed) as failure:
        ask(process, "blunder")
    assert failure.value.kind == "crashed"
    assert "KeyError" in failure.value.details
    assert ask(process, "echo") == "echo"


def test_death_in_the_middle_is_told_with_the_last_words(child):
    process = child()
    with pytest.raises(ProcessDied) as failure:
        ask(process, "die")
    assert "last words" in failure.value.details
    assert not process.alive
    with pytest.raises(ProcessDied):
        ask(process, "echo")


def test_what_a_library_prints_does_not_reach_the_frames(child):
    assert ask(child(), "print") == "''"


def test_past_the_deadline_the_child_is_killed(child):
    process = child()
    with pytest.raises(ProcessTimedOut):
        ask(process, "hang", deadline=0.5)
    assert process.pid is None


def test_killing_takes_grandchildren_along(child):
    process = child()
    pids = []
    with pytest.raises(ProcessTimedOut):
        ask(
            process,
            "hang with a child",
            deadline=3,
            on_progress=lambda body: pids.append(int(msgspec.msgpack.decode(body, type=Say).text)),
        )
    assert len(pids) == 1
    # A killed process is gone when the system comes round to it, soon after.
    try:
        psutil.Process(pids[0]).wait(timeout=5)
    except psutil.NoSuchProcess:
        return


@pytest.mark.parametrize(("what", "survives"), [("stop politely", True), ("hang", False)])
def test_cancelling_returns_within_a_second_whatever_the_child_does(child, what, survives):
    process = child()
    cancellation = Cancellation()
    begun = []

    def cancel(_body: bytes) -> None:
        begun.append(time.monotonic())
        cancellation.cancel()

    with pytest.raises(ProcessCancelled):
        ask(process, what, cancellation=cancellation, on_progress=cancel)
    assert time.monotonic() - begun[0] < 1.5
    assert process.alive is survives


def test_cancelled_before_the_call_ends_at_once(child):
    process = child()
    cancellation = Cancellation()
    cancellation.cancel()
    with pytest.raises(ProcessCancelled):
        ask(process, "hang", cancellation=cancellation)


def test_over_the_memory_limit_the_child_is_killed(child):
    process = child(memory_limit=300_000_000)
    with pytest.raises(ProcessTookTooMuchMemory):
        ask(process, "swell")
    assert process.pid is None


def test_memory_limit_holds_for_a_child_that_talks_all_the_time(child):
    process = child(memory_limit=300_000_000)
    with pytest.raises(ProcessTookTooMuchMemory):
        ask(process, "swell and talk", on_progress=lambda body: None)
    assert process.pid is None


def test_program_that_cannot_be_started(monkeypatch):
    monkeypatch.setattr(supervised, "process_command", lambda arguments: ["/nowhere/python"])
    process = SupervisedProcess("The child", arguments=[])
    with pytest.raises(ProcessDied, match="could not be started"):
        process.start(deadline=20)
    process.close()
    process.kill()


def test_several_calls_at_once_get_their_own_answers(child):
    process = child("well", "4")
    counts = {}

    def run(amount: int) -> None:
        parts = []
        ask(process, "parts", amount=amount, on_progress=parts.append)
        counts[amount] = len(parts)

    threads = [threading.Thread(target=run, args=(amount,)) for amount in (5, 50, 500, 200)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert counts == {5: 5, 50: 50, 500: 500, 200: 200}


def test_a_child_that_cannot_start_says_why(child):
    with pytest.raises(RequestFailed, match="nothing to load"):
        child("refusing")


def test_a_child_dead_on_arrival_is_told(child):
    with pytest.raises(ProcessDied) as failure:
        child("dead")
    assert "exit code: 7" in failure.value.details
    assert "dead on arrival" in failure.value.details


@pytest.mark.parametrize("end", [SupervisedProcess.kill, SupervisedProcess.close])
def test_what_is_ended_before_it_is_started_never_runs(monkeypatch, end):
    monkeypatch.setattr(subprocess, "Popen", None)
    process = SupervisedProcess("The child", arguments=[])
    end(process)
    with pytest.raises(ProcessDied):
        process.start(deadline=20)
    assert process.pid is None


def test_what_is_killed_while_it_is_being_started_leaves_nothing(monkeypatch):
    """A loaded machine takes long over it, and whoever closes the window does not wait."""
    opening, killing = threading.Event(), threading.Event()
    real = subprocess.Popen

    def slow(*arguments, **options):
        opening.set()
        killing.wait(20)
        return real(*arguments, **options)

    monkeypatch.setattr(subprocess, "Popen", slow)
    monkeypatch.setattr(
        supervised, "process_command", lambda _: [sys.executable, str(CHILDREN), "silent"]
    )
    process = SupervisedProcess("The child", arguments=[])

    def start() -> None:
        # It may have been ready a moment before it was killed.
        with contextlib.suppress(ProcessDied):
            process.start(deadline=20)

    starter = threading.Thread(target=start)
    starter.start()
    assert opening.wait(20)
    killer = threading.Thread(target=process.kill)
    killer.start()
    killing.set()
    killer.join(20)
    starter.join(20)
    assert process.pid is None


def test_a_child_that_cannot_be_asked_counts_as_dead(child):
    process = child()
    process._process.stdin.close()
    with pytest.raises(ProcessDied):
        ask(process, "echo")
    assert not process.alive


def test_close_ends_the_child(child):
    process = child()
    process.close()
    assert process.pid is None


def test_a_child_ends_when_its_parent_is_killed(child, tmp_path):
    parent = psutil.Popen(
        [
            sys.executable,
            "-c",
            (
                "import sys, threading\n"
                "from textlift.processes import supervised\n"
                f"supervised.process_command = lambda a: [sys.executable, {str(CHILDREN)!r}, *a]\n"
                "child = supervised.SupervisedProcess('c', arguments=[])\n"
                "child.start(deadline=20)\n"
                "print(child.pid, flush=True)\n"
                "threading.Event().wait()\n"
            ),
        ],
        stdout=-1,
    )
    with parent.stdout:
        pid = int(parent.stdout.readline())
    orphan = psutil.Process(pid)
    parent.kill()
    parent.wait()
    _, alive = psutil.wait_procs([orphan], timeout=5)
    assert not alive
