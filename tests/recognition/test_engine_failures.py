"""Errors of engine processes become kinds of failure with a sentence."""

from __future__ import annotations

import msgspec
import pytest

from textlift.content.attempt import FailureKind
from textlift.processes.supervised import (
    ProcessDied,
    ProcessTimedOut,
    ProcessTookTooMuchMemory,
    RequestFailed,
)
from textlift.recognition.failures import engine_failure


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        (ProcessDied("It died.", details="exit code: 1"), FailureKind.CRASHED),
        (ProcessTimedOut("Too late.", details="exit code: 1"), FailureKind.TIMED_OUT),
        (ProcessTookTooMuchMemory("Too big.", details="exit code: 1"), FailureKind.OUT_OF_MEMORY),
        *(
            (RequestFailed(kind.value, "It says.", details="exit code: 1"), kind)
            for kind in FailureKind
        ),
        (RequestFailed("never-heard-of", "It says.", details="exit code: 1"), FailureKind.CRASHED),
    ],
)
def test_kind_sentence_and_details(error, kind):
    failure = engine_failure(error)
    assert (failure.failure, failure.details) == (kind, "exit code: 1")
    assert failure.sentence == error.sentence


@pytest.mark.parametrize(
    ("error", "orderly"),
    [
        (RequestFailed("timed-out", "It says."), True),
        (RequestFailed("crashed", "It says."), False),
        (RequestFailed("never-heard-of", "It says."), False),
        (ProcessTimedOut("Too late."), False),
        (ProcessDied("It died."), False),
    ],
)
def test_only_an_engine_that_says_so_itself_gives_up_in_good_order(error, orderly):
    assert engine_failure(error).orderly is orderly


def test_answer_that_does_not_decode():
    with pytest.raises(msgspec.DecodeError) as caught:
        msgspec.msgpack.decode(b"\xc1", type=int)
    failure = engine_failure(caught.value)
    assert failure.failure is FailureKind.MALFORMED
    assert failure.sentence.endswith(".")
    assert failure.details
