"""The pool of engine processes: what is shared, waited for, replaced and given back."""

from __future__ import annotations

import threading
import time

import msgspec
import pytest

from doubles import engine_script as do
from textlift.engines.contract import EngineOptions
from textlift.engines.registry import Registry, UnknownEngineError
from textlift.models.catalogue import ModelEntry
from textlift.models.fit import Answer, Fit
from textlift.models.memory_need import MemoryNeed
from textlift.processes.cancellation import Cancellation
from textlift.processes.supervised import ProcessCancelled, ProcessFailure
from textlift.recognition.engine_pool import EnginePool, LoadWatcher


class Loads:
    """Counts what a pool tells of loading."""

    def __init__(self):
        self.begun: list[str] = []
        self.done: list[int] = []
        self.watcher = LoadWatcher(
            loading=lambda entry: self.begun.append(entry.card.name),
            loaded=lambda entry, process: self.done.append(process.process.pid),
        )


@pytest.fixture
def loads():
    return Loads()


@pytest.fixture
def lend(script, loads):
    script.engine("alpha")
    script.engine("wide", capacity=2)
    script.engine("bad", load=do.EXIT)
    pool = EnginePool(script.registry, EngineOptions())
    cancellation = Cancellation()

    def lend(name, **fields):
        fields.setdefault("cancellation", cancellation)
        return pool.lease(name, watcher=loads.watcher, **fields)

    lend.pool, lend.cancellation = pool, cancellation
    yield lend
    cancellation.cancel()
    pool.close()


def test_a_process_is_used_again(lend, loads):
    with lend("alpha") as first:
        pass
    with lend("alpha") as second:
        assert second is first
    assert loads.begun == ["alpha"]
    assert loads.done == [first.process.pid]
    assert lend.pool.pids() == {first.process.pid: "alpha"}


def test_two_at_once_need_two_processes_or_wait(lend):
    order = []

    def second():
        with lend("alpha") as process:
            order.append(process)

    with lend("alpha") as first, lend("alpha", limit=2) as other:
        assert other is not first
        waiting = threading.Thread(target=second)
        waiting.start()
        waiting.join(0.2)
        assert waiting.is_alive()
        order.append("given back")
    waiting.join(20)
    assert order[0] == "given back"
    assert order[1] in (first, other)


def test_waiting_for_a_process_can_be_cancelled(lend):
    stop = Cancellation()
    problems = []

    def second():
        try:
            with lend("alpha", cancellation=stop):
                pass
        except ProcessCancelled as error:
            problems.append(error)

    with lend("alpha"):
        waiting = threading.Thread(target=second)
        waiting.start()
        stop.cancel()
        waiting.join(5)
        assert len(problems) == 1


def test_process_with_capacity_is_shared(lend, loads):
    with lend("wide") as first, lend("wide") as second:
        assert first is second
    assert len(loads.done) == 1


def test_older_processes_are_ended_when_a_fresh_one_is_wanted(lend):
    with lend("alpha") as old:
        pass
    with lend("alpha", started_after=time.monotonic()) as fresh:
        assert fresh is not old
        assert not old.alive
    with lend("alpha") as again:
        assert again is fresh


def test_retired_process_ends_when_it_is_given_back(lend):
    with lend("alpha") as process:
        lend.pool.retire(process)
        assert process.alive
    assert not process.alive
    assert lend.pool.pids() == {}


def test_unloading_spares_a_page_in_hand(lend):
    with lend("alpha") as process:
        lend.pool.unload("alpha")
        assert process.alive
    assert not process.alive


def test_what_is_loaded_is_told(lend):
    begun = time.monotonic()
    with lend("alpha") as process:
        (reading,) = lend.pool.loaded()
    (idle,) = lend.pool.loaded()
    assert (reading.name, reading.title, reading.pid) == ("alpha", "Engine alpha", idle.pid)
    assert (reading.device, reading.used_at, reading.leaving) == ("cpu", None, False)
    assert begun < idle.used_at <= time.monotonic()
    lend.pool.unload("alpha")
    assert not process.alive
    assert lend.pool.loaded() == ()


