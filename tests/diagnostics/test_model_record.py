"""Counting the tries of many readings by model."""

from __future__ import annotations

from textlift.content.attempt import Attempt, FailureKind
from textlift.diagnostics.model_record import ModelRecord, ModelRecords


def tried(engine: str, failure: FailureKind | None = None, *, seconds: float = 1.0) -> Attempt:
    return Attempt(engine, "cpu", 0.0, seconds, failure=failure, pixels=1000 if engine else 0)


def test_each_model_has_a_record():
    records = ModelRecords()
    records.add([tried("dots", seconds=10.0)])
    records.add([tried("dots", FailureKind.OUT_OF_MEMORY), tried("dots", seconds=14.0)])
    records.add([tried("dots", FailureKind.RAN_AWAY), tried("got")])
    records.add([tried("dots", FailureKind.RAN_AWAY), tried("dots", FailureKind.RAN_AWAY)])
    assert records.records() == (
        ModelRecord(
            engine="dots",
            asked=4,
            read=2,
            at_once=1,
            seconds=12.0,
            failures={FailureKind.RAN_AWAY: 3, FailureKind.OUT_OF_MEMORY: 1},
        ),
        ModelRecord(engine="got", asked=1, read=1, at_once=1, seconds=1.0, failures={}),
    )


def test_what_no_model_did_is_counted_for_none():
    records = ModelRecords()
    records.add([tried("", FailureKind.DOCUMENT)])
    records.add([Attempt("text-layer", "", 0.0, 0.0)])
    records.add([tried("dots", FailureKind.CANCELLED)])
    records.add([])
    assert records.records() == ()
