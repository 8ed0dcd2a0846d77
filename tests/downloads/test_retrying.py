"""Tries again with growing delays, and gives up."""

from __future__ import annotations

import json
import threading
import time

import pytest

from textlift.downloads.failures import DownloadProblem, TransientProblem
from textlift.downloads.messages import DownloadFailure
from textlift.downloads.patience import (
    VARIABLE,
    Patience,
    patience_for_files,
    patience_for_questions,
)
from textlift.downloads.retrying import Retries, tried

QUICK = Patience(tries=4, first_delay=0.001, longest_delay=0.004, longest_wait=60.0)


def trouble(after: float | None = None) -> TransientProblem:
    problem = DownloadProblem(DownloadFailure.BUSY, "It is busy.")
    return TransientProblem(problem, "It is busy.", after=after)


def failing(times: int, after: float | None = None):
    left = iter(range(times))

    def ask() -> str:
        for _ in left:
            raise trouble(after)
        return "answer"

    return ask


def test_delays_double_up_to_a_limit_and_differ():
    patience = Patience(first_delay=1.0, longest_delay=30.0)
    for failed, middle in ((1, 1.0), (2, 2.0), (5, 16.0), (6, 30.0), (5000, 30.0)):
        delays = {patience.delay(failed) for _ in range(50)}
        assert all(0.75 * middle <= delay <= 1.25 * middle for delay in delays)
        assert len(delays) > 1


def test_it_is_tried_again_and_what_it_waits_for_is_told():
    told: list[str] = []
    retries = Retries(QUICK, threading.Event(), on_waiting=lambda why, _: told.append(why))
    assert tried(failing(3), retries) == "answer"
    assert told == ["It is busy.", ""] * 3


def test_the_last_failure_is_told():
    with pytest.raises(DownloadProblem, match="It is busy"):
        tried(failing(4), Retries(QUICK, threading.Event()))


def test_what_brought_something_is_not_held_against_it():
    retries = Retries(QUICK, threading.Event())
    for _ in range(20):
        retries.wait_after(trouble())
        retries.begin_anew()


def test_a_server_that_asks_for_too_much_is_given_up_at_once():
    started = time.monotonic()
    with pytest.raises(DownloadProblem, match="left alone for 2 minutes") as raised:
        tried(failing(1, after=120.0), Retries(QUICK, threading.Event()))
    assert raised.value.failure is DownloadFailure.BUSY
    assert time.monotonic() - started < 1


def test_time_is_up():
    with pytest.raises(DownloadProblem, match="It is busy"):
        tried(failing(1, after=5.0), Retries(QUICK, threading.Event(), seconds=1.0))


def test_a_stop_ends_the_wait():
    stop = threading.Event()
    timer = threading.Timer(0.05, stop.set)
    timer.start()
    started = time.monotonic()
    with pytest.raises(DownloadProblem) as raised:
        tried(failing(1, after=30.0), Retries(QUICK, stop))
    timer.join()
    assert raised.value.failure is DownloadFailure.CANCELLED
    assert time.monotonic() - started < 1


def test_patience_comes_from_the_environment(monkeypatch):
    monkeypatch.delenv(VARIABLE, raising=False)
    assert patience_for_files() == Patience()
    assert patience_for_questions().tries < Patience().tries
    monkeypatch.setenv(VARIABLE, json.dumps({"read": 2.5, "tries": 30}))
    assert patience_for_files() == Patience(read=2.5, tries=30)
    assert patience_for_questions().read == 2.5