def test_what_cannot_be_ended_is_not_told_as_leaving_for_ever(lend, monkeypatch):
    with lend("alpha") as process:
        pass
    end = process.close

    def refuse() -> None:
        raise PermissionError("not ours")

    monkeypatch.setattr(process, "close", refuse)
    with pytest.raises(PermissionError):
        lend.pool.unload("alpha")
    assert lend.pool.loaded() == ()
    end()


def test_only_what_is_idle_long_enough_is_unloaded(lend):
    with lend("alpha") as old:
        pass
    between = time.monotonic()
    with lend("wide") as young:
        pass
    assert lend.pool.unload_idle(since=between) == ("alpha",)
    assert not old.alive
    with lend("wide") as in_hand:
        assert in_hand is young
        assert lend.pool.unload_idle(since=time.monotonic()) == ()
    assert lend.pool.unload_idle(since=time.monotonic()) == ("wide",)
    assert not young.alive


def test_an_unloaded_engine_is_loaded_again_when_it_is_wanted(lend, loads):
    with lend("alpha") as first:
        pass
    lend.pool.unload("alpha")
    with lend("alpha") as second:
        assert second is not first
    assert loads.begun == ["alpha", "alpha"]


def test_failed_loading_leaves_nothing(lend, loads):
    with pytest.raises(ProcessFailure), lend("bad"):
        pass
    assert loads.begun == ["bad"]
    assert loads.done == []
    assert lend.pool.pids() == {}


def test_unknown_engine(lend):
    with pytest.raises(UnknownEngineError), lend("nobody"):
        pass


def test_closed_pool_lends_nothing(lend):
    with lend("alpha") as process:
        lend.pool.close()
        assert not process.alive
    with pytest.raises(ProcessCancelled), lend("alpha"):
        pass


def test_process_left_in_the_middle_is_not_lent_again(lend):
    with pytest.raises(KeyboardInterrupt), lend("alpha") as process:
        raise KeyboardInterrupt
    assert not process.alive
    with lend("alpha") as other:
        assert other is not process


@pytest.fixture
def models(script, loads, monkeypatch):
    """A pool of two engines that pass for models, and of one that is none; what is judged."""
    judged: dict[str, Answer] = {}

    def judge(entry, options, sample, **_):
        need = MemoryNeed(weights=0, cache=0, activations=0, overhead=0)
        return Fit(answer=judged[entry.card.name], need=need, free=0, device="cpu")

    monkeypatch.setattr("textlift.engines.vision_language.fitting.model_fit", judge)
    entries = []
    for name in ("first", "second", "plain"):
        script.engine(name)
        model = ModelEntry(name=name, title=name, family="f", folder="/nowhere")
        entry = script.registry.entry(name)
        entries.append(msgspec.structs.replace(entry, model=None if name == "plain" else model))
    pool = EnginePool(Registry(entries), EngineOptions())
    yield pool, judged
    pool.close()


def lease(pool, loads, name):
    return pool.lease(name, watcher=loads.watcher, cancellation=Cancellation())


@pytest.mark.parametrize(
    ("answer", "stay"),
    [
        (Answer.FITS, {"first", "plain"}),
        (Answer.UNKNOWN, {"first", "plain"}),
        (Answer.FITS_WITH, {"plain"}),
        (Answer.DOES_NOT_FIT, {"plain"}),
    ],
)
def test_a_model_makes_room_for_another_that_does_not_fit_beside_it(models, loads, answer, stay):
    pool, judged = models
    for name in ("first", "plain"):
        with lease(pool, loads, name):
            pass
    judged["second"] = answer
    with lease(pool, loads, "second"):
        assert set(pool.pids().values()) == {"second", *stay}


def test_a_model_that_reads_makes_no_room(models, loads):
    pool, judged = models
    judged["second"] = Answer.DOES_NOT_FIT
    with lease(pool, loads, "first"), lease(pool, loads, "second"):
        assert set(pool.pids().values()) == {"first", "second"}
